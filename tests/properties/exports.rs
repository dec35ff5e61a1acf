//! By label, the mailboxes of a Google export share one tree, whatever the threads and windows.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use mbox2eml::name::{Layout, MailboxPath, Namer, Place, Places};
use mbox2eml::select::{Dedup, Sample};
use mbox2eml::source::Stream;
use mbox2eml::{Converter, Mailbox};
use proptest::prelude::*;

use super::cases;
use super::run::{Kept, Memory, check_sums};

type Person = (&'static str, [(&'static str, &'static str); 4], &'static str);

/// The people whose exports are converted, with the values of `X-Gmail-Labels` in their languages, the folder that each
/// makes, and their archive folder.
const PEOPLE: [Person; 2] = [
    (
        "ann",
        [("Inbox,Opened", "Inbox"), ("Work/2024,Unread", "Work/2024"), ("", "Archive"), ("Opened", "Archive")],
        "Archive",
    ),
    (
        "bob",
        [
            ("=?UTF-8?Q?Posteingang,Ge=C3=B6ffnet?=", "Posteingang"),
            ("Arbeit,Ungelesen", "Arbeit"),
            ("", ""),
            ("=?UTF-8?Q?Ge=C3=B6ffnet?=", "Archiv"),
        ],
        "Archiv",
    ),
];

/// A mailbox of one of the people: the ids of its messages.
type Ids = (usize, Vec<u64>);

/// The text of the message with this id.
fn message(person: usize, id: u64) -> String {
    let (name, labels, _) = PEOPLE[person];
    let (labels, _) = labels[usize::try_from(id % 4).unwrap()];
    let body = "line\n".repeat(usize::try_from(id % 7).unwrap());
    format!(
        "From {}@xxx Mon Apr 01 12:00:00 +0000 2024\nX-Gmail-Labels: {labels}\nSubject: {name} {id}\n\n{body}\n",
        (1_711_972_800_000_u64 << 20) + id,
    )
}

fn place_of(mailboxes: &[Ids]) -> Vec<Place> {
    let input = MailboxPath::of_inputs(&[Some(PathBuf::from("/users"))]).remove(0);
    let path =
        |(number, (person, _)): (usize, &Ids)| input.join(format!("{}/Takeout/Mail/{number}.mbox", PEOPLE[*person].0));
    let paths: Vec<MailboxPath> = mailboxes.iter().enumerate().map(path).collect();
    let mut places = Places::new(&Namer::default(), &paths, &[]);
    paths.iter().map(|path| places.place(path)).collect()
}

fn convert(mailboxes: &[Ids], chunk: usize, threads: usize, dedup: Option<Dedup>, sample: Sample) -> Vec<Kept> {
    let texts: Vec<String> =
        mailboxes.iter().map(|(person, ids)| ids.iter().map(|id| message(*person, *id)).collect()).collect();
    let namer = Namer::new("{index}".parse().unwrap(), Default::default()).layout(Layout::Label);
    let builder = Converter::builder().names(namer).sample(sample).threads(NonZeroUsize::new(threads).unwrap());
    let converter = dedup.into_iter().fold(builder, mbox2eml::ConverterBuilder::dedup).build();
    let opened = texts.iter().zip(place_of(mailboxes)).map(|(text, folder)| {
        let source = Stream::new("memory", text.as_bytes()).sized(u64::try_from(text.len()).unwrap()).chunk(chunk);
        Ok(Mailbox::new(source).in_folder(folder))
    });
    let done = converter.convert_all(opened, Memory::default(), &());
    check_sums(&done);
    done.receipt
}

/// The names that messages are to have, in their order.
fn expected(mailboxes: &[Ids], dedup: Option<Dedup>, limit: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    let (mut before, mut taken, mut knows_language) = ([0; 2], [0; 2], [false; 2]);
    for (person, ids) in mailboxes {
        for id in ids {
            let (name, labels, archive) = PEOPLE[*person];
            let (labels, folder) = labels[usize::try_from(id % 4).unwrap()];
            before[*person] += 1;
            knows_language[*person] |= !labels.is_empty();
            let is_new = seen.insert((*person, *id)) || dedup == Some(Dedup::Off);
            if is_new && taken[*person] < limit {
                taken[*person] += 1;
                let folder = match (folder, knows_language[*person]) {
                    ("", true) => archive,
                    ("", false) => "Archive",
                    (folder, _) => folder,
                };
                names.push(format!("{name}/{folder}/{:06}.eml", before[*person]));
            }
        }
    }
    names
}

fn mailboxes() -> impl Strategy<Value = Vec<Ids>> {
    prop::collection::vec((0..2_usize, prop::collection::vec(0..20_u64, 1..12)), 1..6)
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn an_export_is_one_tree(mailboxes in mailboxes(), chunk in 1..600_usize, all: bool) {
        let dedup = all.then_some(Dedup::Off);
        let names = expected(&mailboxes, dedup, usize::MAX);
        let first = convert(&mailboxes, 1 << 20, 1, dedup, Sample::All);
        prop_assert_eq!(first.iter().map(|kept| kept.name.to_string()).collect::<Vec<_>>(), names);
        for threads in [1, 4] {
            prop_assert_eq!(&convert(&mailboxes, chunk, threads, dedup, Sample::All), &first);
        }
    }

    #[test]
    fn a_limit_is_for_all_mailboxes_of_an_export(mailboxes in mailboxes(), chunk in 1..600_usize, limit in 0..15_u64) {
        let names = expected(&mailboxes, None, usize::try_from(limit).unwrap());
        for threads in [1, 4] {
            let kept = convert(&mailboxes, chunk, threads, None, Sample::First(limit));
            prop_assert_eq!(kept.iter().map(|kept| kept.name.to_string()).collect::<Vec<_>>(), names.clone());
        }
    }

    #[test]
    fn a_sample_does_not_depend_on_threads(mailboxes in mailboxes(), chunk in 1..600_usize, number in 0..9_u64) {
        let first = convert(&mailboxes, 1 << 20, 1, None, Sample::Evenly(number));
        prop_assert_eq!(&convert(&mailboxes, chunk, 4, None, Sample::Evenly(number)), &first);
    }
}
