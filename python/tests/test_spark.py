"""Spark, in an environment that has it: run this file there."""

import doctest
import gzip
import hashlib
import importlib.util
import io
import logging
import os
import pathlib
import sys
import tarfile
import unittest
from datetime import timezone

os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

import pymbox2eml
import pymbox2eml.spark.tasks
from common import TAKEOUT, Case, zipped
from pymbox2eml.spark import convert_on_spark, register


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(pymbox2eml.spark.tasks))
    return tests


def setUpModule():
    """A store, if there may be one, before Java begins: workers find it by what is in the environment then."""
    if importlib.util.find_spec("moto"):
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        unittest.addModuleCleanup(server.stop)
        host, port = server.get_host_and_port()
        os.environ |= {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_DEFAULT_REGION": "us-east-1"}
        os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def start(master, **environment):
    """A session whose executors have these variables."""
    builder = SparkSession.builder.master(master).config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    for name, value in environment.items():
        builder = builder.config(f"spark.executorEnv.{name}", value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def message(number, name="ann", body="Hello"):
    received = f"{number // 60 % 24:02}:{number % 60:02}:00"
    labels = f"X-GM-THRID: {number}\nX-Gmail-Labels: {name},Opened\n" if name.startswith("L") else ""
    sender = f"{(1_711_972_800_000 << 20) + number}@xxx" if labels else "ann@example.org"
    date = f"Mon Apr 01 {received} +0000 2024" if labels else f"Mon Apr  1 {received} 2024"
    return f"From {sender} {date}\n{labels}Subject: {name} {number}\n\n{body}\n>From here\n\n".encode()


def mailbox(name, messages=3):
    return b"".join(message(number, name) for number in range(messages))


def tarred(members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), mtime=0)


def users(folder, number, most=1000):
    """The mail of so many people, in as many ways as it comes, some of it damaged; in no mailbox more than ``most`` messages."""
    export = "takeout-20261122T091502Z"
    for user in range(number):
        one, two = (f"Takeout/Mail/L{name}.mbox" for name in ("one", "two"))
        files = [
            {"mail.mbox": mailbox(f"user {user}", most if user % 50 == 0 else 5)},
            {f"{export}-001.zip": zipped({one: mailbox("Lone"), two: mailbox("Ltwo")})},
            {f"{export}-001.tgz": tarred({one: mailbox("Lone")}), f"{export}-002.tgz": tarred({one: mailbox("Ltwo", 2)})},
            {one: mailbox("Lone"), two: mailbox("Ltwo")},
            {"Inbox": mailbox("x"), "Inbox.sbd/Work": mailbox("y"), "notes.txt": b"nothing"},
            {"mail.mbox.gz": gzip.compress(mailbox("z"), mtime=0), "old.mbox": mailbox("w")[:-9]},
            {f"{export}-001.zip": zipped({one: mailbox("Lone", 9)})[:700], "rest.mbox": mailbox("rest")},
            {f"{export}-001.tgz": tarred({one: mailbox("Lone", 9)})[:-40]},
            {"mail.mbox": b"<html>Sign in</html>", "empty.mbox": b"", "good.mbox": mailbox("good")},
            {f"{export}-001.zip": zipped({"Takeout/archive_browser.html": b"<html>"}), f"{export}-002.zip": zipped({one: mailbox("Lone")})},
        ][user % 10]
        for name, data in files.items():
            path = folder / f"user{user:03}@example.org" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    (folder / "USER000@example.org.tar").write_bytes(gzip.decompress(tarred({"mail.mbox": mailbox("beside")})))


def tree(folder):
    """Every file with its time and content."""
    folder = pathlib.Path(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_mtime, path.read_bytes()) for path in files}


class OnSpark(Case):
    maxDiff = 4000

    def check_same(self, on_spark, alone):
        """The summaries say the same, in whatever order."""
        for key in ("complete", "messages", "bytes", "warnings", "folders"):
            self.assertEqual(on_spark[key], alone[key], key)
        self.assertEqual(sorted(on_spark["failed"]), sorted(alone["failed"]))

        def by_input(summary):
            return sorted(summary["mailboxes"], key=lambda mailbox: (mailbox["input"], mailbox["place"]))

        self.assertEqual(by_input(on_spark), by_input(alone))


