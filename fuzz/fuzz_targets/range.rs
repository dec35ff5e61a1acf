//! Every message of a mailbox, read as a range of its own, is the one of the whole; and any text is a checkpoint or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mbox2eml::range::{Checkpoint, MessageRange};
use mbox2eml::{Mbox, Message};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(checkpoint) = text.parse::<Checkpoint>()
    {
        assert_eq!(checkpoint.to_string(), text);
    }
    let mbox = || Mbox::from_bytes(bytes.to_vec());
    let Ok(ranges) = mbox().plan(1).collect::<Result<Vec<_>, _>>() else { return };
    let read = |mbox: Mbox<_>| {
        let parts = |message: Message| (message.index(), message.span(), message.eml().to_bytes().into_owned());
        mbox.messages().map(move |message| parts(message.expect("it was planned"))).collect::<Vec<_>>()
    };
    let again = |checkpoint: &Checkpoint| checkpoint.to_string().parse().expect("it was written");
    let range = |range: &MessageRange| MessageRange::new(again(range.start()), again(range.end())).expect("it is one");
    let parts: Vec<_> = ranges.iter().flat_map(|part| read(mbox().in_range(range(part)))).collect();
    assert_eq!(parts, read(mbox()));
});
