"""Runs the test programs that Cargo built, as Cargo does: run_tests.py MESSAGES RUNNER [NAME [ARGUMENT...]]. RUNNER runs
programs of another system; `env` those of this one. Without a NAME, all run."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

messages, runner, *arguments = sys.argv[1:]
environment = tomllib.loads(Path(".cargo/config.toml").read_text())["env"] | os.environ
ran = []
for message in map(json.loads, Path(messages).read_text().splitlines()):
    program = message.get("profile", {}).get("test") and message.get("executable")
    if program and arguments[:1] in ([], [message["target"]["name"]]):
        print(f"     Running {program}", flush=True)
        command, folder = [runner, program, *arguments[1:]], Path(message["manifest_path"]).parent
        ran.append(subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL))
if not ran:
    sys.exit(f"no test program has the name {arguments[0]}")
sys.exit(any(test.returncode for test in ran))
