"""Conversions in which every executor writes by itself."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pyspark import TaskContext
from pyspark.sql.functions import udf

from .. import _native, convert, stores
from .tasks import RANGE_SIZE, Task, bytes_of, divide, part_of, ranges_of, survey

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Work = Callable[[int], Any]
"""What is done for each number; the result is JSON."""


def convert_on_spark(
    spark: SparkSession,
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    range_size: int | str = RANGE_SIZE,
    **options: Any,
) -> dict[str, Any]:
    """Turns mailboxes into EML files by all executors; returns the summary.

    The files are those that :func:`pymbox2eml.convert` writes on one machine, for the same inputs and options. ``inputs`` and
    ``output`` are on storage that all executors see under these paths, or URLs of an object store. Executors write there themselves: no mail passes the
    driver or the JVM.

    Mailboxes that are larger than ``range_size`` are converted in ranges, which a first job plans; with options that need all
    of a mailbox (``limit``, ``layout="label"``, a ``name`` without ``{index}``) they are whole. ``dedup`` needs all mailboxes
    and is refused, unless one task has all of them.

    Spark repeats tasks that fail: an executor that is lost, storage that does not answer. What is wrong with a mailbox itself
    is in the summary: check ``complete``; ``failed`` has what failed and why. The same call again completes what is missing,
    and writes nothing twice. The driver checks that every task has reported, and every range has the messages that were
    planned.

    >>> done = convert_on_spark(spark, "/mnt/users", "/mnt/out")  # doctest: +SKIP
    >>> done["complete"], done["messages"]["found"]  # doctest: +SKIP
    (True, 51348000)
    """
    output = os.fspath(output)
    output = output if stores.is_url(output) else os.path.abspath(output)
    if output.lower().endswith(".zip"):
        raise ValueError("ZIPs are made by one process, one after another: give a folder, or use pymbox2eml.convert")
    if not stores.is_url(output):
        options.setdefault("threads", 1)
    size, split = bytes_of(range_size), options.get("split") or "auto"
    found = survey(inputs, output, options)
    text = found.text()
    by_range = _native.objection_to_ranges(options) is None
    large, tasks = divide(found, options, size, by_range)
    if options.get("dedup") not in (None, "off") and len(tasks) > 1:
        raise ValueError("dedup compares the messages of all mailboxes, which only one process can: use pymbox2eml.convert")
    planned: list[tuple[str, int]] = []
    ranges: list[Task] = []
    for unit, plan in zip(large, _on_executors(spark, len(large), lambda at: ranges_of(large[at].path, size, split))):
        for range, messages in plan:
            planned.append((unit.path, messages))
            ranges.append(Task([unit.number], range))
        if not plan:
            tasks.append(Task([unit.number]))
    # The longest first, so that no executor begins one when the others are done.
    tasks = ranges + tasks
    attempts = _attempts(spark)

    def work(at: int) -> dict[str, Any]:
        done = convert(part_of(text, tasks[at]), output, **options)  # type: ignore[arg-type]
        if done.pop("transient") and _attempt() + 1 < attempts:
            raise OSError(done["failed"][0])
        return done

    done = _on_executors(spark, len(tasks), work)
    for (path, messages), summary in zip(planned, done):
        counted = summary["messages"]["found"]
        if counted != messages and not summary["failed"]:
            summary["failed"].append(f"{path}: {messages} messages of a range were planned, and {counted} found")
    order = sorted(zip(tasks, done), key=lambda pair: pair[0].numbers)
    summary = _sum([summary for _, summary in order])
    summary["failed"] += [reason for _, _, reason in found.failures]
    summary["complete"] &= not summary["failed"]
    return summary


def _on_executors(spark: SparkSession, count: int, work: Work) -> list[Any]:
    """The results for all numbers below ``count``, each of which is a task of its own; nothing is shuffled."""
    if count == 0:
        return []

    run = udf(lambda number: json.dumps(work(number)), "string", useArrow=False).asNondeterministic()
    rows = spark.range(0, count, 1, count).select("id", run("id").alias("result")).collect()
    results = {row["id"]: json.loads(row["result"]) for row in rows}
    if len(rows) != count or len(results) != count:
        raise RuntimeError(f"{count} tasks were to report, and {len(rows)} did")
    return [results[number] for number in range(count)]


def _attempt() -> int:
    """How often the task failed before."""
    context = TaskContext.get()
    return context.attemptNumber() if context else 0


def _attempts(spark: SparkSession) -> int:
    """How often Spark tries a task, as far as it says."""
    context = getattr(spark, "sparkContext", None)
    if context is None:
        return 1
    conf = context.getConf()
    local = re.fullmatch(r"local(\[[^,\]]*(,\s*(\d+))?\])?", conf.get("spark.master") or "")
    if local:
        return int(local[3] or 1)
    return int(conf.get("spark.task.maxFailures") or 4)


def _sum(summaries: list[dict[str, Any]]) -> dict[str, Any]:
    """One summary of all."""
    mailboxes: dict[tuple[str, str], dict[str, Any]] = {}
    for summary in summaries:
        for mailbox in summary["mailboxes"]:
            key = (mailbox["input"], mailbox["place"])
            mailboxes[key] = _add_mailbox(mailboxes[key], mailbox) if key in mailboxes else mailbox

    def total(name: str) -> dict[str, int]:
        return _add(*(summary[name] for summary in summaries))

    return {
        "complete": all(summary["complete"] for summary in summaries),
        "mailboxes": list(mailboxes.values()),
        "failed": [reason for summary in summaries for reason in summary["failed"]],
        "messages": total("messages"),
        "bytes": total("bytes"),
        "warnings": total("warnings"),
        "folders": dict(sorted(total("folders").items())),
    }


def _add_mailbox(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two ranges of a mailbox."""
    received = [time for mailbox in (one, other) for time in mailbox["received"] or []]
    return {
        **one,
        "profile": other["profile"] if other["profile"] != "empty" else one["profile"],
        **{name: _add(one[name], other[name]) for name in ("messages", "bytes", "warnings")},
        "received": [min(received), max(received)] if received else None,
        "error": one["error"] or other["error"],
    }


def _add(*counts: dict[str, int]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        # Counts of 0 are kept.
        for name, number in count.items():
            total[name] += number
    return dict(total)
