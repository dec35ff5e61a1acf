//! The warnings of a run.

use std::sync::Mutex;

use mbox2eml::report::{Observer, Reported, Warning};
use mbox2eml::source::Origin;

/// Keeps them, in their order.
#[derive(Default)]
pub(crate) struct Warnings(Mutex<Vec<Warning>>);

impl Warnings {
    pub(crate) fn into_inner(self) -> Vec<Warning> {
        self.0.into_inner().unwrap()
    }
}

impl Observer for Warnings {
    fn warned(&self, _: &Origin, warning: &Warning, _: Option<Reported<'_>>) {
        self.0.lock().unwrap().push(warning.clone());
    }
}
