"""The package as it is installed: run this file in an environment that has it."""

import contextlib
import doctest
import email.message
import email.policy
import gzip
import io
import mailbox
import os
import pathlib
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import pymbox2eml
from common import TAKEOUT, TESTDATA, message
from pymbox2eml import Mbox, MboxError, NotAnMboxError, NotAsPlannedError, Range, _native


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(pymbox2eml, globs=vars(pymbox2eml) | {"io": io, "os": os, "pymbox2eml": pymbox2eml}))
    return tests


class Messages(unittest.TestCase):
    def test_messages_are_those_of_the_expected_files(self):
        expected = [path.read_bytes() for path in sorted((TESTDATA / "takeout" / "takeout.expected").glob("*.eml"))]
        for source in [TAKEOUT, str(TAKEOUT), io.BytesIO(TAKEOUT.read_bytes())]:
            self.assertEqual([message.as_bytes() for message in Mbox(source)], expected)
        messages = list(Mbox(TAKEOUT))
        self.assertEqual([message.index for message in messages], list(range(1, len(expected) + 1)))
        self.assertEqual(format(messages[1].received, "%Y%m%dT%H%M%S%z"), "20240402T153012+0000")
        self.assertTrue(messages[0].from_line.startswith(b"From ") and messages[0].gmail_id > 1 << 60)
        self.assertEqual(messages[1].labels, ["Sent", "Opened"])
        self.assertEqual(messages[1].as_email()["Subject"], messages[1]["Subject"])
        self.assertEqual(dict(messages[1].items())["Subject"], messages[1]["Subject"])

    def test_any_object_that_reads(self):
        data = b"".join(message(number) for number in range(500))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "mail.mbox.gz")
            with gzip.open(path, "wb") as file:
                file.write(data)
            with Mbox(gzip.open(path)) as packed:
                self.assertEqual(len(list(packed)), 500)
        ours, theirs = socket.socketpair()
        threading.Thread(target=lambda: (ours.sendall(data), ours.close())).start()
        with theirs, theirs.makefile("rb") as file:
            self.assertEqual(len(list(Mbox(file))), 500)

    def test_an_email_has_the_bytes(self):
        one = next(iter(Mbox(io.BytesIO(message(1, "From noon on?\n>From one on.")))))
        parsed = one.as_email(email.policy.SMTP)
        self.assertIsInstance(parsed, email.message.EmailMessage)
        self.assertEqual(parsed.as_bytes(), one.as_bytes())

    def test_errors_are_exceptions_in_the_same_words(self):
        with self.assertRaisesRegex(NotAnMboxError, "file object: not an mbox: it looks like JSON"):
            list(Mbox(io.BytesIO(b"{}")))
        with self.assertRaisesRegex(FileNotFoundError, "nowhere: cannot open"):
            list(Mbox("nowhere"))
        with self.assertRaisesRegex(ValueError, 'unknown split rule "often"'):
            list(Mbox(TAKEOUT, split="often"))
        with self.assertRaises(TypeError):
            list(Mbox(None))

    def test_what_a_reader_raises_is_the_cause(self):
        class Broken(io.RawIOBase):
            def read(self, size=-1):
                raise KeyError("a cable")

        with self.assertRaisesRegex(MboxError, "cannot read at byte 0") as caught:
            list(Mbox(Broken()))
        self.assertIsInstance(caught.exception.__cause__, KeyError)
        with self.assertRaisesRegex(MboxError, "returned no bytes"):
            list(Mbox(io.StringIO("From ")))

    def test_two_threads_share_no_iterator_by_accident(self):
        messages = iter(Mbox(io.BytesIO(b"".join(message(number) for number in range(2000)))))
        found, refused = [], []

        def work():
            while True:
                try:
                    found.append(next(messages).index)
                except StopIteration:
                    return
                except RuntimeError:
                    refused.append(1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        self.assertEqual(sorted(found), list(range(1, 2001)))

    def test_the_same_as_the_standard_library_where_that_is_right(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "mail.mbox")
            pathlib.Path(path).write_bytes(b"".join(message(number) for number in range(50)))
            with contextlib.closing(mailbox.mbox(path)) as box:
                expected = [theirs.as_bytes() for theirs in box]
            self.assertEqual([ours.as_bytes().rstrip(b"\n") for ours in Mbox(path, eol="lf")], [e.rstrip(b"\n") for e in expected])


class Ranges(unittest.TestCase):
    def test_ranges_are_the_whole(self):
        for path in filter(pathlib.Path.is_file, sorted(TESTDATA.glob("[!n]*/*.mbox"))):
            whole = [(message.index, message.offset, message.as_bytes()) for message in Mbox(path)]
            ranges = [Range(part.checkpoint, part.until) for part in pymbox2eml.plan(path, every=1)]
            parts = [m for part in ranges for m in Mbox(io.BytesIO(path.read_bytes()), range=part)]
            self.assertEqual([(m.index, m.offset, m.as_bytes()) for m in parts], whole, path)

    def test_a_range_can_be_sent(self):
        first = next(pymbox2eml.plan(TAKEOUT))
        self.assertEqual(pickle.loads(pickle.dumps(first)), first)
        with self.assertRaisesRegex(ValueError, "not a checkpoint"):
            Range("nonsense", first.until)

    def test_another_mailbox_is_refused(self):
        data = b"".join(message(number) for number in range(9))
        second = list(pymbox2eml.plan(io.BytesIO(data), every=100))[1]
        with self.assertRaisesRegex(NotAsPlannedError, "not as it was planned"):
            list(Mbox(io.BytesIO(data + b"\n"), range=second))

    def test_converted_ranges_are_the_same_files(self):
        with tempfile.TemporaryDirectory() as folder:
            whole, parts = os.path.join(folder, "whole"), os.path.join(folder, "parts")
            found = pymbox2eml.convert(TAKEOUT, whole)["messages"]["found"]
            sums = [pymbox2eml.convert(TAKEOUT, parts, range=part) for part in pymbox2eml.plan(TAKEOUT, every=2000)]
            self.assertTrue(len(sums) > 1 and all(done["complete"] for done in sums))
            self.assertEqual(sum(done["messages"]["written"] for done in sums), found)
            self.assertEqual(files(parts), files(whole))


class Surveys(unittest.TestCase):
    """What tasks of Spark convert."""

    def test_parts_that_know_only_text_are_the_whole(self):
        for layout in ["flat", "label"]:
            with tempfile.TemporaryDirectory() as folder:
                whole, parts = os.path.join(folder, "whole"), os.path.join(folder, "parts")
                alone = pymbox2eml.convert(TESTDATA, whole, layout=layout)
                found = _native.Survey([str(TESTDATA)], parts, {"layout": layout})
                survey = _native.Survey.read(found.text())
                groups = survey.groups({"layout": layout})
                self.assertGreater(len(groups), 40)
                done = [pymbox2eml.convert(survey.part(group), parts, layout=layout) for group in reversed(groups)]
                self.assertEqual(tree(parts), tree(whole))
                failed = [reason for part in done for reason in part["failed"]] + [reason for *_, reason in found.failures]
                self.assertEqual(sorted(failed), sorted(alone["failed"]))
                mailboxes = [mailbox for part in done for mailbox in part["mailboxes"]]
                self.assertEqual(sorted(mailboxes, key=str), sorted(alone["mailboxes"], key=str))

    def test_text_of_another_version_is_refused(self):
        text = _native.Survey([str(TAKEOUT)], None, {}).text()
        with self.assertRaisesRegex(ValueError, "the driver has pymbox2eml 9"):
            _native.Survey.read(text.replace('"version":"', '"version":"9'))

    def test_rows_that_are_not_wanted_are_not_read(self):
        class Endless(io.RawIOBase):
            def read(self, size=-1):
                return message(1)

        rows = _native.Rows([Endless()], ["index", "eml"], {})
        columns, failure = next(rows)
        self.assertEqual((columns["index"][0], columns["eml"][0], failure), (1, next(iter(Mbox(io.BytesIO(message(1))))).as_bytes(), None))
        self.assertLessEqual(len(columns["index"]), 10_000)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file()}


