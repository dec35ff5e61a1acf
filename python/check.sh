#!/usr/bin/env bash
# Builds the wheel, and tests it in a fresh virtual environment. Skipped without Python 3.10 or maturin, which pip installs
# where it can. So are object stores and Spark, which needs Java 17.
set -euo pipefail
cd "$(dirname "$0")"

skipped() { echo "skipped: checks::$1: $2"; }
skip() { skipped python "$1"; exit 0; }
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
tests=$PWD/tests
cd "$work"
# Counts are printed as Cargo prints them.
run() {
    timeout --kill-after 10 "$1" "$work/env/bin/python" "$tests/$2" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    awk '/^Ran [0-9]+ tests?/ { passed = $2 }
        match($0, /skipped=[0-9]+/) { ignored = substr($0, RSTART + 8, RLENGTH - 8) }
        END { printf "test result: ok. %d passed; 0 failed; %d ignored\n", passed - ignored, ignored }' "$work/log"
}
run 300 test_pymbox2eml.py

install() { timeout 300 "$work/env/bin/pip" install --quiet --disable-pip-version-check "$@" > /dev/null 2>&1; }
if install 'moto[server]' s3fs; then
    run 300 test_stores.py
else
    skipped stores "moto's server and s3fs cannot be installed"
fi
java=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' || true)
if ((${java:-0} < 17)); then
    skipped spark 'there is no Java 17'
elif ! install 'pyspark>=4' pyarrow; then
    skipped spark 'pyspark cannot be installed'
else
    run 600 test_spark.py
fi
