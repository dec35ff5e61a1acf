"""Packs a folder: archive.py FOLDER INTO. A .zip for Windows, otherwise a .tar.gz. The bytes depend on the files only."""

import gzip
import os
import sys
import tarfile
import time
import zipfile
from pathlib import Path

folder, into = map(Path, sys.argv[1:])
epoch = int(os.environ["SOURCE_DATE_EPOCH"])
files = sorted(path for path in folder.rglob("*") if path.is_file())


def mode(path):
    return 0o755 if os.access(path, os.X_OK) else 0o644


if "windows" in folder.name:
    with zipfile.ZipFile(into / f"{folder.name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), time.gmtime(epoch)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the mode is a Unix one
            entry.external_attr = mode(path) << 16
            archive.writestr(entry, path.read_bytes())
else:
    with open(into / f"{folder.name}.tar.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, epoch) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in files:
                entry = tarfile.TarInfo(path.relative_to(folder.parent).as_posix())
                entry.size, entry.mtime, entry.mode = path.stat().st_size, epoch, mode(path)
                with path.open("rb") as content:
                    archive.addfile(entry, content)
