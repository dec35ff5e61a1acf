"""Mailboxes in Spark 4.0 or newer: a data source, and conversions by all executors.

Executors need ``pymbox2eml``, and see the mailboxes under the same paths as the driver. See ``SPARK.md``.
"""

from .conversion import convert_on_spark
from .source import MboxDataSource, register

__all__ = ["MboxDataSource", "convert_on_spark", "register"]
