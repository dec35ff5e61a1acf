//! Any template, filled from any message, gives a portable and unique path for each message.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use mbox2eml::message::{Field, HeaderReader};
use mbox2eml::name::{Charset, Namer, Place, Template};

fuzz_target!(|data: &[u8]| {
    let (template, message) = common::first_line(data);
    let template = String::from_utf8_lossy(template);
    let Ok(template) = template.trim_end_matches('\n').parse::<Template>() else { return };
    let message = common::message(message);
    let fields = [Field::Subject, Field::From, Field::To, Field::MessageId, Field::Labels];
    let headers = HeaderReader::new(&fields).read(&message);
    let mailbox = String::from_utf8_lossy(message.body());
    for charset in [Charset::Unicode, Charset::Ascii] {
        let namer = Namer::new(template.clone(), charset);
        let name = |index| namer.name(&Place::root(&*mailbox), index, &headers);
        for name in namer.names(&Place::root(&*mailbox), 42, &headers) {
            assert!(name.alternative(999).as_str().encode_utf16().count() <= 180, "{name}");
            assert!(name.components().all(is_portable), "{name}");
            assert!(name.file_name().ends_with(".eml") && !name.as_str().contains('~'), "{name}");
            assert!(charset == Charset::Unicode || name.as_str().is_ascii(), "{name}");
        }
        assert_ne!(name(1).as_str().to_lowercase(), name(2).as_str().to_lowercase());
        assert_ne!(name(1).as_str().to_lowercase(), name(11).as_str().to_lowercase());
    }
});

fn is_portable(component: &str) -> bool {
    !component.is_empty()
        && component.len() <= 100
        && !component.starts_with(['.', ' ', '-'])
        && !component.ends_with(['.', ' '])
        && !component.contains(['<', '>', ':', '"', '\\', '|', '?', '*'])
        && !component.contains(char::is_control)
}
