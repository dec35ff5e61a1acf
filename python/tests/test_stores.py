"""Object stores, in an environment that has fsspec, s3fs and moto's server: run this file there."""

import doctest
import gzip
import logging
import os
import pathlib
import unittest

os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}

import fsspec
from moto.server import ThreadedMotoServer

import pymbox2eml
from common import TAKEOUT, Case, message, zipped
from pymbox2eml import Mbox, NotAnMboxError


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(pymbox2eml.stores))
    return tests


def setUpModule():
    global server, fs
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
    fs = fsspec.filesystem("s3", use_listings_cache=False)


def tearDownModule():
    server.stop()


def mailbox(number, messages=3):
    return b"".join(message(number + at) for at in range(messages))


USERS = {
    "ann/Sent.mbox": mailbox(1),
    "ann/notes.txt": b"nothing",
    "bob/takeout-20261122T091502Z-001.zip": zipped({"Takeout/Mail/All.mbox": mailbox(2), "Takeout/Mail/Two.mbox": mailbox(3)}),
    "bob/takeout-20261122T091502Z-002.zip": zipped({"Takeout/archive_browser.html": b"<html>"}),
    "eve/mail.mbox.gz": gzip.compress(mailbox(4), mtime=0),
    "eve/Inbox": mailbox(5, 60),
    "joe/broken.mbox": b"{}",
    "joe/cut.zip": zipped({"x.mbox": mailbox(6)})[:90],
}


class InStore(Case):
    bucket = 0

    def setUp(self):
        super().setUp()
        InStore.bucket += 1
        self.url = f"s3://bucket{InStore.bucket}"
        fs.mkdir(self.url)

    def put_users(self):
        for name, data in USERS.items():
            fs.pipe_file(f"{self.url}/users/{name}", data)
            path = self.folder / "users" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def objects(self, below):
        root = f"{self.url}/{below}"[5:]
        return {path[len(root) + 1 :]: fs.cat_file(path) for path in fs.find(root)}

    def files(self, below):
        root = self.folder / below
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


class Inputs(InStore):
    def test_messages_and_ranges_of_an_object(self):
        url = f"{self.url}/takeout.mbox"
        fs.pipe_file(url, TAKEOUT.read_bytes())
        expected = [message.as_bytes() for message in Mbox(TAKEOUT)]
        box = Mbox(url)
        for _ in range(2):
            self.assertEqual([message.as_bytes() for message in box], expected)
        self.assertEqual([message.as_bytes() for message in Mbox(fsspec.open(url))], expected)
        ranges = list(pymbox2eml.plan(url, every=1000))
        self.assertGreater(len(ranges), 2)
        self.assertEqual([message.as_bytes() for part in ranges for message in Mbox(url, range=part)], expected)
        sums = [pymbox2eml.convert(url, self.folder / "parts", range=part) for part in ranges]
        self.assertTrue(all(done["complete"] for done in sums))
        pymbox2eml.convert(TAKEOUT, self.folder / "whole")
        self.assertEqual(self.files("parts"), self.files("whole"))

    def test_errors_name_the_url(self):
        fs.pipe_file(f"{self.url}/x.json", b"{}")
        with self.assertRaisesRegex(NotAnMboxError, f"{self.url}/x.json: not an mbox"):
            list(Mbox(f"{self.url}/x.json"))
        with self.assertRaises(FileNotFoundError):
            list(Mbox(f"{self.url}/nowhere"))
        with self.assertRaisesRegex(ValueError, "URLs or paths"):
            pymbox2eml.inspect([f"{self.url}/x.json", "x.json"])
        done = pymbox2eml.inspect(f"{self.url}/nowhere")
        self.assertEqual((done["complete"], done["failed"]), (False, [f"{self.url}/nowhere: no mailbox found"]))

    def test_a_bucket_becomes_the_tree_of_a_folder(self):
        self.put_users()
        local = pymbox2eml.convert(self.folder / "users", self.folder / "one")
        stored = pymbox2eml.convert(f"{self.url}/users", self.folder / "other")
        self.assertEqual(self.files("other"), self.files("one"))
        self.assertEqual((stored["messages"], stored["bytes"]), (local["messages"], local["bytes"]))
        there = [reason.replace(str(self.folder), self.url) for reason in local["failed"]]
        self.assertEqual(sorted(stored["failed"]), sorted(there))
        self.assertGreater(len(there), 1)
        self.assertEqual(pymbox2eml.inspect([f"{self.url}/users/*/*.mbox", f"{self.url}/users/eve"])["messages"]["found"], 66)