class Local(OnSpark):
    @classmethod
    def setUpClass(cls):
        cls.spark = start("local[2]")
        register(cls.spark)

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def read(self, path, schema=None, **options):
        reader = self.spark.read.format("mbox").options(**options)
        return (reader.schema(schema) if schema else reader).load(path if isinstance(path, list) else str(path))

    def test_rows_are_messages(self):
        rows = self.read(TAKEOUT, eml="true", rangeSize="2k").orderBy("index").collect()
        messages = list(pymbox2eml.Mbox(TAKEOUT))
        self.assertEqual(len(rows), len(messages))
        for row, message in zip(rows, messages):
            self.assertEqual((row["index"], row.offset, row.subject), (message.index, message.offset, message["Subject"]))
            self.assertEqual((bytes(row.eml), row.gmail_id), (message.as_bytes(), message.gmail_id))
            self.assertEqual((row.labels, row.flags), (message.labels, message.flags))
            self.assertEqual(row.received.replace(tzinfo=timezone.utc), message.received)
            self.assertEqual((row.eml_size, row.sha256), (len(row.eml), hashlib.sha256(row.eml).hexdigest()))
            self.assertEqual((row.mailbox, row.status, row.received_source), (str(TAKEOUT), "found", "gmail-id"))
        self.assertEqual([row.offset + row.length for row in rows], [row.offset for row in rows[1:]] + [TAKEOUT.stat().st_size])

    def test_patterns_folders_archives_and_several_paths(self):
        users(self.folder, 10)
        found = pymbox2eml.inspect(self.folder)
        rows = self.read(self.folder, "index long, mailbox string, status string, reason string", rangeSize="16k").collect()
        read = [row for row in rows if row["index"]]
        self.assertEqual(len(read), found["messages"]["found"])
        self.assertEqual(len({(row.mailbox, row["index"]) for row in read}), len(read))
        failed = [row for row in rows if not row["index"]]
        self.assertEqual(sorted(row.reason for row in failed), sorted(found["failed"]))
        self.assertTrue(all(row.status == "failed" and row.reason.startswith(row.mailbox) for row in failed))
        self.assertGreater(len(failed), 3)
        one, other = self.folder / "user000@example.org", self.folder / "user003@example.org"
        self.assertEqual(self.read([str(one), str(other)], "index long").count(), 1006)
        self.assertEqual(self.read(self.folder / "*" / "Inbox*", "index long").count(), 6)

    def test_only_the_columns_of_the_schema(self):
        self.assertNotIn("eml", self.read(TAKEOUT).columns)
        [row, *_] = self.read(TAKEOUT, "eml binary, index long").collect()
        self.assertEqual(list(row.asDict()), ["eml", "index"])
        for schema, error in [("sender string", "no column is called sender"), ("index string", "index is bigint, not string")]:
            with self.assertRaisesRegex(PySparkException, error):
                self.read(TAKEOUT, schema).count()

    def test_options_are_checked(self):
        for options, error in [
            ({"rangeSize": "often"}, "'often' is not a size"),
            ({"mode": "SOMETIMES"}, "unknown mode 'SOMETIMES'"),
            ({"splitt": "any"}, "unknown option: splitt"),
            ({"split": "often"}, 'unknown split rule "often"'),
        ]:
            with self.assertRaisesRegex(PySparkException, error):
                self.read(TAKEOUT, **options).count()

    def test_the_first_failure_can_be_an_error(self):
        (self.folder / "cut.mbox.gz").write_bytes(gzip.compress(mailbox("z"), mtime=0)[:-20])
        self.assertEqual(self.read(self.folder, "index long").where("index = 0").count(), 1)
        with self.assertRaisesRegex(PySparkException, "cut.mbox.gz: cannot read"):
            self.read(self.folder, mode="FAILFAST").count()
        with self.assertRaisesRegex(PySparkException, "nowhere: cannot open"):
            self.read(self.folder / "nowhere", mode="failfast").count()

    def test_the_first_rows_are_enough(self):
        """Reading ends with the last row that is wanted, however much there is."""
        (self.folder / "mail.mbox").write_bytes(mailbox("many", 50_000))
        [row] = self.read(self.folder / "mail.mbox", "index long, eml binary").limit(1).collect()
        self.assertEqual(row["index"], 1)

    def test_a_pipe_is_refused(self):
        os.mkfifo(self.folder / "pipe")
        with self.assertRaisesRegex(PySparkException, "can be read by one process only"):
            self.read(self.folder / "pipe").count()
        with self.assertRaisesRegex(ValueError, "can be read by one process only"):
            convert_on_spark(self.spark, self.folder / "pipe", self.folder / "out")

    def test_conversions_with_options_are_those_of_one_machine(self):
        users(self.folder / "users", 20)
        for number, options in enumerate([
            {"layout": "label"},
            # With more threads, how far a mailbox is read behind the limit is a matter of chance.
            {"limit": 2, "eol": "lf", "threads": 1},
            {"name": "{subject}", "not_label": ["Lone"]},
            {"layout": "year", "name": "{date}_{index}", "ascii": True, "dedup": "off"},
        ]):
            one, many = self.folder / f"one{number}", self.folder / f"many{number}"
            alone = pymbox2eml.convert(self.folder / "users", one, **options)
            self.check_same(convert_on_spark(self.spark, self.folder / "users", many, range_size="16k", **options), alone)
            self.assertEqual(tree(many), tree(one), options)

    @unittest.skipUnless(importlib.util.find_spec("moto"), "moto is not installed")
    def test_a_store_is_read_and_written_by_the_workers(self):
        import fsspec

        fs = fsspec.filesystem("s3", use_listings_cache=False)
        fs.mkdir("s3://mail")
        users(self.folder / "users", 10, most=40)
        for path in filter(pathlib.Path.is_file, (self.folder / "users").rglob("*")):
            fs.pipe_file(f"s3://mail/{path.relative_to(self.folder)}", path.read_bytes())
        alone = pymbox2eml.convert(self.folder / "users", self.folder / "one", layout="year")
        done = convert_on_spark(self.spark, "s3://mail/users", "s3://mail/out", layout="year", range_size="2k")
        there = [reason.replace(str(self.folder), "s3://mail") for reason in alone["failed"]]
        self.assertEqual(sorted(done["failed"]), sorted(there))
        stored = {path[len("mail/out/") :]: fs.cat_file(path) for path in fs.find("s3://mail/out")}
        self.assertEqual(stored, {name: data for name, (_, data) in tree(self.folder / "one").items()})
        self.assertEqual((done["messages"], done["bytes"]), (alone["messages"], alone["bytes"]))
        name = "users/user000@example.org/mail.mbox"
        parts = [self.read(f"{root}/{name}", rangeSize="2k").rdd.getNumPartitions() for root in ("s3://mail", self.folder)]
        self.assertEqual(parts[0], parts[1])
        self.assertGreater(parts[0], 1)
        found = self.read("s3://mail/users/*", "index long", rangeSize="2k").where("index > 0").count()
        self.assertEqual(found, pymbox2eml.inspect(self.folder / "users")["messages"]["found"])

    def test_what_only_one_process_can_do_is_refused(self):
        users(self.folder / "users", 2)
        inputs, output = self.folder / "users", self.folder / "out"
        for options, error in [({"dedup": "id"}, "only one process can"), ({"lay_out": "year"}, "unknown option: lay_out")]:
            with self.assertRaisesRegex(ValueError, error):
                convert_on_spark(self.spark, inputs, output, range_size=1000, **options)
        with self.assertRaisesRegex(ValueError, "ZIPs are made by one process"):
            convert_on_spark(self.spark, inputs, self.folder / "out.zip")
        self.assertFalse(output.exists())
        # One task has all.
        one = inputs / "user000@example.org" / "mail.mbox"
        alone = pymbox2eml.convert(one, self.folder / "alone", dedup="id")
        self.check_same(convert_on_spark(self.spark, one, output, range_size=1000, dedup="id"), alone)


