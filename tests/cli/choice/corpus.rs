//! Filters over real mail, compared with Python's `email` module on an unfiltered run. The corpus is not part of
//! the repository.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::totals::{check_sums, messages, number, to_u64};
use crate::common::{Ran, Scratch, clean};
use crate::program::is_installed;
use crate::support::corpus::folder;

/// What Python knows of one EML.
struct Eml(Value);

impl Eml {
    fn path(&self) -> String {
        self.0["path"].as_str().unwrap().to_owned()
    }

    fn size(&self) -> u64 {
        number(&self.0["size"])
    }

    /// Received from the first of these seconds on and before the other. Only the name says whether there is a date.
    fn is_between(&self, from: i64, to: i64) -> bool {
        let is_dated = self.path().rsplit('/').next().unwrap().contains('_');
        is_dated && (from..to).contains(&self.0["time"].as_i64().unwrap())
    }

    /// Whether one of these fields contains a text, which is in lower case.
    fn says(&self, fields: &[&str], text: &str) -> bool {
        let values = fields.iter().flat_map(|field| self.0[*field].as_array().unwrap());
        values.map(|value| value.as_str().unwrap().to_lowercase()).any(|value| value.contains(text))
    }
}

fn reckoned(scratch: &Scratch, folder: &str) -> Option<Vec<Eml>> {
    if !is_installed("python3", "--version") {
        return None;
    }
    let mut python = clean(Command::new("python3"), &scratch.path("."));
    let ran = Ran::of(python.args(["-c", include_str!("reckon.py"), folder])).ends(0);
    Some(ran.stdout.lines().map(|line| Eml(serde_json::from_str(line).unwrap())).collect())
}

type Asked = (&'static [&'static str], fn(&Eml) -> bool);

const PEOPLE: &[&str] = &["To", "Cc", "Bcc"];

const ASKED: [Asked; 10] = [
    // 2002-09-01 and 2003-01-01
    (&["--since", "2002-09"], |it| it.is_between(1_030_838_400, i64::MAX)),
    (&["--until", "2002"], |it| it.is_between(i64::MIN, 1_041_379_200)),
    (&["--since", "2002-09-01T00:00:00Z", "--until", "2002-12-31"], |it| it.is_between(1_030_838_400, 1_041_379_200)),
    (&["--from", "A"], |it| it.says(&["From"], "a")),
    (&["--from", "@YAHOO.com"], |it| it.says(&["From"], "@yahoo.com")),
    (&["--to", "example"], |it| it.says(PEOPLE, "example")),
    (&["--subject", "re:"], |it| it.says(&["Subject"], "re:")),
    (&["--subject", "é"], |it| it.says(&["Subject"], "é")),
    (&["--min-size", "2KiB", "--max-size", "3000"], |it| (2048..=3000).contains(&it.size())),
    (&["--from", "com", "--subject", "SA", "--min-size", "1500", "--since", "2001"], |it| {
        it.says(&["From"], "com")
            && it.says(&["Subject"], "sa")
            && it.size() >= 1500
            && it.is_between(978_307_200, i64::MAX)
    }),
];

#[test]
fn of_real_mail_those_asked_for_are_taken() {
    let Some(corpus) = folder() else { return };
    let corpus = corpus.to_str().unwrap();
    let scratch = Scratch::new();
    // Some files of the corpus are called `.mbox` but are not mailboxes, which is reported.
    let run = |options: &[&str], out: &str| {
        let ran = scratch.run(options.iter().chain(&["-q", "--json", "--name", "{index}_{date}", corpus, out])).ends(1);
        let texts = [": not an mbox: ", ": a piece of a split mailbox"];
        let is_known = |line: &str| line.starts_with("  ") || texts.iter().any(|text| line.contains(text));
        assert!(ran.stderr.lines().all(is_known), "{ran:#?}");
        ran.json()
    };
    let all = run(&[], "all");
    let Some(emls) = reckoned(&scratch, "all") else { return };
    assert_eq!(to_u64(emls.len()), messages(&all)[1]);
    assert!(emls.len() > 1400, "{}", emls.len());
    let unfiltered = scratch.tree("all");
    let deleted = messages(&all)[4];
    for (number, (options, wants)) in ASKED.into_iter().enumerate() {
        let out = format!("out {number}");
        let json = run(options, &out);
        check_sums(&json);
        let written = scratch.tree(&out);
        let expected: BTreeSet<String> = emls.iter().filter(|eml| wants(eml)).map(Eml::path).collect();
        let taken: BTreeSet<String> = written.keys().cloned().collect();
        let (missing, surplus) = (expected.difference(&taken), taken.difference(&expected));
        let (missing, surplus) = (missing.collect::<Vec<_>>(), surplus.collect::<Vec<_>>());
        assert!(missing.is_empty() && surplus.is_empty(), "{options:?}: missing {missing:?}, surplus {surplus:?}");
        assert!(!taken.is_empty(), "{options:?}");
        assert!(written.iter().all(|(name, bytes)| unfiltered[name] == *bytes), "{options:?}");
        let [found, ..] = messages(&all);
        let left = to_u64(emls.len() - taken.len()) + deleted;
        assert_eq!(messages(&json), [found, to_u64(taken.len()), 0, 0, left, messages(&all)[5]], "{options:?}");
    }
}
