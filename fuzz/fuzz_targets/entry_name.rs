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
        let first = name(42);
        assert!(first.alternative(999).as_str().encode_utf16().count() <= 180, "{first}");
        assert!(first.components().all(is_portable), "{first}");
        assert!(first.file_name().ends_with(".eml") && !first.as_str().contains('~'), "{first}");
        assert!(charset == Charset::Unicode || first.as_str().is_ascii(), "{first}");
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
