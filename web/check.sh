#!/usr/bin/env bash
# Builds the page, checks that it is the same each time, and tests it in Chromium against the native program.
#
#   check.sh NATIVE        the native program, such as target/release/mbox2eml
#
# Says what it skips, and why, where a compiler for WebAssembly, the modules or a browser are not to be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
native=$(realpath "$1")
skip() { echo "skipped: checks::page: $*"; exit 0; }

for program in node npm xz; do
    command -v "$program" > /dev/null || skip "$program is not installed"
done
[[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || skip 'Chromium is not installed'
if [[ ! -d $here/node_modules/esbuild ]]; then
    timeout 120 npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund > /dev/null 2>&1 || skip 'npm cannot install the modules'
fi
# Debian's compiler is kept where other things that are built are.
: "${WASM_TOOLCHAIN:=$here/../target/wasm-toolchain}"
export WASM_TOOLCHAIN
if [[ ! -x $WASM_TOOLCHAIN/usr/bin/rustc ]]; then
    rm -rf "$WASM_TOOLCHAIN"
    if ! timeout 180 "$here/toolchain.sh" "$WASM_TOOLCHAIN" > /dev/null 2>&1; then
        rm -rf "$WASM_TOOLCHAIN"
        skip "Debian's compiler for WebAssembly is not to be had"
    fi
fi
timeout 1800 "$here/build.sh"
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
"$here/build.sh" "$again/again.html" > /dev/null
cmp "$here/mbox2eml.html" "$again/again.html"
SIMD=off timeout 1800 "$here/build.sh" "$here/mbox2eml-no-simd.html"

code=0
NATIVE=$native timeout 3600 node --test --test-concurrency=1 --test-reporter=tap "$here"/tests/*.test.mjs > "$again/log" 2>&1 || code=$?
grep -E '^(ok|not ok|# \\#)' "$again/log" || true
((code == 0)) || cat "$again/log"
awk '/^# (pass|fail|skipped) / { n[$2] = $3 }
    END { printf "test result: ok. %d passed; %d failed; %d ignored; \n", n["pass"], n["fail"], n["skipped"] }' "$again/log"
exit "$code"
