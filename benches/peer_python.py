#!/usr/bin/env python3
"""peer_python.py IN OUTDIR: Python's mailbox module; IN is a mailbox or a folder of mailboxes."""

import mailbox
import pathlib
import sys

source, out = map(pathlib.Path, sys.argv[1:])
for path in source.iterdir() if source.is_dir() else [source]:
    folder = out / path.stem if source.is_dir() else out
    folder.mkdir(exist_ok=True)
    messages = mailbox.mbox(path, create=False)
    for key in messages.iterkeys():
        (folder / f"{key + 1:06}.eml").write_bytes(messages.get_bytes(key))
