"""Reads mbox mailboxes of any dialect exactly, and turns them into EML files.

>>> import io, pymbox2eml
>>> mailbox = io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: Lunch\\n\\n>From noon on?\\n\\n")
>>> for message in pymbox2eml.Mbox(mailbox):
...     print(message.index, message.received.year, message["Subject"], message.as_bytes())
1 2024 Lunch b'Subject: Lunch\\r\\n\\r\\nFrom noon on?\\r\\n'
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import Policy, default
from typing import Any, BinaryIO, Union

from . import _native, stores
from ._native import MboxError, NotAnMboxError, NotAsPlannedError, Range

__all__ = [
    "Mbox",
    "MboxError",
    "Message",
    "NotAnMboxError",
    "NotAsPlannedError",
    "Range",
    "convert",
    "inspect",
    "plan",
]

Input = Union[str, "os.PathLike[str]", BinaryIO]
"""A path, a URL such as ``s3://mail/users`` (with fsspec), or an object whose ``read(n)`` returns bytes: a file, ``gzip.open``,
a socket's ``makefile("rb")``, ``fsspec.open``."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Message:
    """One message. Nothing of it is copied before it is asked for."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.Message) -> None:
        self._native = native

    @property
    def index(self) -> int:
        """Its number in the mailbox, from 1."""
        return self._native.index

    @property
    def offset(self) -> int:
        """The offset of its From_ line in the mailbox."""
        return self._native.offset

    @property
    def from_line(self) -> bytes:
        """The line before it, ``From …``, without its line end."""
        return self._native.from_line

    @property
    def received(self) -> datetime | None:
        """When it was received, in UTC, from Gmail's id, the From_ line, ``Received`` or ``Date``."""
        seconds = self._native.received_seconds
        return None if seconds is None else _EPOCH + timedelta(seconds=seconds)

    @property
    def labels(self) -> list[str]:
        """Gmail's labels, in the language of the account."""
        return self._native.labels

    @property
    def flags(self) -> str:
        """Its state as the letters of Maildir: ``"FS"`` is flagged and seen."""
        return self._native.flags

    @property
    def gmail_id(self) -> int | None:
        """Gmail's id of it."""
        return self._native.gmail_id

    def __getitem__(self, name: str) -> str | None:
        """The text of the first header field of that name, decoded and unfolded."""
        return self._native.get(name)

    def items(self) -> list[tuple[str, str]]:
        """The names and texts of all header fields."""
        return self._native.items()

    def as_bytes(self) -> bytes:
        """The message as it was sent: unquoted, with the line ends that were chosen. This is the content of its EML file."""
        return self._native.as_bytes()

    def raw(self) -> bytes:
        """The message as it is in the mailbox."""
        return self._native.raw()

    def as_email(self, policy: Policy = default) -> EmailMessage:
        """The message, parsed by the standard library.

        >>> mailbox = io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: Lunch\\n\\nAt noon?\\n")
        >>> next(iter(Mbox(mailbox))).as_email().get_content()
        'At noon?\\r\\n'
        """
        return message_from_bytes(self.as_bytes(), policy=policy)  # type: ignore[arg-type,return-value]

    def __repr__(self) -> str:
        return f"<Message {self.index} at byte {self.offset}>"


class Mbox:
    """A mailbox, read from its start to its end, or from the start of a range to its end.

    ``split`` is ``auto``, ``strict`` or ``any``; ``unquote`` is ``auto``, ``mboxrd``, ``mboxo`` or ``none``; ``eol`` is
    ``crlf``, ``lf`` or ``keep``: as the options of the command ``mbox2eml``.

    It can be iterated over once for a file object, and any number of times for a path. As a context manager it closes the
    file object.

    >>> with Mbox(io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: One\\n\\nHello\\n")) as mailbox:
    ...     [message["Subject"] for message in mailbox]
    ['One']
    """

    def __init__(
        self,
        input: Input,
        *,
        split: str = "auto",
        unquote: str = "auto",
        eol: str = "crlf",
        range: Range | None = None,
    ) -> None:
        self._input = input
        self._options: dict[str, Any] = {"split": split, "unquote": unquote, "eol": eol, "range": range}

    def __iter__(self) -> Iterator[Message]:
        return map(Message, _native.Messages(stores.opened(self._input), **self._options))

    def __enter__(self) -> Mbox:
        return self

    def __exit__(self, *_: object) -> None:
        close = getattr(self._input, "close", None)
        if close is not None:
            close()