class Outputs(InStore):
    def test_messages_become_objects_and_a_second_run_changes_none(self):
        self.put_users()
        pymbox2eml.convert(self.folder / "users", self.folder / "one")
        first = pymbox2eml.convert(f"{self.url}/users", f"{self.url}/users/out")
        self.assertEqual(self.objects("users/out"), self.files("one"))
        versions = {path: info["LastModified"] for path, info in fs.find(f"{self.url}/users/out", detail=True).items()}
        # One is lost, and another is somebody else's.
        lost, other, *_ = sorted(versions)
        fs.rm_file(lost)
        fs.pipe_file(other, b"somebody's")
        second = pymbox2eml.convert(f"{self.url}/users", f"{self.url}/users/out")
        self.assertEqual(second["messages"]["written"], 2)
        self.assertEqual(second["messages"]["already_there"], first["messages"]["written"] - 2)
        self.assertEqual(second["warnings"]["name-taken"], 1)
        self.assertEqual(fs.cat_file(other), b"somebody's")
        self.assertEqual(fs.cat_file(other.replace(".eml", "~2.eml")), self.files("one")[other.partition("/out/")[2]])
        now = {path: info["LastModified"] for path, info in fs.find(f"{self.url}/users/out", detail=True).items()}
        self.assertEqual({path: now[path] for path in versions.keys() - {lost, other}}, {p: versions[p] for p in versions.keys() - {lost, other}})
        third = pymbox2eml.convert(f"{self.url}/users", f"{self.url}/users/out")
        self.assertEqual(third["messages"]["written"], 0)

    def test_zips_of_a_range_have_its_messages_only(self):
        for number, part in enumerate(pymbox2eml.plan(TAKEOUT, every=2000)):
            done = pymbox2eml.convert(TAKEOUT, f"{self.url}/out/{number}.zip", range=part)
            self.assertEqual(done["messages"]["written"], part.messages)
        self.assertGreater(number, 0)

    def test_zips_are_put_when_all_are_complete(self):
        self.put_users()
        archive = f"{self.url}/out/mail.zip"
        local = pymbox2eml.convert(self.folder / "users", self.folder / "mail.zip")
        done = pymbox2eml.convert(f"{self.url}/users", archive)
        self.assertEqual(done["files"], [archive])
        self.assertEqual(self.objects("out"), {"mail.zip": pathlib.Path(*local["files"]).read_bytes()})
        self.assertEqual(pymbox2eml.convert(f"{self.url}/users", archive)["files"], [archive])
        with self.assertRaisesRegex(FileExistsError, "mail.zip exists and is not what this run makes"):
            pymbox2eml.convert(f"{self.url}/users", archive, limit=1)
        self.assertEqual(self.objects("out"), {"mail.zip": pathlib.Path(*local["files"]).read_bytes()})

    def test_a_store_that_fails_ends_the_run(self):
        done = pymbox2eml.convert(TAKEOUT, "s3://nobucket/out")
        self.assertEqual((done["complete"], done["messages"]["written"], done["transient"]), (False, 0, False))
        self.assertEqual(len(done["failed"]), 1)
        self.assertRegex(done["failed"][0], "cannot write .*bucket does not exist")


if __name__ == "__main__":
    unittest.main()
