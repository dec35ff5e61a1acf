//! The name of a message in a Maildir: `1711972800.0f3c…e1,S=2345:2,FS`.

use crate::message::{Flags, Received};

/// What divides the flags from the rest; Windows allows no colon in a name.
const INFO: &str = if cfg!(windows) { ";2," } else { ":2," };

/// How many digits a hash has.
const HASH: usize = 32;

/// What the name of a message is made of, all of it from the message itself, so that every run finds it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MaildirFile {
    /// When it was received, in seconds since 1970; 0 where that is not known, or before.
    seconds: i64,
    hash: u128,
    size: u64,
    /// Which of several equal messages it is, from 1.
    copy: u32,
}

impl MaildirFile {
    pub(crate) fn new(received: Option<Received>, hash: u128, size: u64) -> Self {
        let seconds = received.map_or(0, |received| received.seconds.max(0));
        Self { seconds, hash, size, copy: 1 }
    }

    /// The name of another message of the same bytes.
    pub(crate) fn copy(self, copy: u32) -> Self {
        Self { copy, ..self }
    }

    /// The name without flags. Dovecot and Courier read the size from it.
    pub(crate) fn base(self) -> String {
        let Self { seconds, hash, size, copy } = self;
        match copy {
            1 => format!("{seconds}.{hash:032x},S={size}"),
            _ => format!("{seconds}.{hash:032x}_{copy},S={size}"),
        }
    }
}

/// The whole name of a message with these flags.
pub(crate) fn with_flags(base: &str, flags: Flags) -> String {
    format!("{base}{INFO}{flags}")
}

/// What a name begins with that is made here and that no program changes: servers and mail programs add to it, and
/// change the flags. `None` for a name that is not made here.
pub(crate) fn identity(file: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let after_seconds = digits(file);
    let rest = file[after_seconds..].strip_prefix('.')?;
    let hash = rest.get(..HASH)?;
    let is_hash = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let rest = &rest[HASH..];
    let rest = rest.strip_prefix('_').map_or(rest, |copy| &copy[digits(copy)..]);
    let size = rest.strip_prefix(",S=")?;
    let size_length = digits(size);
    (after_seconds > 0 && is_hash && size_length > 0).then(|| &file[..file.len() - size.len() + size_length])
}

/// The flags that follow the [`identity`], if nothing else does.
pub(crate) fn flags(after_identity: &str) -> Option<Flags> {
    Flags::parse(after_identity.strip_prefix(INFO)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::ReceivedSource;

    #[test]
    fn names() {
        let received = |seconds| Some(Received::new(seconds, ReceivedSource::FromLine));
        let file = MaildirFile::new(received(1_711_972_800), 0xF0, 12);
        let flags = Flags::parse("FS").unwrap();
        let base = "1711972800.000000000000000000000000000000f0,S=12";
        assert_eq!(with_flags(&file.base(), flags), format!("{base}{INFO}FS"));
        assert_eq!(file.copy(2).base(), "1711972800.000000000000000000000000000000f0_2,S=12");
        assert!(MaildirFile::new(received(-5), 0, 0).base().starts_with("0."));
        assert!(MaildirFile::new(None, 0, 0).base().starts_with("0."));
        assert_eq!(identity(&with_flags(base, flags)), Some(base));
        assert_eq!(identity(&with_flags(&file.copy(2).base(), flags)), Some(&*file.copy(2).base()));
    }

    #[test]
    fn what_other_programs_add_does_not_count() {
        let base = MaildirFile::new(None, 7, 9).base();
        for added in ["", ",W=10", ",U=5:2,S", ":2,", ":2,RSa", ";2,S", ":1,x"] {
            assert_eq!(identity(&format!("{base}{added}")), Some(&*base), "{added}");
        }
        assert_eq!(self::flags(&format!("{INFO}RS")).map(|flags| flags.to_string()).as_deref(), Some("RS"));
        for other in ["", ",U=5:2,S", ":2,SR", ":2,a", "x"] {
            assert_eq!(self::flags(other), None, "{other}");
        }
    }

    #[test]
    fn names_of_others() {
        for name in ["", "1711972800.M1P2.host,S=12:2,S", "000001_x.eml", "1.00,S=1", ".ä", "1.äääääääääääääääää,S=1"]
        {
            assert_eq!(identity(name), None, "{name}");
        }
        assert_eq!(identity(&format!("x.{:032x},S=1", 0)), None);
        assert_eq!(identity(&format!("1.{:032X},S=1", 255)), None);
        assert_eq!(identity(&format!("1.{:032x},S=", 255)), None);
    }
}