def plan(input: Input, every: int = 1 << 30, *, split: str = "auto") -> Iterator[Range]:
    """Cuts a mailbox into ranges of at least so many bytes, each of which can be read by itself.

    >>> mailbox = b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: One\\n\\nHello\\n\\n" * 3
    >>> ranges = list(plan(io.BytesIO(mailbox), every=100))
    >>> ranges
    [<Range of bytes 0-130, messages: 2>, <Range of bytes 130-195, messages: 1>]
    >>> [message.index for message in Mbox(io.BytesIO(mailbox), range=ranges[1])]
    [3]
    """
    return iter(_native.Plan(stores.opened(input), every, split))


def convert(
    inputs: Input | Iterable[Input],
    output: str | os.PathLike[str],
    *,
    range: Range | None = None,
    progress: Callable[[int, int], object] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Turns mailboxes into EML files in a folder, or in ZIPs if ``output`` ends in ``.zip``; returns the summary.

    Inputs are mailboxes, folders and archives, as the command ``mbox2eml`` takes them, or URLs of these. The output may be a URL,
    too: each message is an object there, or the ZIPs are. These options have the meaning that they have for the command:
    ``layout``, ``name``, ``ascii``, ``eol``, ``unquote``, ``split``, ``deleted``, ``dedup``, ``limit``, ``since``, ``until``,
    ``label`` and ``not_label`` (a name or a list of names), ``threads``. ``progress`` is called several times a second with the
    bytes and messages done so far; if it raises, the conversion ends, as with Ctrl-C. What was written then is whole, and the
    next run completes it.

    An input that cannot be read raises nothing: it is listed in ``failed``, and ``complete`` is ``False``, so check ``complete``.

    >>> import tempfile
    >>> mailbox = io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: One\\n\\nHello\\n")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = convert(mailbox, folder)
    ...     done["complete"], done["messages"]["written"], os.listdir(folder)
    (True, 1, ['000001_20240101T000000Z_One.eml'])
    """
    target = os.fspath(output)
    if not stores.is_url(target):
        return _with_inputs(inputs, target, options, lambda given: _native.convert(given, target, options, range, progress), range)
    if target.lower().endswith(".zip"):
        with tempfile.TemporaryDirectory(prefix="mbox2eml-") as folder:
            done = convert(inputs, os.path.join(folder, target.rpartition("/")[2]), range=range, progress=progress, **options)
            done["files"] = stores.put_volumes(done["files"], target)
            return done
    store = stores.Store(target)
    # They wait for the store most of the time.
    options.setdefault("threads", stores.REQUESTS)
    return _with_inputs(inputs, target, options, lambda given: _native.convert(given, store, options, range, progress), range)


def inspect(
    inputs: Input | Iterable[Input], *, progress: Callable[[int, int], object] | None = None, **options: Any
) -> dict[str, Any]:
    """What mailboxes contain: counts, warnings, labels, senders. Writes nothing.

    An input that cannot be read is listed in ``failed``, and ``complete`` is ``False``.

    >>> mailbox = io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nFrom: a@example.org\\n\\nHello\\n")
    >>> found = inspect(mailbox)
    >>> found["messages"]["found"], found["senders"]
    (1, {'a@example.org': 1})
    """
    return _with_inputs(inputs, None, options, lambda given: _native.inspect(given, options, progress))


def _with_inputs(
    inputs: Input | Iterable[Input],
    output: str | None,
    options: dict[str, Any],
    run: Callable[[list[Any]], str],
    range: Range | None = None,
) -> dict[str, Any]:
    """The summary of a run over the inputs, those at URLs found and opened."""
    given = _as_list(inputs)
    if range is not None or not any(map(stores.is_url, given)):
        return json.loads(run([stores.opened(input) for input in given]))
    if not all(map(stores.is_url, given)):
        raise ValueError("give URLs or paths: what is in a store and what is not have no folder in common")
    survey = stores.survey(given, output, options)  # type: ignore[arg-type]
    done = json.loads(run([survey.whole()]))
    done["failed"] += [reason for _, _, reason in survey.failures]
    done["complete"] &= not done["failed"]
    return done


def _as_list(inputs: Input | Iterable[Input]) -> list[Input]:
    if isinstance(inputs, (str, os.PathLike, _native.Part)) or hasattr(inputs, "read"):
        return [inputs]  # type: ignore[list-item]
    return list(inputs)  # type: ignore[arg-type]
