//! Real messages: files of the corpus without a mailbox around them.

use std::fs;

use crate::corpus;

/// The messages of the SpamAssassin corpus, by their index, and every `.eml` file; none without the corpus.
pub(crate) fn real() -> Vec<Vec<u8>> {
    let Some(folder) = corpus::folder() else { return Vec::new() };
    let mut messages = Vec::new();
    for name in ["hard-ham-1", "spam-1"] {
        let path = folder.join(format!("large/spamassassin/{name}.mbox"));
        let mailbox = fs::read(&path).unwrap();
        let index = fs::read_to_string(format!("{}.index.tsv", path.display())).unwrap();
        for row in index.lines().filter(|row| !row.starts_with('#')) {
            let [start, length] = [2, 3].map(|column| row.split('\t').nth(column).unwrap().parse::<usize>().unwrap());
            messages.push(mailbox[start..start + length].to_vec());
        }
    }
    corpus::for_each_file(&folder, &mut |path, bytes| {
        if path.extension().is_some_and(|extension| extension == "eml") && !bytes.starts_with(b"From ") {
            messages.push(bytes.to_vec());
        }
    });
    assert!(messages.len() > 900, "{} messages", messages.len());
    messages
}
