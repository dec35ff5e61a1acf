"""The test programs that Cargo built: test_programs.py MESSAGES NAME. Prints the folder each runs in, and its path."""

import json
import sys
from pathlib import Path

messages, name = sys.argv[1:]
for message in map(json.loads, Path(messages).read_text().splitlines()):
    built = message.get("profile", {}).get("test") and message.get("executable")
    if built and name in ("", message["target"]["name"]):
        print(Path(message["manifest_path"]).parent, built)
