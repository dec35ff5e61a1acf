//! Names as they come out, case by case.

use super::{Charset, Namer, Place};
use crate::message::{Address, Headers, Received, ReceivedSource};

/// 2024-04-01T12:00:00Z
const APRIL: i64 = 1_711_972_800;

fn received(seconds: i64) -> Option<Received> {
    Some(Received::new(seconds, ReceivedSource::FromLine))
}

fn address(name: &str, address: &str) -> Option<Address> {
    Some(Address { name: Some(name.into()), address: Some(address.into()) })
}

fn full() -> Headers {
    Headers {
        received: received(APRIL),
        subject: Some("Quarterly report".into()),
        from: address("Ann Other", "ann@example.org"),
        to: address("Bob", "bob+x@example.org"),
        message_id: Some("1$2@example.org".into()),
        gmail_id: Some(1_795_000_000_000_000_000),
        labels: vec!["Work/Projects".into(), "Inbox".into()],
        ..Headers::default()
    }
}

fn subject(subject: &str) -> Headers {
    Headers { subject: Some(subject.into()), ..Headers::default() }
}

fn label(label: &str) -> Headers {
    Headers { labels: vec![label.into()], ..Headers::default() }
}

fn name(template: &str, index: u64, headers: &Headers) -> String {
    name_in(&Place::root("Mail/Sent"), template, index, headers)
}

fn name_in(folder: &Place, template: &str, index: u64, headers: &Headers) -> String {
    let namer = Namer::new(template.parse().unwrap(), Charset::Unicode);
    namer.name(folder, index, headers).as_str().to_owned()
}

#[test]
fn every_field() {
    for (template, expected) in [
        ("{index}_{date}_{subject}", "000007_20240401T120000Z_Quarterly-report.eml"),
        ("{index}", "000007.eml"),
        ("{year}/{month}/{day}/{index}", "2024/04/01/000007.eml"),
        ("{from}_{index}", "ann@example.org_000007.eml"),
        ("{from_name} to {to}", "Ann-Other to bob+x@example.org_000007.eml"),
        ("{index}-{id}", "000007-1$2@example.org.eml"),
        ("{index}-{gmail_id}", "000007-1795000000000000000.eml"),
        ("{label}/{index}", "Work/Projects/000007.eml"),
        ("{label}_{index}", "Work-Projects_000007.eml"),
        ("all {label} x/{index}", "all Work/Projects x/000007.eml"),
        ("{mailbox}/{index}", "Mail/Sent/000007.eml"),
        ("{index}_{mailbox}", "000007_Mail-Sent.eml"),
        ("{subject}/{index}", "Quarterly-report/000007.eml"),
        ("{index}/{index}", "000007/000007.eml"),
        ("{{{index}}}", "{000007}_000007.eml"),
    ] {
        assert_eq!(name(template, 7, &full()), expected, "{template}");
    }
}

#[test]
fn an_absent_field_takes_its_separator_along() {
    let dated = Headers { received: received(APRIL), ..Headers::default() };
    for (template, headers, expected) in [
        ("{index}_{date}_{subject}", &dated, "000007_20240401T120000Z.eml"),
        ("{index}_{date}_{subject}", &subject("Hi"), "000007_Hi.eml"),
        ("{index}_{date}_{subject}", &subject("?!/"), "000007_!.eml"),
        ("{index}_{date}_{subject}", &subject(" .. "), "000007.eml"),
        ("{index}_{date}_{subject}", &Headers::default(), "000007.eml"),
        ("{index}_{date} {subject}", &subject("Hi"), "000007 Hi.eml"),
        ("{date}_{subject}_{index}", &subject("Hi"), "Hi_000007.eml"),
        ("{date}_{subject}_{index}", &dated, "20240401T120000Z_000007.eml"),
        ("{date}_{subject}_{index}", &Headers::default(), "000007.eml"),
        ("mail {date} {subject}_{index}", &subject("Hi"), "mail Hi_000007.eml"),
        ("{label}/{index}", &dated, "000007.eml"),
        ("{label}/{year}/{index}", &dated, "2024/000007.eml"),
        ("{label}/{year}/{index}", &label("A/B"), "A/B/000007.eml"),
        ("a {label}/{year} b/{index}", &Headers::default(), "000007.eml"),
        ("{year}-{month}/{index}", &Headers::default(), "000007.eml"),
    ] {
        assert_eq!(name(template, 7, headers), expected, "{template}");
    }
}

