//! The From_ line and the header of one message, with LF.

use std::fmt::Write;

use jiff::{Timestamp, tz};

use super::pool::Pool;
use super::random::Random;

const PEOPLE: [&str; 6] = [
    "Ann Example <ann@example.org>",
    "bob@example.com",
    "\"Example, Carol\" <carol@mail.example.net>",
    "=?UTF-8?Q?J=C3=BCrgen_Beispiel?= <juergen@example.de>",
    "Example News <no-reply@news.example.com>",
    "=?UTF-8?B?5LiK5rW35pSv5bqX?= <shop@example.cn>",
];
const LABELS: [&str; 8] = [
    "Inbox,Important,Opened,Category Personal",
    "Inbox,Unread,Category Promotions",
    "Archived,Opened,Category Updates",
    "Archived,Important,Opened,Starred,Work/Projects",
    "Inbox,Opened,\"Travel, trains\"",
    "Spam,Category Personal,Unread",
    "=?UTF-8?Q?Posteingang,Wichtig,Ge=C3=B6ffnet,Kategorie:_=22Pers=C3=B6nlich=22?=",
    "Trash,Opened",
];
const SUBJECTS: [&str; 8] = [
    "Quarterly report",
    "Re: Quarterly report",
    "Minutes of the meeting on Monday",
    "Your order has been sent",
    "[list] Re: a question regarding the next version",
    "=?UTF-8?Q?Einladung_zur_Er=C3=B6ffnung?=",
    "=?UTF-8?B?44GK55+l44KJ44Gb?=",
    "A rather long subject about the delivery, the invoice, the account and what else there\n\
     \x20is to be said about them before the end of the week",
];

/// Facts about a message, from which its header is made.
pub(super) struct Envelope {
    /// Gmail's message id: `id >> 20` is `received` in milliseconds.
    id: u64,
    thread: u64,
    received: Timestamp,
    from: &'static str,
    /// A message sent by the owner of the mailbox, without the fields that a delivery adds.
    sent: bool,
}

impl Envelope {
    /// Draws a message received between 2010 and 2025. Half of them belong to `thread`, that of the previous message.
    pub(super) fn draw(random: &mut Random, thread: Option<u64>) -> Self {
        const START: u64 = 1_262_304_000_000;
        const SPAN: u64 = 16 * 365 * 86_400_000;
        let milliseconds = START + random.next() % SPAN;
        let id = (milliseconds << 20) | (random.next() & 0xF_FFFF);
        Self {
            id,
            thread: thread.filter(|_| random.one_in(2)).unwrap_or(id),
            received: i64::try_from(milliseconds)
                .ok()
                .and_then(|ms| Timestamp::from_millisecond(ms).ok())
                .unwrap_or_default(),
            from: random.pick(&PEOPLE),
            sent: random.one_in(6),
        }
    }

    pub(super) fn thread(&self) -> u64 {
        self.thread
    }

    /// Takeout's separator, including its two header fields.
    pub(super) fn takeout(&self, random: &mut Random) -> String {
        let received = self.received.strftime("%a %b %d %H:%M:%S +0000 %Y");
        let labels = if self.sent { "Sent" } else { random.pick(&LABELS) };
        format!("From {}@xxx {received}\nX-GM-THRID: {}\nX-Gmail-Labels: {labels}\n", self.id, self.thread)
    }

    /// A From_ line as delivery agents write it.
    pub(super) fn asctime(&self) -> String {
        format!("From {} {}\n", self.address(), self.received.strftime("%a %b %e %H:%M:%S %Y"))
    }

