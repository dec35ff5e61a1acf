//! `bag-info.txt`: what a bag is and who made it, in fields of one line each.

use super::Payload;

pub(super) const INFO: &str = "bag-info.txt";

pub(super) const AGENT: &str = "Bag-Software-Agent";
const DATE: &str = "Bagging-Date";
const ORGANIZATION: &str = "Source-Organization";
pub(super) const OXUM: &str = "Payload-Oxum";

/// How the name of a program begins whose bags can be added to.
pub(super) const PROGRAM: &str = "mbox2eml";

/// What a bag says of itself.
///
/// ```
/// use mbox2eml_archive::bag::BagInfo;
///
/// let info = BagInfo::new("2024-04-01", "mbox2eml 0.1.0").organization("Example\nArchives");
/// # drop(info);
/// ```
#[derive(Clone, Debug)]
pub struct BagInfo {
    date: String,
    agent: String,
    organization: Option<String>,
}

impl BagInfo {
    /// For a bag made on this day, `yyyy-mm-dd`, by this program.
    pub fn new(date: &str, agent: &str) -> Self {
        Self { date: clean(date), agent: clean(agent), organization: None }
    }

    /// Sets whose files they are. Default: as it is in the bag already. Line breaks and other control characters become
    /// spaces.
    #[must_use]
    pub fn organization(mut self, name: &str) -> Self {
        self.organization = Some(clean(name)).filter(|name| !name.is_empty());
        self
    }

    /// The file, given the earlier one: its other fields are kept, and so is the date if the payload is the same.
    pub(super) fn text(&self, earlier: &str, payload: Payload, is_same: bool) -> String {
        let date = value(earlier, DATE).filter(|_| is_same).unwrap_or(&self.date);
        let organization = self.organization.as_deref().or(value(earlier, ORGANIZATION));
        let mut text = String::new();
        if let Some(organization) = organization {
            text += &field(ORGANIZATION, organization);
        }
        text += &field(DATE, date);
        text += &field(OXUM, &payload.oxum());
        text += &field(AGENT, &self.agent);
        let mut is_kept = false;
        for line in earlier.lines() {
            // A line that begins with white space continues the field before it.
            if !line.starts_with([' ', '\t']) {
                let name = line.split(':').next().unwrap_or_default();
                let own = [ORGANIZATION, DATE, OXUM, AGENT].iter().any(|own| own.eq_ignore_ascii_case(name));
                is_kept = !own && line.contains(':');
            }
            if is_kept {
                text += line;
                text.push('\n');
            }
        }
        text
    }
}

fn field(name: &str, value: &str) -> String {
    format!("{name}: {value}\n")
}

/// The text on one line.
fn clean(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let text: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of a field.
pub(super) fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
