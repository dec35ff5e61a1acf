//! What is printed as JSON, by its schemas in `docs/json-schema`. Every summary that any test reads is checked here.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::common::{Scratch, mailbox, testdata};

/// References between schemas are relative to this; nothing is fetched.
const BASE: &str = "json-schema:///";

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/json-schema/{name}.schema.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn validator(name: &str) -> Validator {
    let address = format!("{BASE}summary.schema.json");
    let registry = Registry::new().add(&address, schema("summary")).unwrap().prepare().unwrap();
    let options = jsonschema::options().with_registry(&registry).should_validate_formats(true);
    options.with_base_uri(format!("{BASE}{name}.schema.json")).build(&schema(name)).unwrap()
}

static SUMMARY: LazyLock<Validator> = LazyLock::new(|| validator("summary"));
static INSPECT: LazyLock<Validator> = LazyLock::new(|| validator("inspect"));
static PROGRESS: LazyLock<Validator> = LazyLock::new(|| validator("progress"));
static PLAN: LazyLock<Validator> = LazyLock::new(|| validator("plan-row"));
static ROW: LazyLock<Validator> = LazyLock::new(|| validator("manifest-row"));

/// The schema for this object, by what it says it is.
fn schema_of(json: &Value) -> Option<&'static Validator> {
    match (json["command"].as_str(), json["event"].as_str()) {
        (Some("inspect"), _) => Some(&INSPECT),
        (Some(_), _) => Some(&SUMMARY),
        (None, Some(_)) => Some(&PROGRESS),
        (None, None) => None,
    }
}

/// The faults of a summary or a line of progress.
fn faults(json: &Value) -> Vec<String> {
    let faults = schema_of(json).into_iter().flat_map(|schema| schema.iter_errors(json));
    faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// Checks a summary or a line of progress against its schema; other objects pass.
#[track_caller]
pub(crate) fn check(json: &Value) {
    let faults = faults(json);
    assert!(faults.is_empty(), "{faults:#?} in {json:#}");
}

/// Checks a line of a plan.
#[track_caller]
pub(crate) fn check_plan_row(row: &Value) {
    let faults: Vec<String> =
        PLAN.iter_errors(row).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?} in {row:#}");
}

/// Checks a row of a manifest in JSON Lines.
#[track_caller]
pub(crate) fn check_row(row: &Value) {
    let faults: Vec<String> = ROW.iter_errors(row).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?} in {row:#}");
}

/// A folder with good and bad mail, and every kind of warning that is cheap to cause.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    for fixture in ["takeout/takeout", "thunderbird/Inbox", "takeout/cut-short"] {
        scratch.write(format!("in/{fixture}.mbox"), fs::read(testdata().join(format!("{fixture}.mbox"))).unwrap());
    }
    let odd = "x\n\nFrom bob@example.com Mon Apr  1 11:00:00 2024\nis talked about\0";
    scratch.write("in/odd/odd.mbox", mailbox(&[("Odd", odd), ("Lunch", "Noon?"), ("Lunch", "Noon?")]));
    scratch.write("in/broken/mail.zip", "");
    scratch.write("in/notes.txt", "no mailbox");
    scratch
}

/// Runs the program, and returns what it prints, checked.
fn print(scratch: &Scratch, line: &str, code: i32) -> Value {
    scratch.run(line.split(' ')).ends(code).json()
}

#[test]
fn every_command_prints_what_its_schema_describes() {
    let scratch = scratch();
    let first = print(&scratch, "--json --manifest m.csv in out", 1);
    assert!(!first["failed"].as_array().unwrap().is_empty() && first["manifest"]["complete"] == true);
    assert!(first["first_warnings"].as_array().unwrap().len() > 2, "{first}");
    for (line, code) in [
        ("--json in out", 1),
        ("--json in out.zip --zip-max-entries 3", 1),
        ("--json --for zoho in zoho.zip", 1),
        ("--json --dry-run in/odd --label Nowhere out", 0),
        ("--json --dedup content in/odd fewer", 0),
        ("--json --prove in/takeout proven", 0),
        ("--json in/odd/odd.mbox nowhere.mbox none", 1),
        ("verify --json in/odd out/odd/odd", 1),
        ("verify --json in out", 1),
        ("--json --source-hash --dry-run in out", 1),
        ("inspect --json --source-hash in", 1),
        ("--json --bag in bag", 1),
        ("verify --json bag", 0),
        ("verify --json in bag", 1),
        ("verify --json --manifest m.csv out", 1),
        ("verify --json --manifest m.csv in out", 1),
        ("inspect --json in", 1),
        ("inspect --json -v in", 1),
        ("inspect --json --manifest found.jsonl in", 1),
        ("inspect --json --for zoho --prove in/odd/odd.mbox", 0),
        ("inspect --json --for gmail in/takeout in/odd", 0),
    ] {
        let printed = print(&scratch, line, code);
        assert!(schema_of(&printed).is_some(), "{line}");
    }
    fs::remove_file(scratch.path(format!("out/{}", scratch.names("out")[0]))).unwrap();
    scratch.write("out/more.eml", "");
    let differs = print(&scratch, "verify --json in out", 1);
    assert_eq!(differs["differences"]["number"], 2);
}

/// Adds a key to each object in turn, however deep, and hands over the whole.
fn with_a_key_more(json: &Value, each: &mut dyn FnMut(Value)) {
    let mut paths = vec![String::new()];
    while let Some(path) = paths.pop() {
        match json.pointer(&path).unwrap() {
            Value::Object(object) => {
                let names = object.keys().map(|key| format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")));
                paths.extend(names);
                let mut more = json.clone();
                more.pointer_mut(&path).unwrap()["no such key"] = json!([null]);
                each(more);
            }
            Value::Array(list) => paths.extend((0..list.len()).map(|at| format!("{path}/{at}"))),
            _ => {}
        }
    }
}

#[test]
fn a_wrong_key_is_a_fault() {
    let scratch = scratch();
    for line in ["--json in out", "inspect --json --for zoho in", "verify --json in out"] {
        let printed = print(&scratch, line, 1);
        let mut objects = 0;
        with_a_key_more(&printed, &mut |wrong| {
            objects += 1;
            assert!(!faults(&wrong).is_empty(), "{line}: {wrong:#}");
        });
        assert!(objects > 20, "{objects}");
        for key in ["version", "mailboxes", "failed", "skipped", "messages", "bytes", "warnings", "complete"] {
            let mut wrong = printed.clone();
            wrong.as_object_mut().unwrap().remove(key).unwrap();
            assert!(!faults(&wrong).is_empty(), "{line} without {key}");
        }
        let mut wrong = printed.clone();
        wrong["messages"]["found"] = json!("12");
        assert!(!faults(&wrong).is_empty(), "{line}");
    }
    let progress = json!({"event": "progress", "bytes": 1, "total": null, "messages": 1, "seconds": 0.5});
    check(&progress);
    with_a_key_more(&progress, &mut |wrong| assert!(!faults(&wrong).is_empty(), "{wrong}"));
}
