//! How many messages each account has: `…-results-count.csv`, and `…-result-counts.csv` of new exports.

use std::io::BufRead;

use mbox2eml::source::Origin;

use super::listing::Listing;
use super::table::{Table, name};
use super::xml::End;

/// How many accounts are read: more than an export can have.
const ACCOUNTS: usize = 1_000_000;

/// The row of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AccountCount {
    pub(super) account: String,
    pub(super) messages: u64,
    /// Messages that could not be exported.
    pub(super) errors: u64,
    /// What is wrong with the account, if anything.
    pub(super) status: String,
}

/// The number of messages found differs from the number that Google counted.
///
/// ```
/// use mbox2eml_archive::vault::Miscount;
///
/// # let folder = tempfile::tempdir()?;
/// # let mail = folder.path();
/// use mbox2eml_archive::inputs::{Found, Inputs};
///
/// std::fs::write(mail.join("case-1.mbox"), "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\n")?;
/// std::fs::write(mail.join("case-results-count.csv"), "Account,Count\nann@example.org,3\n")?;
/// for found in Inputs::builder().find(&[mail]) {
///     if let Found::Export(export) = found {
///         let miscounts: Vec<Miscount> = export.miscounts(|_mailbox| Some(1));
///         assert_eq!((miscounts[0].counted, miscounts[0].found), (3, 1));
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Miscount {
    /// The file that says so.
    pub file: Origin,
    /// The account; none if the mailboxes are not named by their accounts, for all of them together.
    pub account: Option<String>,
    /// How many messages Google counted.
    pub counted: u64,
    /// How many were found.
    pub found: u64,
}

/// Reads the accounts, and lists those without a number of messages. `Other` if the columns are not known.
pub(super) fn read(input: impl BufRead, accounts: &mut Vec<AccountCount>, uncounted: &mut Listing) -> End {
    let mut add = |account: Option<Result<AccountCount, String>>| match account {
        Some(Ok(account)) => accounts.push(account),
        Some(Err(account)) => uncounted.add(&account),
        None => {}
    };
    let mut table = Table::new(input);
    let first = match table.row() {
        Ok(Some(row)) => row.iter().map(name).collect::<Vec<_>>(),
        Ok(None) => return End::Whole,
        Err(end) => return end,
    };
    let Some(columns) = Columns::of(&first) else { return End::Other };
    if columns.is_headless {
        add(columns.read(|at| first.get(at).cloned()));
    }
    for _ in 0..ACCOUNTS {
        match table.row() {
            Ok(Some(row)) => {
                let cell = |at: usize| row.get(at).map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
                add(columns.read(cell));
            }
            Ok(None) => break,
            Err(end) => return end,
        }
    }
    End::Whole
}

/// Where the columns are.
struct Columns {
    account: usize,
    messages: usize,
    errors: Option<usize>,
    status: Option<usize>,
    /// Whether the first row names no columns.
    is_headless: bool,
}

impl Columns {
    /// By their names; without a row of names, an address and a number.
    fn of(first: &[String]) -> Option<Self> {
        let column = |names: &[&str]| first.iter().position(|name| names.iter().any(|n| n.eq_ignore_ascii_case(name)));
        let account = column(&["Account", "Email", "Account Email", "User"]);
        let messages = column(&["SuccessCount", "Count", "Message Count", "Messages", "Results", "Results Count"]);
        if let (Some(account), Some(messages)) = (account, messages) {
            let (errors, status) = (column(&["MessageErrorCount"]), column(&["AccountStatus"]));
            return Some(Self { account, messages, errors, status, is_headless: false });
        }
        let is_headless = matches!(first, [account, number] if account.contains('@') && number.parse::<u64>().is_ok());
        is_headless.then_some(Self { account: 0, messages: 1, errors: None, status: None, is_headless })
    }

    /// The row of an account, or the account if it has no number of messages; the sum of all accounts is none.
    fn read(&self, cell: impl Fn(usize) -> Option<String>) -> Option<Result<AccountCount, String>> {
        let account = cell(self.account).filter(|account| account.contains('@'))?;
        let Some(messages) = cell(self.messages).and_then(|messages| messages.parse().ok()) else {
            return Some(Err(account));
        };
        let errors = self.errors.and_then(&cell).and_then(|errors| errors.parse().ok()).unwrap_or(0);
        let status = self.status.and_then(&cell).filter(|status| !status.eq_ignore_ascii_case("Success"));
        Some(Ok(AccountCount { account, messages, errors, status: status.unwrap_or_default() }))
    }
}

/// Which accounts have another number of messages than was counted, by the mailboxes found and how many each has.
pub(super) fn miscounts(accounts: &[AccountCount], mailboxes: &[(String, u64)], file: &Origin) -> Vec<Miscount> {
    let mut found = vec![0; accounts.len()];
    for (mailbox, messages) in mailboxes {
        let mailbox = mailbox.to_lowercase();
        let owners = accounts.iter().enumerate().filter(|(_, of)| mailbox.contains(&of.account.to_lowercase()));
        let owner = owners.max_by_key(|(_, of)| of.account.len()).map(|(at, _)| at);
        match owner.or((accounts.len() == 1).then_some(0)).and_then(|at| found.get_mut(at)) {
            Some(sum) => *sum += messages,
            None => return of_all(accounts, mailboxes, file),
        }
    }
    let counted = accounts.iter().zip(found).filter(|(of, found)| of.messages != *found);
    counted
        .map(|(of, found)| Miscount {
            file: file.clone(),
            account: Some(of.account.clone()),
            counted: of.messages,
            found,
        })
        .collect()
}

/// The same for all accounts together, where nothing says whose mailbox one is.
fn of_all(accounts: &[AccountCount], mailboxes: &[(String, u64)], file: &Origin) -> Vec<Miscount> {
    let counted = accounts.iter().fold(0_u64, |sum, of| sum.saturating_add(of.messages));
    let found = mailboxes.iter().map(|(_, messages)| messages).sum();
    let is_wrong = !accounts.is_empty() && counted != found;
    is_wrong.then_some(Miscount { file: file.clone(), account: None, counted, found }).into_iter().collect()
}
