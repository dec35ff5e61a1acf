"""Prints, for each EML below a folder, its path, time, size and header fields, as Python reads them: JSON, line by line."""

import email.header
import email.parser
import json
import os
import sys


def decoded(value):
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, ValueError):  # an unknown charset, or bytes that are none of it
        return str(value)


folder = sys.argv[1]
for root, _, files in os.walk(folder):
    for file in files:
        path = os.path.join(root, file)
        with open(path, "rb") as eml:
            header = email.parser.BytesHeaderParser().parse(eml)
        status = os.stat(path)
        fields = {name: [decoded(value) for value in header.get_all(name, [])] for name in ("From", "To", "Cc", "Bcc", "Subject")}
        print(json.dumps({"path": os.path.relpath(path, folder), "time": int(status.st_mtime), "size": status.st_size, **fields}))
