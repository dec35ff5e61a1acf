//! Mailboxes in archives, as sources.
