"""What is found, cut into tasks of about the same size."""

from __future__ import annotations

import functools
import glob
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .. import Range, _native, plan, stores

Checkpoints = tuple[str, str]
"""A range as text."""

RANGE_SIZE = "256m"
"""The default: some tenths of a second of work, and little to do again if an executor is lost."""


@dataclass(frozen=True)
class Unit:
    """A mailbox file or an archive."""

    number: int
    path: str
    kind: str
    size: int | None


@dataclass(frozen=True)
class Task:
    """What one executor reads without a pause: inputs by their numbers, or a range of one."""

    numbers: list[int]
    range: Checkpoints | None = None


@functools.lru_cache(maxsize=4)
def survey_of(text: str) -> _native.Survey:
    """The survey that this text is of. A worker has many tasks and reads it once."""
    return _native.Survey.read(text)


def part_of(text: str, task: Task) -> _native.Part:
    """The inputs of a task."""
    return survey_of(text).part(task.numbers, task.range and Range(*task.range))


def divide(found: _native.Survey, options: dict[str, Any], size: int, by_range: bool) -> tuple[list[Unit], list[Task]]:
    """The mailboxes that are larger than ``size`` and have to be planned, if that is wanted, and tasks for all others."""
    units = {unit[0]: Unit(*unit) for unit in found.units()}
    large: list[Unit] = []
    tasks: list[Task] = []
    filled = size
    for group in found.groups(options):
        members = [units[number] for number in group if number in units]
        for unit in members:
            if unit.kind == "stream":
                raise ValueError(f"{unit.path}: a pipe can be read by one process only")
        if by_range and len(members) == 1 and members[0].kind == "mailbox" and (members[0].size or 0) > size:
            large.append(members[0])
            continue
        bytes = sum(size if unit.size is None else unit.size for unit in members)
        if tasks and filled + bytes <= size:
            tasks[-1].numbers.extend(group)
            filled += bytes
        else:
            tasks.append(Task(list(group)))
            filled = bytes
    return large, tasks


def ranges_of(path: str, size: int, split: str) -> list[tuple[Checkpoints, int]]:
    """The ranges of a mailbox, and how many messages each has; none if it cannot be read, which its conversion reports."""
    try:
        return [((range.checkpoint, range.until), range.messages) for range in plan(path, size, split=split)]
    except (OSError, _native.MboxError):
        return []


def survey(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], output: str | None, options: dict[str, Any]
) -> _native.Survey:
    """What these paths, patterns or URLs lead to. Paths become absolute: workers have another working directory."""
    given = [os.fspath(input) for input in ([inputs] if isinstance(inputs, (str, os.PathLike)) else inputs)]
    if given and all(map(stores.is_url, given)):
        return stores.survey(given, output, options)
    if any(map(stores.is_url, given)):
        raise ValueError("give URLs or paths: what is in a store and what is not have no folder in common")
    paths: list[str] = []
    for path in given:
        matches = [path] if os.path.exists(path) else sorted(glob.glob(path, recursive=True))
        paths += map(os.path.abspath, matches or [path])
    return _native.Survey(paths, output if output is None or not stores.is_url(output) else None, options)


def bytes_of(size: int | str) -> int:
    """The bytes of ``256m``, as Spark writes sizes, or ``256 MiB``.

    >>> bytes_of("256m"), bytes_of("1 GiB"), bytes_of(4096)
    (268435456, 1073741824, 4096)
    """
    match = re.fullmatch(r"(\d+)\s*([kmgt]?)(?:i?b)?", str(size).strip().lower())
    if not match or int(match[1]) == 0:
        raise ValueError(f"{size!r} is not a size such as 256m or 1g")
    return int(match[1]) << 10 * " kmgt".index(match[2] or " ")