#[test]
fn dates() {
    let date = |seconds| name("{date}_{index}", 1, &Headers { received: received(seconds), ..Headers::default() });
    assert_eq!(date(0), "19700101T000000Z_000001.eml");
    assert_eq!(date(-1), "19691231T235959Z_000001.eml");
    assert_eq!(date(253_402_207_200), "99991230T220000Z_000001.eml");
    assert_eq!(date(-62_135_596_800), "00010101T000000Z_000001.eml");
    for absurd in [253_402_300_800, -62_135_596_801, i64::MIN, i64::MAX] {
        assert_eq!(date(absurd), "000001.eml");
    }
}

#[test]
fn the_index_is_separate_from_the_digits_around_it() {
    for (template, text, expected) in [
        ("{index}{subject}", "7 wonders", "000001_7-wonders.eml"),
        ("{index}{subject}", "wonders", "000001wonders.eml"),
        ("{subject}{index}", "catch 22", "catch-22_000001.eml"),
        ("{index}2", "", "000001_2.eml"),
        ("2{index}", "", "2_000001.eml"),
        ("{subject}", "000002", "000002_000001.eml"),
        ("{index}-{subject}", "x~2", "000001-x-2.eml"),
        ("{index}", "000002", "000001.eml"),
    ] {
        assert_eq!(name(template, 1, &subject(text)), expected, "{template}");
    }
    assert_eq!(name("{index}", 1_234_567, &Headers::default()), "1234567.eml");
    assert_eq!(name("{index}", u64::MAX, &Headers::default()), "18446744073709551615.eml");
    assert_eq!(name("{index}", 0, &Headers::default()), "000000.eml");
}

#[test]
fn hostile_subjects() {
    for (text, expected) in [
        ("../../etc/passwd", "etc-passwd_000001.eml"),
        ("/etc/passwd", "etc-passwd_000001.eml"),
        (r"C:\x", "C-x_000001.eml"),
        ("....", "000001.eml"),
        ("-rf *", "rf_000001.eml"),
        ("\0", "000001.eml"),
        ("CON", "CON_000001.eml"),
    ] {
        assert_eq!(name("{subject}", 1, &subject(text)), expected, "{text:?}");
    }
    assert_eq!(name("{subject}.{index}", 1, &subject("con")), "_con.000001.eml");
    assert_eq!(name("{subject}/{index}", 1, &subject("con")), "_con/000001.eml");
    assert_eq!(name("{subject}/{index}", 1, &subject("../x.eml")), "x.eml_/000001.eml");
    assert_eq!(name("-{subject}-/.{index}", 1, &subject("x")), "x/000001.eml");
}

#[test]
fn pieces_that_compose_are_normal() {
    let headers = Headers { from: address("가", ""), ..subject("\u{11A8}") };
    assert_eq!(name("{from_name}{subject}_{index}", 1, &headers), "각_000001.eml");
}

#[test]
fn labels_as_folders() {
    for (text, expected) in [
        ("Category Personal", "Category Personal/000001.eml"),
        ("../../x", "x/000001.eml"),
        ("NUL/aux.txt", "_NUL/_aux.txt/000001.eml"),
        (r"a\b", "a-b/000001.eml"),
        ("..", "000001.eml"),
        ("", "000001.eml"),
    ] {
        assert_eq!(name("{label}/{index}", 1, &label(text)), expected, "{text:?}");
    }
}

