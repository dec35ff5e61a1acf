//! How many messages each account has: `…-results-count.csv`, and `…-result-counts.csv` of new exports.

use std::collections::{BTreeSet, HashMap};
use std::io::BufRead;

use mbox2eml::source::Origin;

use super::listing::Listing;
use super::table::{Table, name};
use super::xml::End;

/// How many accounts are read: more than an export can have.
const ACCOUNTS: usize = 1_000_000;

/// The longest name of an account or its status; addresses have 254 characters at most.
const LONGEST: usize = 1 << 10;

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

impl AccountCount {
    fn is_short(&self) -> bool {
        self.account.len() <= LONGEST && self.status.len() <= LONGEST
    }
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
        Some(Ok(account)) if accounts.len() < ACCOUNTS && account.is_short() => accounts.push(account),
        Some(Ok(AccountCount { account, .. })) => uncounted.add(&account),
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
    loop {
        match table.row() {
            Ok(Some(row)) => {
                let cell = |at: usize| row.get(at).map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
                add(columns.read(cell));
            }
            Ok(None) => return End::Whole,
            Err(end) => return end,
        }
    }
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

    /// The row of an account, or the account if it has no number of messages. The row with the sum of all accounts is skipped.
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

/// Which accounts have another number of messages than was counted, by the mailboxes found and how many each has. Of an
/// account that is counted twice, as in a second copy of the file, the first number counts.
pub(super) fn miscounts(accounts: &[AccountCount], mailboxes: &[(String, u64)], file: &Origin) -> Vec<Miscount> {
    let owners = Owners::of(accounts);
    let mut found = vec![0_u64; accounts.len()];
    for (mailbox, messages) in mailboxes {
        match owners.owner(mailbox).and_then(|at| found.get_mut(at)) {
            Some(sum) => *sum = sum.saturating_add(*messages),
            None => return of_all(&owners, accounts, mailboxes, file),
        }
    }
    let counted = owners.in_order().filter_map(|at| Some((accounts.get(at)?, *found.get(at)?)));
    counted
        .filter(|(of, found)| of.messages != *found)
        .map(|(of, found)| Miscount {
            file: file.clone(),
            account: Some(of.account.clone()),
            counted: of.messages,
            found,
        })
        .collect()
}

/// The same for all accounts together, where nothing says whose mailbox one is.
fn of_all(owners: &Owners, accounts: &[AccountCount], mailboxes: &[(String, u64)], file: &Origin) -> Vec<Miscount> {
    let counted = owners.in_order().filter_map(|at| accounts.get(at));
    let counted = counted.fold(0_u64, |sum, of| sum.saturating_add(of.messages));
    let found = mailboxes.iter().fold(0_u64, |sum, (_, messages)| sum.saturating_add(*messages));
    let is_wrong = !accounts.is_empty() && counted != found;
    is_wrong.then_some(Miscount { file: file.clone(), account: None, counted, found }).into_iter().collect()
}

/// Whose mailbox one is, by its name. There may be thousands of each, so no account is looked for in every name.
struct Owners {
    /// Where each account is in the list, by its name in lower case.
    accounts: HashMap<String, usize>,
    /// How many bytes the names have before their first `@`, and from there on.
    lengths: BTreeSet<(usize, usize)>,
}

impl Owners {
    fn of(accounts: &[AccountCount]) -> Self {
        let mut owners = Self { accounts: HashMap::new(), lengths: BTreeSet::new() };
        for (at, AccountCount { account, .. }) in accounts.iter().enumerate() {
            let account = account.to_lowercase();
            let before = account.find('@').unwrap_or(account.len());
            owners.lengths.insert((before, account.len() - before));
            owners.accounts.entry(account).or_insert(at);
        }
        owners
    }

    /// The account with the longest name that is in that of the mailbox; if there is one only, that one.
    fn owner(&self, mailbox: &str) -> Option<usize> {
        let mailbox = &*mailbox.to_lowercase();
        let places = mailbox.match_indices('@').map(|(at, _)| at);
        let names = places.flat_map(|at| {
            let name = move |(before, after): &(usize, usize)| mailbox.get(at.checked_sub(*before)?..at + after);
            self.lengths.iter().filter_map(name)
        });
        let known = names.filter_map(|name| Some((name.len(), *self.accounts.get(name)?)));
        let longest = known.max_by_key(|(length, _)| *length).map(|(_, at)| at);
        longest.or_else(|| self.accounts.values().copied().next().filter(|_| self.accounts.len() == 1))
    }

    /// Where the accounts are in the list.
    fn in_order(&self) -> impl Iterator<Item = usize> {
        self.accounts.values().copied().collect::<BTreeSet<_>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(account: &str, messages: u64) -> AccountCount {
        AccountCount { account: account.to_owned(), messages, errors: 0, status: String::new() }
    }

    fn found(accounts: &[AccountCount], mailboxes: &[(&str, u64)]) -> Vec<(Option<String>, u64, u64)> {
        let mailboxes: Vec<_> = mailboxes.iter().map(|(name, messages)| ((*name).to_owned(), *messages)).collect();
        let miscounts = miscounts(accounts, &mailboxes, &Origin::named("file"));
        miscounts.into_iter().map(|Miscount { account, counted, found, .. }| (account, counted, found)).collect()
    }

    #[test]
    fn mailboxes_are_counted_for_the_accounts_in_their_names() {
        let ann = "Ann@Example.org";
        let accounts = [account(ann, 3), account("ann@example.org.uk", 1), account("jo.ann@example.org", 2)];
        let whose = [("x/ann@example.org-1.mbox", 1), ("ANN@EXAMPLE.ORG.UK", 1), ("a@b/jo.ann@example.org@c", 2)];
        assert_eq!(found(&accounts, &whose), [(Some(ann.to_owned()), 3, 1)]);
        // Whose the last one is is not known, so only the sum can be wrong.
        assert_eq!(found(&accounts, &[whose[0], ("mail", 5)]), []);
        assert_eq!(found(&accounts, &[whose[0], ("mail", 6)]), [(None, 6, 7)]);
        assert_eq!(found(&accounts[..1], &[("mail", 5)]), [(Some(ann.to_owned()), 3, 5)]);
        assert_eq!(found(&[], &[("mail", 5)]), []);
        assert_eq!(found(&accounts[..1], &[("mail", u64::MAX), ("mail", 1)]), [(Some(ann.to_owned()), 3, u64::MAX)]);
    }

    #[test]
    fn a_second_copy_of_the_numbers_counts_once() {
        let accounts = [account("ann@example.org", 3), account("bob@example.org", 1)];
        let twice = [&accounts[..], &accounts].concat();
        assert_eq!(found(&twice, &[("ann@example.org", 3), ("bob@example.org", 1)]), []);
        assert_eq!(found(&twice, &[("ann@example.org", 3), ("mail", 1)]), []);
        assert_eq!(found(&twice[1..2], &[("mail", 1)]), []);
    }

    #[test]
    fn a_name_that_no_account_has_is_listed() {
        let (mut accounts, mut uncounted) = (Vec::new(), Listing::default());
        let text = format!("Account,Count\n{}@example.org,3\na@b,1\n", "a".repeat(LONGEST));
        assert_eq!(read(text.as_bytes(), &mut accounts, &mut uncounted), End::Whole);
        assert_eq!((accounts, uncounted.number), (vec![account("a@b", 1)], 1));
    }
}
