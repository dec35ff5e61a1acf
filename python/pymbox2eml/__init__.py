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
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import Policy, default
from typing import Any, BinaryIO, Union

from . import _native
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
"""A path, or an object whose ``read(n)`` returns bytes: a file, ``gzip.open``, a socket's ``makefile("rb")``, fsspec."""

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
        """When it was received, in UTC: by Gmail's id, the From_ line, ``Received`` or ``Date``."""
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
        return map(Message, _native.Messages(self._input, **self._options))

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
    return iter(_native.Plan(input, every, split))


def convert(
    inputs: Input | Iterable[Input],
    output: str | os.PathLike[str],
    *,
    range: Range | None = None,
    progress: Callable[[int, int], object] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Turns mailboxes into EML files in a folder, or in ZIPs if ``output`` ends in ``.zip``; returns the summary.

    Inputs are mailboxes, folders and archives, as the command ``mbox2eml`` takes them. Options are its options, with ``_`` for
    ``-``: ``layout``, ``name``, ``ascii``, ``eol``, ``unquote``, ``split``, ``deleted``, ``dedup``, ``limit``, ``since``,
    ``until``, ``label``, ``not_label``, ``threads``. ``progress`` is called some times a second with the bytes and messages
    done; what it raises ends the conversion, as Ctrl-C does. What was written then is whole, and the next run completes it.

    What fails is listed in the summary: check ``complete``.

    >>> import tempfile
    >>> mailbox = io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: One\\n\\nHello\\n")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = convert(mailbox, folder)
    ...     done["complete"], done["messages"]["written"], os.listdir(folder)
    (True, 1, ['000001_20240101T000000Z_One.eml'])
    """
    return json.loads(_native.convert(_as_list(inputs), os.fspath(output), options, range, progress))


def inspect(
    inputs: Input | Iterable[Input], *, progress: Callable[[int, int], object] | None = None, **options: Any
) -> dict[str, Any]:
    """What mailboxes contain: counts, warnings, labels, senders. Writes nothing.

    >>> mailbox = io.BytesIO(b"From a@example.org Mon Jan  1 00:00:00 2024\\nFrom: a@example.org\\n\\nHello\\n")
    >>> found = inspect(mailbox)
    >>> found["messages"]["found"], found["senders"]
    (1, {'a@example.org': 1})
    """
    return json.loads(_native.inspect(_as_list(inputs), options, progress))


def _as_list(inputs: Input | Iterable[Input]) -> list[Input]:
    if isinstance(inputs, (str, os.PathLike, _native.Part)) or hasattr(inputs, "read"):
        return [inputs]  # type: ignore[list-item]
    return list(inputs)  # type: ignore[arg-type]