KILL = '''
import os, pathlib, signal
import pymbox2eml
folder, real = pathlib.Path(os.environ["TEST_FOLDER"]), pymbox2eml.convert

def is_first(name):
    try:
        os.close(os.open(folder / name, os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False

def executor():
    process = os.getpid()
    while pathlib.Path(f"/proc/{process}/comm").read_text().strip() != "java":
        process = int(pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return process

def convert(inputs, output, **options):
    if is_first("refused"):
        raise OSError("storage does not answer")
    done = real(inputs, output, **options)
    if done["messages"]["written"] > 2 and is_first("killed"):
        # As if it happened in the middle: a file is cut, and another is not there.
        place = pathlib.Path(output) / next(mailbox["place"] for mailbox in done["mailboxes"] if mailbox["messages"]["written"] > 1)
        one, other, *_ = sorted(path for path in place.rglob("*.eml"))
        os.truncate(one, 20)
        other.unlink()
        (folder / "killed").write_text(str(executor()))
        os.kill(executor(), signal.SIGKILL)
        signal.pause()
    return done

pymbox2eml.convert = convert
'''


class Cluster(OnSpark):
    def test_an_executor_that_is_killed_changes_nothing(self):
        users(self.folder / "users", 200)
        (self.folder / "sitecustomize.py").write_text(KILL)
        one, many = self.folder / "one", self.folder / "many"
        alone = pymbox2eml.convert(self.folder / "users", one)
        spark = start("local-cluster[2,1,1024]", PYTHONPATH=str(self.folder), TEST_FOLDER=str(self.folder))
        self.addCleanup(spark.stop)
        done = convert_on_spark(spark, self.folder / "users", many, range_size="32k")
        self.assertTrue((self.folder / "refused").exists())
        killed = int((self.folder / "killed").read_text())
        self.assertFalse(pathlib.Path(f"/proc/{killed}/cmdline").exists(), "the executor lives on")
        self.assertEqual(tree(many), tree(one))
        # What the lost executor had written is there already.
        written = done["messages"].pop("written") + done["messages"].pop("already_there")
        self.assertEqual(written, alone["messages"]["written"])
        alone["messages"].pop("already_there")
        alone["messages"].pop("written")
        self.assertEqual(done["messages"], alone["messages"])
        for key in ("complete", "bytes", "warnings", "folders"):
            self.assertEqual(done[key], alone[key], key)
        self.assertEqual(sorted(done["failed"]), sorted(alone["failed"]))
        self.assertGreater(len(done["failed"]), 60)
        again = convert_on_spark(spark, self.folder / "users", many, range_size="32k")
        self.assertEqual((again["messages"]["written"], again["messages"]["already_there"]), (0, written))
        self.assertEqual(tree(many), tree(one))


if __name__ == "__main__":
    unittest.main()
