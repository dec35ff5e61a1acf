//! Another program reads the manifest, the mailbox and the files, and reckons every cell by itself.

use std::fs;
use std::path::PathBuf;

use crate::archives::oracles::{output, runs};
use crate::common::{Scratch, testdata};
use crate::support::corpus::folder;

/// Python's csv, email and hashlib. What it prints is what it finds wrong.
const SCRIPT: &str = r#"
import csv, datetime, email, email.header, email.policy, hashlib, json, os, re, sys
sys.stdout.reconfigure(encoding='utf-8')
csv.field_size_limit(1 << 30)
mbox, manifest, lines, out = sys.argv[1:]
raw = open(mbox, 'rb').read()
rows = list(csv.DictReader(open(manifest, newline='', encoding='utf-8'), strict=True))
others = [json.loads(line) for line in open(lines, encoding='utf-8')]
def joined(column, cell):
    if column == 'labels':
        return ','.join('"' + label.replace('"', '""') + '"' if re.search('[,"]', label) else label for label in cell)
    return {'path': '|', 'warnings': '; '}[column].join(cell)
def wrong(row, column, expected):
    print(row['index'], column, ascii(row[column]), 'instead of', ascii(expected))
def bare(cell):
    return cell[1:] if re.match(r"'+[=+\-@\t\r]", cell) else cell
def same(row, column, expected):
    squeeze = lambda text: ' '.join(text.split())
    if squeeze(bare(row[column])) != squeeze(str(expected)):
        wrong(row, column, expected)
def decoded(fields):
    def one(value):
        value = re.sub(r'\r?\n(?=[ \t])', '', value)
        return str(email.header.make_header(email.header.decode_header(value)))
    return [one(value) for value in fields]
at = raw.index(b'From ')
seen = set()
for number, (row, other) in enumerate(zip(rows, others, strict=True), 1):
    for column, cell in row.items():
        twin = joined(column, other[column]) if isinstance(other[column], list) else other[column]
        if bare(cell) != ('' if twin is None else str(twin)) and column not in ('status', 'path'):
            wrong(row, column, twin)
    same(row, 'index', number)
    same(row, 'offset', at)
    piece = raw[at:at + int(row['length'])]
    at += int(row['length'])
    if not piece.startswith(b'From '):
        wrong(row, 'offset', piece[:20])
    line, _, rest = piece.partition(b'\n')
    same(row, 'from_line', line.decode('utf-8', 'replace').rstrip('\r'))
    if row['status'] not in ('written', 'already_there'):
        continue
    path = os.path.join(out, bare(row['path']))
    seen.add(os.path.relpath(path, out))
    eml = open(path, 'rb').read()
    same(row, 'eml_size', len(eml))
    same(row, 'sha256', hashlib.sha256(eml).hexdigest())
    if row['received']:
        moment = datetime.datetime.fromisoformat(row['received'].replace('Z', '+00:00')).timestamp()
        if moment != os.stat(path).st_mtime:
            wrong(row, 'received', os.stat(path).st_mtime)
    message = email.message_from_bytes(eml, policy=email.policy.compat32)
    fields = lambda name: [value if isinstance(value, str) else str(value) for value in message.get_all(name, [])]
    if any('\ufffd' in value for name in ('from', 'to', 'cc', 'subject') for value in decoded(fields(name))):
        continue
    gmail = re.match(rb'From (\d+)@xxx ', line)
    if gmail:
        same(row, 'gmail_id', gmail[1].decode())
        same(row, 'received_source', 'gmail-id')
        seconds = (int(gmail[1]) >> 20) // 1000
        same(row, 'received', datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'))
        same(row, 'gmail_thread', fields('x-gm-thrid')[0])
        text = decoded(fields('x-gmail-labels'))[0].replace("\\'", "'")
        labels = [label.strip() for label in next(csv.reader([text], skipinitialspace=True))]
        expected_labels = next(csv.reader([bare(row['labels'])]))
        # Google puts some quotes where no label needs them.
        plain = lambda labels: sorted({label.replace('"', '') for label in labels})
        if plain(labels) != plain(expected_labels):
            wrong(row, 'labels', labels)
    same(row, 'date', (fields('date') or [''])[0])
    same(row, 'subject', (decoded(fields('subject')) or [''])[0])
    same(row, 'message_id', (fields('message-id') or [''])[0].strip().strip('<>'))
    for column in ('from', 'to', 'cc'):
        same(row, column, ', '.join(decoded(fields(column))))
if at != len(raw):
    print('the rows end at', at, 'of', len(raw))
there = {os.path.relpath(os.path.join(folder, name), out) for folder, _, names in os.walk(out) for name in names}
if seen != there:
    print('files and rows differ:', seen ^ there)
print(len(rows), 'rows')
"#;

fn mailboxes() -> Vec<PathBuf> {
    let mut mailboxes: Vec<PathBuf> = [
        "takeout/takeout.mbox",
        "takeout/lf.mbox",
        "vault/export.mbox",
        "mboxo/reply.mbox",
        "pipermail/2007-April.mbox",
    ]
    .iter()
    .map(|name| testdata().join(name))
    .collect();
    if let Some(folder) = folder() {
        mailboxes.push(folder.join("split/gyb-takeout-A-first12.mbox"));
    }
    mailboxes
}

#[test]
fn python_reckons_every_column_the_same() {
    if !runs("python3") {
        return;
    }
    for mailbox in mailboxes() {
        let bytes = fs::read(&mailbox).unwrap();
        let scratch = Scratch::with_mailbox(&bytes);
        scratch.run(["in.mbox", "out", "--manifest", "m.csv"]).ends(0);
        scratch.run(["in.mbox", "out", "--manifest", "m.jsonl"]).ends(0);
        let paths = ["in.mbox", "m.csv", "m.jsonl", "out"].map(|name| scratch.path(name));
        let ran = output(&scratch, "python3", &["-c", SCRIPT], &paths);
        assert_eq!(ran.stdout.lines().count(), 1, "{}: {}", mailbox.display(), ran.stdout);
        assert!(ran.stdout.ends_with(" rows\n") && ran.stdout != "0 rows\n", "{}", ran.stdout);
    }
}
