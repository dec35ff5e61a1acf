"""Object stores, by fsspec: ``s3://``, ``gs://``, ``abfs://`` and whatever else it knows.

Inputs and outputs are URLs. Keys, endpoints and the like are set as fsspec and its packages have them, in the environment or in
``~/.config/fsspec``, so that workers on other machines find them, too.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

from . import _native

BLOCK = 16 << 20
"""How many bytes are asked for at once."""

REQUESTS = 16
"""How many requests wait for answers at the same time."""


def is_url(path: object) -> bool:
    """Whether fsspec opens it.

    >>> is_url("s3://mail/users"), is_url("users/a:b")
    (True, False)
    """
    return isinstance(path, str) and "://" in path


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it. What it lists is not kept: others may write."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ImportError(f"{url}: URLs need fsspec: pip install fsspec, and the package of the store, such as s3fs") from error
    return url_to_fs(url, use_listings_cache=False)


class _Object:
    """An open object, which has its URL as its name."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self.name = name
        self.read, self.seek, self.seekable, self.close = file.read, file.seek, file.seekable, file.close


def open_url(url: str) -> _Object:
    """Opens an object to be read from its start to its end, or from the start of a range."""
    fs, path = filesystem(url)
    return _Object(fs.open(path, "rb", block_size=BLOCK), url)


def opened(input: Any) -> Any:
    """The same input, opened if it is a URL or what ``fsspec.open`` returns."""
    if is_url(input):
        return open_url(input)
    if hasattr(input, "full_name") and hasattr(input, "open") and not hasattr(input, "read"):
        return _Object(input.open(), input.full_name)
    return input


def copied(url: str) -> Any:
    """A local copy of an archive, for its directory is at its end; it is deleted when it is not used any more."""
    fs, path = filesystem(url)
    copy = tempfile.NamedTemporaryFile(prefix="mbox2eml-")
    fs.get_file(path, copy.name)
    return copy


def survey(urls: Iterable[str], output: object, options: dict[str, Any]) -> _native.Survey:
    """What is at these URLs: objects, or all that is below them; ``*`` matches any part of a name."""
    given = [url for pattern in urls for url in _expanded(pattern)]
    outputs = output.rstrip("/") + "/" if isinstance(output, str) else None
    listed: list[tuple[str, str, int, Any, str]] = []
    for url in given:
        fs, path = filesystem(url)
        for found, info in sorted(fs.find(path, detail=True).items()):
            below = found[len(path.rstrip("/")) :].lstrip("/")
            is_output = outputs and f"{url.rstrip('/')}/{below}".startswith(outputs)
            if info.get("type") == "file" and not is_output and not found.endswith("/"):
                listed.append((url, below, info["size"], fs, found))

    def head(entry: tuple[str, str, int, Any, str]) -> bytes:
        _, _, size, fs, path = entry
        return bytes(fs.cat_file(path, start=0, end=min(size, _native.Survey.HEAD))) if size else b""

    with ThreadPoolExecutor(REQUESTS) as pool:
        heads = pool.map(head, listed)
        objects = [(url, below, size, head) for (url, below, size, *_), head in zip(listed, heads)]
    return _native.Survey.of_objects(given, objects, options)


def _expanded(pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    fs, path = filesystem(pattern)
    return [fs.unstrip_protocol(match) for match in sorted(fs.glob(path))] or [pattern]


class Store:
    """Objects below a URL. One that is there is never changed: the same bytes are already there, and others keep their name."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = filesystem(url.rstrip("/"))
        self._is_empty: dict[str, bool] = {}

    def put(self, name: str, data: bytes) -> bool | None:
        """Puts an object: ``True`` if it was written, ``False`` if it is there, ``None`` if another has the name."""
        path = f"{self._root}/{name}"
        # Where nothing was before, nothing is looked for.
        if not self._was_empty(path.rpartition("/")[0]):
            is_same = self._same(path, data)
            if is_same is not None:
                return False if is_same else None
        try:
            # An object is there when all of it is.
            self._fs.pipe_file(path, data, mode="create")
            return True
        except FileExistsError:
            return False if self._same(path, data) else None

    def _was_empty(self, folder: str) -> bool:
        if folder not in self._is_empty:
            self._is_empty[folder] = not self._fs.exists(folder)
        return self._is_empty[folder]

    def _same(self, path: str, data: bytes) -> bool | None:
        """Whether an object has these bytes; ``None`` if there is none."""
        try:
            info = self._fs.info(path)
        except FileNotFoundError:
            return None
        if info["size"] != len(data):
            return False
        # Of what was put at once S3 says the MD5, unless it is encrypted by a key of one's own.
        etag = str(info.get("ETag", "")).strip('"')
        return etag == hashlib.md5(data, usedforsecurity=False).hexdigest() or self._fs.cat_file(path) == data


def put_volumes(files: list[str], url: str) -> list[str]:
    """Puts ZIPs that were made for this URL, unless they are there; returns their URLs. If others are there, none is put."""
    fs, path = filesystem(url)
    folder, _, name = path.rpartition("/")
    volume = re.compile(re.escape(name[:-4]) + r"(-\d{3,})?\.zip", re.IGNORECASE)
    there = {os.path.basename(found) for found in (fs.ls(folder, detail=False) if fs.exists(folder) else [])}
    there = {name for name in there if volume.fullmatch(name)}
    made = {os.path.basename(file): file for file in files}
    for name in sorted(there):
        if name not in made or not _is_same_file(fs, f"{folder}/{name}", made[name]):
            raise FileExistsError(f"{url}: {name} exists and is not what this run makes: move it away, or use another name")
    for name, file in made.items():
        if name not in there:
            fs.put_file(file, f"{folder}/{name}", mode="create")
    return [f"{url.rpartition('/')[0]}/{name}" for name in made]


def _is_same_file(fs: Any, path: str, file: str) -> bool:
    if fs.info(path)["size"] != os.path.getsize(file):
        return False
    with fs.open(path, "rb", block_size=BLOCK) as one, open(file, "rb") as other:
        return all(one.read(len(block)) == block for block in iter(lambda: other.read(BLOCK), b""))
