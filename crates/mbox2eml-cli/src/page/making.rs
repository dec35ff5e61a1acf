//! How a run was made: version, command, times, manifest.

use std::env;
use std::fs::File;
use std::path::Path;

use mbox2eml::report::Digest;
use serde_json::Value;

use crate::manifest::ManifestReport;
use crate::number::{rate, time};
use crate::shell::quoted;
use crate::summary::Run;

/// Names and values.
pub(super) fn of<M>(
    run: &Run<M>,
    output: Option<&Path>,
    manifest: Option<&ManifestReport>,
) -> Vec<(&'static str, String)> {
    let rate = rate(run.bytes.input, run.elapsed).filter(|_| run.bytes.input > 0);
    let rate = rate.map(|rate| format!(" ({rate})")).unwrap_or_default();
    let mut making = vec![
        ("Program", format!("mbox2eml {}", run.version)),
        ("Command", command()),
        ("Options", options(&run.options)),
        ("Started", run.started.clone()),
        ("Time taken", format!("{}{rate}", time(run.elapsed))),
    ];
    making.extend(output.map(|output| ("Output", output.display().to_string())));
    if let Some(ManifestReport::Written { path, .. } | ManifestReport::Checked { path, .. }) = manifest {
        making.push(("Manifest", path.0.display().to_string()));
        // A manifest that cannot be read any more has no hash.
        if let Ok(digest) = File::open(&path.0).and_then(Digest::of_file) {
            making.push(("SHA-256 of the manifest", digest.hex()));
        }
    }
    making
}

/// The command as a shell takes it.
fn command() -> String {
    let typed = env::args_os().skip(1).map(quoted);
    ["mbox2eml".to_owned()].into_iter().chain(typed).collect::<Vec<_>>().join(" ")
}

fn options(options: &Value) -> String {
    let Value::Object(options) = options else { return "none".to_owned() };
    let word = |(name, value): (&String, &Value)| match value {
        Value::Bool(_) => format!("--{name}"),
        Value::Array(values) => {
            let words = values.iter().map(|value| format!("--{name} {}", plain(value)));
            words.collect::<Vec<_>>().join(" ")
        }
        value => format!("--{name} {}", plain(value)),
    };
    let words: Vec<String> = options.iter().map(word).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
