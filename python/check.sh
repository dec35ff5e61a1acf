#!/usr/bin/env bash
# Builds the wheel, and tests it in a fresh virtual environment. Skipped without Python 3.10 or maturin, which pip installs
# where it can.
set -euo pipefail
cd "$(dirname "$0")"

skip() { echo "skipped: checks::python: $1"; exit 0; }
python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' 2> /dev/null || skip 'there is no Python 3.10 with venv'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env" > /dev/null 2>&1 || skip 'no virtual environment can be made'
maturin=$(command -v maturin || true)
if [[ -z $maturin ]]; then
    timeout 120 "$work/env/bin/pip" install --quiet maturin > /dev/null 2>&1 || skip 'maturin cannot be installed'
    maturin=$work/env/bin/maturin
fi
cargo fmt --check
cargo fetch --locked > /dev/null 2>&1 || skip 'its crates cannot be fetched'
"$maturin" build --release --locked --interpreter "$work/env/bin/python" --out "$work" > "$work/log" 2>&1 \
    || { cat "$work/log"; exit 1; }
"$work/env/bin/pip" install --quiet --no-index "$work"/*.whl
# Elsewhere, so that what is imported is the wheel.
tests=$PWD/tests/test_pymbox2eml.py
cd "$work"
"$work/env/bin/python" "$tests"
