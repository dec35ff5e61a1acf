//! Any label makes a Maildir++ folder that servers decode to what is shown, and no two labels share one.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use mbox2eml::internals::{decode_modified_utf7, maildir_folder};
use mbox2eml::message::{Headers, LabelMap};
use mbox2eml::name::{LabelPriority, Layout, Namer, Place};

fuzz_target!(|data: &[u8]| {
    let (one, other) = common::first_line(data);
    let map = LabelMap::default().special_use();
    let namer = Namer::default().layout(Layout::Label).label_priority(LabelPriority::default().label_map(map));
    let path = |label: &[u8]| {
        let mut headers = Headers::default();
        headers.labels = vec![String::from_utf8_lossy(label).into_owned()];
        namer.name(&Place::root("in"), 1, &headers).folder().to_owned()
    };
    let paths = [path(one), path(other)];
    let [one, other] = paths.each_ref().map(|path| maildir_folder(path));
    for folder in [&one, &other] {
        let name = &folder.name;
        assert!(name.len() <= 255 && name.is_ascii() && !name.contains(['/', '\0']), "{name}");
        let decoded = decode_modified_utf7(name.trim_start_matches('.')).replace('.', "/");
        assert!(name.is_empty() || name.starts_with('.') && decoded == folder.shown, "{name} {}", folder.shown);
    }
    // A mark is so short that a fuzzer can find collisions, and labels of one meaning share a folder.
    let is_plain = |path: &String| path.contains('/') && !path.contains('~');
    if paths.iter().all(is_plain) && !one.is_cut && paths[0].to_lowercase() != paths[1].to_lowercase() {
        assert_ne!(one.name, other.name);
    }
});