    fn address(&self) -> &'static str {
        let address = self.from.rsplit('<').next().unwrap_or(self.from);
        address.trim_end_matches('>')
    }

    /// The header, without the fields that describe the body.
    pub(super) fn headers(&self, random: &mut Random, pool: &Pool) -> String {
        let mut block = String::new();
        if !self.sent {
            self.delivery(&mut block, random, pool);
        }
        self.authors(&mut block, random, pool);
        block
    }

    fn authors(&self, block: &mut String, random: &mut Random, pool: &Pool) {
        let (from, to) = match self.sent {
            true => ("Mail Box <box@example.com>", self.from),
            false => (self.from, "Mail Box <box@example.com>"),
        };
        let date = self.received.strftime("%a, %d %b %Y %H:%M:%S +0000");
        let message_id = pool.token(random, 30);
        let subject = random.pick(&SUBJECTS);
        put(
            block,
            format_args!(
                "MIME-Version: 1.0\nDate: {date}\nMessage-ID: <{message_id}@mail.example.org>\n\
                 Subject: {subject}\nFrom: {from}\nTo: {to}\n"
            ),
        );
    }

    /// The fields that Gmail's servers add at the top.
    fn delivery(&self, block: &mut String, random: &mut Random, pool: &Pool) {
        let address = self.address();
        let domain = address.rsplit('@').next().unwrap_or(address);
        let seconds = self.received.as_second();
        let pacific = self.received.to_zoned(tz::offset(-7).to_time_zone());
        let date = pacific.strftime("%a, %d %b %Y %H:%M:%S %z (PDT)");
        let host = random.between(1, 255);
        let smtp_id = random.next() >> 16;
        let verdicts = format!(
            "       dkim=pass header.i=@{domain} header.s=s1 header.b={};\n       \
             spf=pass (google.com: domain of {address} designates 192.0.2.{host} as permitted \
             sender) smtp.mailfrom={address};\n       \
             dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from={domain}\n",
            pool.token(random, 8)
        );
        // A placeholder until the body exists.
        let body_hash = pool.token(random, 43);

        put(
            block,
            format_args!(
                "Delivered-To: box@example.com\n\
                 Received: by 2002:a05:6022:73a2:b0:70:dff8:2c7c with SMTP id \
                 {smtp_id:x}csp5498892lab;\n        {date}\n\
                 X-Received: by 2002:a05:6122:4b08:b0:52b:789:cf93 with SMTP id \
                 {smtp_id:x}-52f2c4eac37mr7993026e0c.5.{seconds}283;\n        {date}\n\
                 ARC-Seal: i=1; a=rsa-sha256; t={seconds}; cv=none;\n        \
                 d=google.com; s=arc-20240605;\n        "
            ),
        );
        signature(block, random, pool);
        put(
            block,
            format_args!(
                "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=google.com; \
                 s=arc-20240605;\n        \
                 h=to:subject:message-id:date:from:mime-version:dkim-signature;\n        \
                 bh={body_hash}=;\n        "
            ),
        );
        signature(block, random, pool);
        put(
            block,
            format_args!(
                "ARC-Authentication-Results: i=1; mx.google.com;\n{verdicts}\
                 Return-Path: <{address}>\n\
                 Received: from mail.{domain} (mail.{domain}. [192.0.2.{host}])\n        \
                 by mx.google.com with ESMTPS id {smtp_id:x}\n        \
                 for <box@example.com>\n        \
                 (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n        {date}\n\
                 Authentication-Results: mx.google.com;\n{verdicts}\
                 DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n        \
                 d={domain}; s=s1; t={seconds};\n        \
                 h=to:subject:message-id:date:from:mime-version:from:to:cc:subject;\n        \
                 bh={body_hash}=;\n        "
            ),
        );
        signature(block, random, pool);
    }
}

/// The `b=` tag of an RSA signature of 2048 bits, folded as Gmail folds it.
fn signature(block: &mut String, random: &mut Random, pool: &Pool) {
    block.push_str("b=");
    block.push_str(pool.token(random, 66));
    for _ in 0..4 {
        block.push_str("\n         ");
        block.push_str(pool.token(random, 68));
    }
    block.push_str("\n         ");
    block.push_str(pool.token(random, 4));
    block.push_str("==\n");
}

fn put(block: &mut String, text: std::fmt::Arguments<'_>) {
    let written = block.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}
