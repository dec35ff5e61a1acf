//! The library for Python. What is comfortable is written in Python, in `pymbox2eml/__init__.py`; here is what is fast.

mod convert;
mod error;
mod input;
mod message;
mod options;
mod range;
mod rows;
mod stores;
mod survey;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::convert::{convert, inspect};
    #[pymodule_export]
    use super::error::{MboxError, NotAnMboxError, NotAsPlannedError};
    #[pymodule_export]
    use super::message::{Message, Messages};
    #[pymodule_export]
    use super::options::objection_to_ranges;
    #[pymodule_export]
    use super::range::{Plan, Range};
    #[pymodule_export]
    use super::rows::Rows;
    #[pymodule_export]
    use super::survey::{Part, Survey};
}
