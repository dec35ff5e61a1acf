//! The records of a new export, `…-metadata.csv`, and other tables.

use std::io::BufRead;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::bounded::Bounded;
use super::record::RecordText;
use super::xml::End;

/// The columns that Google documents for the messages of Gmail.
const DOCUMENTED: [&str; 11] = [
    "Rfc822MessageId",
    "GmailMessageId",
    "Account",
    "From",
    "To",
    "CC",
    "BCC",
    "Subject",
    "Labels",
    "DateSent",
    "DateReceived",
];

/// How many columns a row may have: each takes memory, and the longest row has room for millions.
const COLUMNS: usize = 1000;

/// What is unusual about the columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) missing: Vec<String>,
    pub(super) unknown: Vec<String>,
}

/// Reads a table of records, and passes each to `take` until that returns false.
pub(super) fn read_records(
    input: impl BufRead,
    columns: &mut Columns,
    mut take: impl FnMut(&RecordText) -> bool,
) -> End {
    let mut table = Table::new(input);
    let names = match table.row() {
        Ok(Some(row)) => row.iter().map(name).collect::<Vec<_>>(),
        Ok(None) => return End::Damaged { byte: 0, why: "it is empty".to_owned() },
        Err(end) => return end,
    };
    let is = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let column = |wanted: &str| names.iter().position(|name| is(name, wanted));
    let (by_message_id, by_id) = (column("Rfc822MessageId"), column("GmailMessageId"));
    if by_message_id.or(by_id).is_none() {
        let is_known = |name: &String| DOCUMENTED.iter().any(|known| is(known, name));
        return match names.iter().any(is_known) {
            true => {
                let why = "it has no column Rfc822MessageId or GmailMessageId, so nothing says whose records these are";
                End::Damaged { byte: 0, why: why.to_owned() }
            }
            false => End::Other,
        };
    }
    columns.missing =
        DOCUMENTED.iter().filter(|known| column(known).is_none()).map(|known| (*known).to_owned()).collect();
    let is_unknown = |name: &&String| !DOCUMENTED.iter().any(|known| is(known, name));
    columns.unknown = names.iter().filter(is_unknown).cloned().collect();
    let (account, labels, received) = (column("Account"), column("Labels"), column("DateReceived"));
    loop {
        let row = match table.row() {
            Ok(Some(row)) => row,
            Ok(None) => return End::Whole,
            Err(end) => return end,
        };
        let mut is_damaged = false;
        let mut cell = |at: Option<usize>| {
            let bytes = at.and_then(|at| row.get(at)).unwrap_or_default();
            let text = std::str::from_utf8(bytes).ok();
            is_damaged |= text.is_none();
            text.unwrap_or_default().to_owned()
        };
        let record = RecordText {
            id: cell(by_id),
            message_id: cell(by_message_id),
            account: cell(account),
            labels: cell(labels),
            received: cell(received),
            ..RecordText::default()
        };
        // A row that is cut short has no values for the last columns.
        let is_damaged = is_damaged || row.len() != names.len();
        if !take(&RecordText { is_damaged, ..record }) {
            return End::Whole;
        }
    }
}

/// The name of a column, without a byte order mark.
pub(super) fn name(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim_start_matches('\u{feff}').trim().to_owned()
}

/// The rows of a table.
pub(super) struct Table<R> {
    reader: Reader<Bounded<R>>,
    row: ByteRecord,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(input: R) -> Self {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Bounded::new(input));
        Self { reader, row: ByteRecord::new() }
    }

    /// The next row; none at the end.
    pub(super) fn row(&mut self) -> Result<Option<&ByteRecord>, End> {
        self.reader.get_mut().next_item();
        let byte = self.reader.position().byte();
        match self.reader.read_byte_record(&mut self.row) {
            Ok(true) if self.row.len() > COLUMNS => {
                Err(End::Damaged { byte, why: format!("a row has more than {COLUMNS} columns") })
            }
            Ok(true) => Ok(Some(&self.row)),
            Ok(false) => Ok(None),
            Err(error) => Err(End::Damaged { byte, why: error.to_string() }),
        }
    }
}
