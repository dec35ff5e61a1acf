#!/usr/bin/env python3
"""peer_python.py IN OUTDIR: Python's mailbox module, for information; not part of `compare`."""

import mailbox
import pathlib
import sys

source, out = sys.argv[1], pathlib.Path(sys.argv[2])
messages = mailbox.mbox(source, create=False)
for key in messages.iterkeys():
    (out / f"{key + 1:06}.eml").write_bytes(messages.get_bytes(key))
print(len(messages), "messages")