#[test]
fn a_copy_for_each_label() {
    let headers = Headers { labels: ["A/B", "c", "a?/b", "a/b", ""].map(String::from).into(), ..subject("Hi") };
    let names = |template: &str, headers| {
        let namer = Namer::new(template.parse().unwrap(), Charset::Unicode);
        let names = namer.names(&Place::root(""), 1.into(), headers);
        names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("{label}/{index}", &headers), ["A/B/000001.eml", "c/000001.eml", "000001.eml"]);
    assert_eq!(names("{subject}/{index}", &headers), ["Hi/000001.eml"]);
    assert_eq!(names("{label}/{index}", &Headers::default()), ["000001.eml"]);
}

#[test]
fn the_longest_text_gives_way() {
    let long = "word ".repeat(1_000);
    let headers = Headers { subject: Some(long.clone()), ..full() };
    let name_of = |template| name(template, 1, &headers);
    let default = name_of("{index}_{date}_{subject}");
    assert!(default.starts_with("000001_20240401T120000Z_word-word-") && default.ends_with("-word-w.eml"), "{default}");
    assert_eq!(default.len(), 94);
    let three = name_of("{subject}_{date}_{from}_{index}");
    assert!(three.ends_with("_20240401T120000Z_ann@example.org_000001.eml"), "{three}");
    assert!(three.len() > 90, "{three}");
    let folders = name_of("{subject}/{year}/{index}");
    assert!(folders.starts_with("word-word-") && folders.ends_with("/2024/000001.eml"), "{folders}");
    let nested = label(&format!("{}/{}", "L".repeat(60), "M".repeat(60)));
    let dated = Headers { received: received(APRIL), ..nested };
    let nested = name("{label}/{year}/{index}", 1, &dated);
    assert!(nested.contains("M/2024/000001.eml"), "{nested}");
    let literal = format!("{long}{{subject}}");
    let name = name(&literal, 1, &headers);
    assert!(name.starts_with("word word ") && name.ends_with("_000001.eml") && name.len() <= 96, "{name}");
}

#[test]
fn five_thousand_characters() {
    for c in ["a", "ж", "語", "😀", "x\u{307}", "👩\u{200D}"] {
        let name = name("{index}_{date}_{subject}", 1, &subject(&c.repeat(5_000)));
        assert!((88..=96).contains(&name.len()), "{name}");
    }
}

#[test]
fn ten_thousand_levels() {
    let name = name("{label}/{year}/{index}", 1, &Headers { labels: vec!["NUL/".repeat(10_000)], ..full() });
    assert!(name.starts_with("_NUL/_NUL/") && name.ends_with("/000001.eml") && name.len() <= 240, "{name}");
}

#[test]
fn below_the_longest_folder() {
    let namer = Namer::new("{label}/{index}".parse().unwrap(), Charset::Unicode);
    let folder = Place::below(&"a b/".repeat(500).replace('a', &"語".repeat(90)), &namer);
    let headers = Headers { labels: vec!["L".repeat(500)], subject: Some("S".repeat(500)), ..full() };
    let name = name_in(&folder, "{label}/{index}_{date}_{subject}", u64::MAX, &headers);
    assert!(name.starts_with(folder.as_str()), "{name}");
    assert!(name.contains("/LLLLL") && name.contains("/18446744073709551615_20240401T120000Z_SS"), "{name}");
    assert!(name.len() <= 240, "{name}");
}

#[test]
fn ascii() {
    let namer = Namer::new("Über «{label}»/{index}½{subject}".parse().unwrap(), Charset::Ascii);
    let headers = Headers { labels: vec!["Entwürfe/北京".into()], ..subject("Žluťoučký kůň") };
    let name = namer.name(&Place::root(""), 1, &headers);
    assert_eq!(name.as_str(), "Uber --Entwurfe/Bei Jing/000001_1-2Zlutoucky-kun.eml");
}
