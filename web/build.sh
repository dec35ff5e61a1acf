#!/usr/bin/env bash
# Builds the page, by default web/mbox2eml.html.
#
#   build.sh [PAGE.html]
#
# SIMD=off makes it slower, for browsers and processors that have no vector instructions.
#
# Needs Node.js, npm, xz, and a compiler for wasm32-wasip1: that of rustup (`rustup target add wasm32-wasip1`), or
# Debian's, which toolchain.sh unpacks into a folder; WASM_TOOLCHAIN is its path then.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=wasm32-wasip1
page=$(realpath -m "${1:-$here/mbox2eml.html}")
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$(realpath -m "$here/../target")} CARGO_INCREMENTAL=0

# No path of this machine is in the page.
sources=$(cd "$here/.." && pwd)
features=+bulk-memory
if [[ ${SIMD:-on} == off ]]; then
    # Each keeps what it has compiled.
    CARGO_TARGET_DIR+=/no-simd
else
    features+=,+simd128
fi
export RUSTFLAGS="-Ctarget-feature=$features --remap-path-prefix=$sources=mbox2eml --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"
build=()
if [[ -n ${WASM_TOOLCHAIN:-} ]]; then
    root=$(realpath "$WASM_TOOLCHAIN")
    libc=$root/usr/lib/wasm32-wasi
    export PATH=$root/usr/bin:$PATH RUSTC=$root/usr/bin/rustc
    export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    # It has the sources of the standard library, but not the library for this target. Without the words of panics, which
    # are faults of the program, that is smaller by a tenth.
    export RUSTC_BOOTSTRAP=1
    build=(-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size)
    RUSTFLAGS+=" --cfg wasi_libc_2022 --remap-path-prefix=$root=rust -Clink-self-contained=no -Zunstable-options -Cpanic=immediate-abort"
    RUSTFLAGS+=" -Clinker=$root/usr/bin/wasm-ld-19 -Clink-arg=-L$libc -Clink-arg=$libc/crt1-command.o"
fi
cargo build --manifest-path "$here/../Cargo.toml" --locked --package mbox2eml-wasm --profile page --target $target "${build[@]}"
[[ -d $here/node_modules/esbuild ]] || npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund
node "$here/build.mjs" "$CARGO_TARGET_DIR/$target/page/mbox2eml-wasm.wasm" "$page"
