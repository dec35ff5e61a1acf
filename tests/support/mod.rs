//! What the test programs share.

pub(crate) mod corpus;
pub(crate) mod skip;
