//! Servers and mail programs read what was written.
