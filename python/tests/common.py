"""What the tests have in common: mailboxes, archives, a folder of their own."""

import io
import pathlib
import tempfile
import unittest
import zipfile

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"
TAKEOUT = TESTDATA / "takeout" / "takeout.mbox"


def message(number, body="Hello"):
    return f"From ann@example.org Mon Jan  1 00:00:{number % 60:02} 2024\nSubject: No. {number}\n\n{body}\n\n".encode()


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
