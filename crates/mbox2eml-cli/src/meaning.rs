//! What the values of options mean to the library.

use mbox2eml::LabelCopies;
use mbox2eml::select::{Dedup, Deleted};
use mbox2eml::split::SplitRule;
use mbox2eml::transform::{Eol, Unquote};

use crate::args::{CopiesArg, DedupArg, DeletedArg, EolArg, SplitArg, UnquoteArg};

/// One value for each.
macro_rules! meaning {
    ($($arg:ident => $value:ident { $($from:ident => $to:ident),* })*) => {
        $(impl From<$arg> for $value {
            fn from(arg: $arg) -> Self {
                match arg { $($arg::$from => Self::$to),* }
            }
        })*
    };
}

meaning! {
    EolArg => Eol { Crlf => Crlf, Lf => Lf, Keep => Keep }
    UnquoteArg => Unquote { Auto => Auto, Mboxrd => Mboxrd, Mboxo => Mboxo, None => None }
    SplitArg => SplitRule { Auto => Auto, Strict => Strict, Any => Any }
    DeletedArg => Deleted { Skip => Skip, Keep => Keep }
    DedupArg => Dedup { Off => Off, Id => Id, Content => Content }
    CopiesArg => LabelCopies { First => First, All => All }
}
