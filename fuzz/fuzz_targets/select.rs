//! Any date, pattern and label is read without a panic, and the key of a message does not depend on the line ends that
//! are written.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use mbox2eml::message::{HeaderReader, LabelName};
use mbox2eml::name::{Charset, LabelPriority, Layout, Namer, Place, Template};
use mbox2eml::select::{Dedup, Filter, Pattern, Period};
use mbox2eml::transform::{Eml, Eol, Quoting};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (asked, _) = text.split_once('\n').unwrap_or((&text, ""));
    if let Ok(period) = asked.parse::<Period>() {
        assert!(period.start() < period.end());
    }
    let pattern = Pattern::new(asked);
    assert!(pattern.is_in(asked));
    LabelName::new(asked).matches(asked);

    let message = common::message(data);
    let filter = Filter::default().to(pattern.clone()).subject(pattern).not_labels([LabelName::new(asked)]);
    let fields: Vec<_> = filter.fields().chain(Dedup::Id.fields().iter().copied()).collect();
    let headers = HeaderReader::new(&fields).read(&message);
    filter.wants(&headers, || 0);

    let namer = Namer::new(Template::default(), Charset::Ascii)
        .layout(Layout::Label)
        .label_priority(LabelPriority::new([asked]));
    assert!(namer.name(&Place::root("in"), 1, &headers).as_str().len() <= 240);

    let key = |eol| {
        let eml = Eml::new(message.bytes, Quoting::Mboxrd, eol);
        [Dedup::Id, Dedup::Content].map(|dedup| dedup.key(&headers, &eml))
    };
    assert_eq!(key(Eol::Crlf), key(Eol::Lf));
});
