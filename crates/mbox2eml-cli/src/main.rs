//! The command `mbox2eml`.

use std::process::ExitCode;

fn main() -> ExitCode {
    mbox2eml_cli::main()
}
