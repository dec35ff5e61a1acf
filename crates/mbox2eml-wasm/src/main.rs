//! The command `mbox2eml` as WebAssembly: the page in `web/` is its system, with arguments, files and a clock.

#[cfg(wasi_libc_2022)]
mod libc_stubs;

use std::process::ExitCode;

fn main() -> ExitCode {
    mbox2eml_cli::main()
}