def files(folder):
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


class Conversions(unittest.TestCase):
    def test_a_conversion_is_that_of_the_command(self):
        with tempfile.TemporaryDirectory() as folder:
            done = pymbox2eml.convert(TAKEOUT, folder)
            self.assertEqual(files(folder), files(TESTDATA / "takeout" / "takeout.expected"))
            self.assertTrue(done["complete"])
            self.assertEqual(done["mailboxes"][0]["profile"], "google-takeout")
            archive = os.path.join(folder, "mail.zip")
            self.assertEqual(pymbox2eml.convert(TAKEOUT, archive, layout="label")["files"], [archive])

    def test_failures_are_in_the_summary(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "a.mbox").write_bytes(message(1))
            pathlib.Path(folder, "b.mbox").write_text("{}")
            done = pymbox2eml.convert(folder, os.path.join(folder, "out"))
            self.assertFalse(done["complete"])
            self.assertEqual(done["messages"]["written"], 1)
            self.assertRegex(done["failed"][0], "b.mbox: not an mbox")
            with self.assertRaisesRegex(ValueError, "unknown option: lay_out"):
                pymbox2eml.convert(folder, "out", lay_out="label")

    def test_a_label_is_a_name_or_a_list_of_names(self):
        with tempfile.TemporaryDirectory() as folder:
            one, two, most = (os.path.join(folder, name) for name in ["one", "two", "most"])
            sent = pymbox2eml.convert(TAKEOUT, one, label="Sent")["messages"]
            self.assertTrue(0 < sent["written"] < sent["found"])
            pymbox2eml.convert(TAKEOUT, two, label=["Sent"])
            self.assertEqual(files(one), files(two))
            rest = pymbox2eml.convert(TAKEOUT, most, not_label="Sent")["messages"]
            self.assertEqual(rest["written"], sent["found"] - sent["written"])

    def test_what_an_option_does_not_take_is_an_error_that_names_it(self):
        for error, text, options in [
            (TypeError, 'since: expected a string such as "2020"', {"since": 2020}),
            (TypeError, "layout: expected a string", {"layout": 1}),
            (TypeError, "not_label: expected a string or a list of strings", {"not_label": 1}),
            (TypeError, "label: expected a string or a list of strings", {"label": [b"Sent"]}),
            (TypeError, "ascii: expected True or False", {"ascii": "no"}),
            (TypeError, "limit: expected a number of at least 1", {"limit": "10"}),
            (ValueError, "limit: expected a number of at least 1", {"limit": 0}),
            (ValueError, "limit: expected a number of at least 1", {"limit": -1}),
            (ValueError, "threads: expected a number of at least 1", {"threads": 0}),
        ]:
            with self.subTest(options), self.assertRaisesRegex(error, f"^{text}$"):
                pymbox2eml.inspect(TAKEOUT, **options)

    def test_no_input_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(ValueError, "no input given"):
            pymbox2eml.convert([], os.path.join(folder, "out"))
        with self.assertRaisesRegex(ValueError, "no input given"):
            pymbox2eml.inspect(iter([]))

    def test_progress_is_reported_and_can_end_a_run(self):
        class Slow(io.RawIOBase):
            number = 0

            def readable(self):
                return True

            def read(self, size=-1):
                self.number += 1
                return message(self.number)

        seen = []

        def progress(bytes, messages):
            seen.append((bytes, messages))
            if len(seen) > 3:
                raise InterruptedError("enough")

        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(InterruptedError, "enough"):
            pymbox2eml.convert(Slow(), folder, progress=progress)
        self.assertEqual(len(seen), 4)

    @unittest.skipUnless(os.name == "posix", "signals")
    def test_ctrl_c_ends_a_run(self):
        code = """
import io, signal, sys, tempfile, pymbox2eml
# The signal is ignored where a shell started the tests in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
class Endless(io.RawIOBase):
    def read(self, size=-1):
        return b"From a@example.org Mon Jan  1 00:00:00 2024\\nSubject: 1\\n\\n"
def progress(bytes, messages):
    print("running", flush=True)
with tempfile.TemporaryDirectory() as folder:
    try:
        pymbox2eml.inspect(Endless(), progress=progress)
    except KeyboardInterrupt:
        print("interrupted")
"""
        run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        self.assertEqual(run.stdout.readline(), "running\n")
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.communicate()[0].splitlines()[-1], "interrupted")
        self.assertEqual(run.returncode, 0)

    def test_inspect_counts(self):
        found = pymbox2eml.inspect(TAKEOUT)
        self.assertEqual(found["messages"]["found"], len(list(Mbox(TAKEOUT))))
        self.assertIn("Inbox", found["labels"])


class Stability(unittest.TestCase):
    def test_many_processes_end_well(self):
        """Objects of Rust need an alignment that Python's memory does not have: wrong boxes crash one run in two."""
        code = f"import pymbox2eml; print(sum(len(m.as_bytes()) for m in pymbox2eml.Mbox({str(TAKEOUT)!r})))"
        code += f"; print(sum(r.messages for r in pymbox2eml.plan({str(TAKEOUT)!r}, 1)))"
        runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True) for _ in range(20)]
        self.assertEqual({(run.returncode, run.stdout) for run in runs}, {(0, runs[0].stdout)})


if __name__ == "__main__":
    unittest.main()
