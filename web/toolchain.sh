#!/usr/bin/env bash
# Unpacks Debian's compiler for WebAssembly into a folder, of which build.sh makes use. Nothing is installed.
#
#   toolchain.sh FOLDER
set -euo pipefail
mkdir -p "$1/packages"
cd "$1"
std=$(apt-cache depends libstd-rust-web-dev | awk '/Depends: libstd-rust-web-[0-9]/ { print $2; exit }')
llvm=$(apt-cache depends rustc-web "$std" | awk '/Depends: libllvm[0-9]/ { print $2; exit }')
(
    cd packages
    apt-get download -qq rustc-web cargo-web "$std" libstd-rust-web-dev rust-web-src "$llvm" libgit2-1.5 \
        libhttp-parser2.9 libmbedcrypto7 libmbedx509-1 libmbedtls14 lld-19 libllvm19 wasi-libc
)
# The crates need that much; the suite without security updates has an older one.
if dpkg --compare-versions "$(dpkg-deb --field packages/rustc-web_*.deb Version)" lt 1.89; then
    echo "Debian's compiler is older than 1.89" >&2
    exit 1
fi
for package in packages/*.deb; do dpkg -x "$package" .; done
rm -r packages
