"""Runs the test programs that Cargo built: run_tests.py MESSAGES RUNNER [NAME [ARGUMENT...]]. RUNNER runs programs of
the other system; each runs in the folder of its package. Without a NAME, all run."""

import json
import subprocess
import sys
from pathlib import Path

messages, runner, *arguments = sys.argv[1:]
ran = []
for message in map(json.loads, Path(messages).read_text().splitlines()):
    program = message.get("profile", {}).get("test") and message.get("executable")
    if program and arguments[:1] in ([], [message["target"]["name"]]):
        print(f"     Running {program}", flush=True)
        command = [runner, program, *arguments[1:]]
        ran.append(subprocess.run(command, cwd=Path(message["manifest_path"]).parent, stdin=subprocess.DEVNULL))
if not ran:
    sys.exit(f"no test program has the name {arguments[0]}")
sys.exit(any(test.returncode for test in ran))
