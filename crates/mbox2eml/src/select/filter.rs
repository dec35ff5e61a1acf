//! Which messages are wanted, by their own content.

use super::{Pattern, Period};
use crate::message::{Field, Headers, LabelMap, LabelName};

/// The conditions that a message has to meet. Default: every message is wanted.
///
/// A message has to meet all conditions that are set. An absent field meets none: a message without a known date is in
/// no range of dates, one without labels does not have the label asked for, and one without a subject does not contain
/// the text. It does meet [`not_labels`](Self::not_labels).
///
/// Every setter takes a value, or an `Option` where `None` is the default.
///
/// # Examples
///
/// ```
/// use mbox2eml::message::{HeaderReader, LabelName, RawMessage};
/// use mbox2eml::select::{Filter, Pattern, Period};
///
/// let filter = Filter::default()
///     .since("2024".parse::<Period>()?)
///     .not_labels([LabelName::new("Trash")])
///     .to(Pattern::new("BOB@"))
///     .max_size(1000);
///
/// let message = RawMessage::new(
///     b"From ann@example.org Mon Apr  1 12:00:00 2024\n",
///     b"To: Team <team@example.org>\nCc: Bob <bob@example.org>\n\nAt noon?\n",
/// );
/// let fields: Vec<_> = filter.fields().collect();
/// let headers = HeaderReader::new(&fields).read(&message);
/// assert!(filter.wants(&headers, || 70));
/// assert!(!filter.wants(&headers, || 1001));
/// # Ok::<(), mbox2eml::select::PeriodError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Filter {
    since: Option<Period>,
    until: Option<Period>,
    labels: Vec<LabelName>,
    not_labels: Vec<LabelName>,
    label_map: LabelMap,
    from: Option<Pattern>,
    to: Option<Pattern>,
    subject: Option<Pattern>,
    min_size: Option<u64>,
    max_size: Option<u64>,
}

impl Filter {
    /// Only messages received in `period` or after it. Default: `None`.
    #[must_use]
    pub fn since(mut self, period: impl Into<Option<Period>>) -> Self {
        self.since = period.into();
        self
    }

    /// Only messages received in `period` or before it. Default: `None`.
    #[must_use]
    pub fn until(mut self, period: impl Into<Option<Period>>) -> Self {
        self.until = period.into();
        self
    }

    /// Only messages with one of these Gmail labels, or of those given in earlier calls. Default: none, any label.
    #[must_use]
    pub fn labels(mut self, names: impl IntoIterator<Item = LabelName>) -> Self {
        self.labels.extend(names);
        self
    }

    /// No messages with any of these Gmail labels, nor of those given in earlier calls. Default: none.
    #[must_use]
    pub fn not_labels(mut self, names: impl IntoIterator<Item = LabelName>) -> Self {
        self.not_labels.extend(names);
        self
    }

    /// Sets what labels of an unknown language mean. Default: nothing is known of them.
    #[must_use]
    pub fn label_map(mut self, map: LabelMap) -> Self {
        self.label_map = map;
        self
    }

    /// The labels that are named, be they wanted or not.
    pub(crate) fn label_names(&self) -> impl Iterator<Item = &LabelName> {
        self.labels.iter().chain(&self.not_labels)
    }

    /// Only messages with this text in `From`. Default: `None`.
    ///
    /// This and the next two search the whole field, decoded: every name and address, with the punctuation between
    /// them. An empty text matches every field that is present and not blank.
    #[must_use]
    pub fn from(mut self, pattern: impl Into<Option<Pattern>>) -> Self {
        self.from = pattern.into();
        self
    }

    /// Only messages with this text in `To`, `Cc` or `Bcc`. Default: `None`.
    #[must_use]
    pub fn to(mut self, pattern: impl Into<Option<Pattern>>) -> Self {
        self.to = pattern.into();
        self
    }

    /// Only messages with this text in `Subject`. Default: `None`.
    #[must_use]
    pub fn subject(mut self, pattern: impl Into<Option<Pattern>>) -> Self {
        self.subject = pattern.into();
        self
    }

    /// Only messages of this many bytes or more. Default: `None`.
    #[must_use]
    pub fn min_size(mut self, bytes: impl Into<Option<u64>>) -> Self {
        self.min_size = bytes.into();
        self
    }

    /// Only messages of this many bytes or fewer. Default: `None`.
    #[must_use]
    pub fn max_size(mut self, bytes: impl Into<Option<u64>>) -> Self {
        self.max_size = bytes.into();
        self
    }

    /// The header fields that [`wants`](Self::wants) needs.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        let labels = !self.labels.is_empty() || !self.not_labels.is_empty();
        let asked: [(bool, &[Field]); 4] = [
            (labels, &[Field::Labels]),
            (self.from.is_some(), &[Field::FromText]),
            (self.to.is_some(), &[Field::ToText, Field::CcText, Field::BccText]),
            (self.subject.is_some(), &[Field::Subject]),
        ];
        asked.into_iter().filter(|(asked, _)| *asked).flat_map(|(_, fields)| fields).copied()
    }

    /// Whether a message with these `headers`, whose EML has `size` bytes, is wanted. `size` is called only if it
    /// matters.
    pub fn wants(&self, headers: &Headers, size: impl FnOnce() -> u64) -> bool {
        self.unmet(headers, size).is_none()
    }

    /// The first condition that a message does not meet, by its name.
    pub(crate) fn unmet(&self, headers: &Headers, size: impl FnOnce() -> u64) -> Option<&'static str> {
        let Headers { received, labels, from_text, to_text, cc_text, bcc_text, subject, .. } = headers;
        let is_at = |test: &dyn Fn(i64) -> bool| received.is_some_and(|received| test(received.seconds));
        let has = |name: &LabelName| labels.iter().any(|label| name.matches_with(label, &self.label_map));
        if self.since.is_some_and(|period| !is_at(&|seconds| period.start() <= seconds)) {
            return Some("since");
        }
        if self.until.is_some_and(|period| !is_at(&|seconds| seconds < period.end())) {
            return Some("until");
        }
        if !self.labels.is_empty() && !self.labels.iter().any(has) {
            return Some("label");
        }
        if self.not_labels.iter().any(has) {
            return Some("not-label");
        }
        if !is_in_any(self.from.as_ref(), [from_text]) {
            return Some("from");
        }
        if !is_in_any(self.to.as_ref(), [to_text, cc_text, bcc_text]) {
            return Some("to");
        }
        if !is_in_any(self.subject.as_ref(), [subject]) {
            return Some("subject");
        }
        self.unmet_size(size)
    }

    /// Whether it depends on a message's size.
    pub(crate) fn has_size(&self) -> bool {
        self.min_size.is_some() || self.max_size.is_some()
    }

    fn unmet_size(&self, size: impl FnOnce() -> u64) -> Option<&'static str> {
        if !self.has_size() {
            return None;
        }
        let size = size();
        match (self.min_size, self.max_size) {
            (Some(least), _) if size < least => Some("min-size"),
            (_, Some(most)) if most < size => Some("max-size"),
            _ => None,
        }
    }
}

/// Whether one of the `texts` contains `pattern`; true without a pattern.
fn is_in_any<const N: usize>(pattern: Option<&Pattern>, texts: [&Option<String>; N]) -> bool {
    pattern.is_none_or(|pattern| texts.into_iter().flatten().any(|text| pattern.is_in(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::{option, sample};

    use super::*;
    use crate::message::{Received, ReceivedSource};

    fn received(seconds: i64) -> Option<Received> {
        Some(Received::new(seconds, ReceivedSource::FromLine))
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn labelled(labels: &[&str]) -> Headers {
        Headers { labels: labels.iter().copied().map(String::from).collect(), ..Headers::default() }
    }

    fn unasked() -> u64 {
        panic!("the size does not matter")
    }

    #[test]
    fn everything_is_wanted_by_default() {
        assert!(Filter::default().wants(&Headers::default(), unasked));
        assert_eq!(Filter::default().fields().count(), 0);
    }

    #[test]
    fn a_range_of_dates_has_both_its_ends() {
        // The first seconds of 2023 and of 2024.
        let (first, after) = (1_672_531_200, 1_704_067_200);
        let (since, until) = (Filter::default().since(period("2023")), Filter::default().until(period("2023")));
        let of_2023 = since.clone().until(period("2023"));
        for (seconds, is_since, is_until) in [
            (1, false, true),
            (first - 1, false, true),
            (first, true, true),
            (after - 1, true, true),
            (after, true, false),
            (253_402_300_799, true, false),
        ] {
            let headers = Headers { received: received(seconds), ..Headers::default() };
            assert_eq!(since.wants(&headers, unasked), is_since, "{seconds}");
            assert_eq!(until.wants(&headers, unasked), is_until, "{seconds}");
            assert_eq!(of_2023.wants(&headers, unasked), is_since && is_until, "{seconds}");
        }
        let second = Filter::default().since(period("2023-01-01T00:00:01Z")).until(period("2023-01-01T00:00:01Z"));
        let wanted = |seconds| second.wants(&Headers { received: received(seconds), ..Headers::default() }, unasked);
        assert_eq!([0, 1, 2].map(|more| wanted(first + more)), [false, true, false]);
    }

    #[test]
    fn a_message_without_a_date_is_in_no_range() {
        let undated = Headers::default();
        assert!(!Filter::default().since(period("0001")).wants(&undated, unasked));
        assert!(!Filter::default().until(period("9999")).wants(&undated, unasked));
    }

    #[test]
    fn labels() {
        let names = |names: &[&str]| names.iter().map(|name| LabelName::new(name)).collect::<Vec<_>>();
        for (labels, not_labels, of_message, wanted) in [
            (vec![], vec![], vec![], true),
            (vec!["Work"], vec![], vec![], false),
            (vec![], vec!["Work"], vec![], true),
            (vec!["work"], vec![], vec!["Inbox", "Work/2024"], true),
            (vec!["Work"], vec![], vec!["Workshop"], false),
            (vec!["Work", "Home"], vec![], vec!["Home"], true),
            (vec!["Trash"], vec![], vec!["Papierkorb"], true),
            (vec![], vec!["Trash", "Spam"], vec!["Work", "Corbeille"], false),
            (vec!["Work"], vec!["Trash"], vec!["Work"], true),
            (vec!["Work"], vec!["Trash"], vec!["Work", "Trash"], false),
            (vec!["Work"], vec!["Work/Old"], vec!["Work/Old/2020"], false),
            (vec!["Work"], vec!["Work/Old"], vec!["Work", "Work/New"], true),
            (vec![""], vec![], vec!["Work"], false),
            (vec![], vec![""], vec!["Work"], true),
        ] {
            let filter = Filter::default().labels(names(&labels)).not_labels(names(&not_labels));
            let shown = format!("{labels:?} {not_labels:?} {of_message:?}");
            assert_eq!(filter.wants(&labelled(&of_message), unasked), wanted, "{shown}");
        }
        let both = Filter::default().labels(names(&["a"])).labels(names(&["b"]));
        assert!(both.wants(&labelled(&["a"]), unasked) && both.wants(&labelled(&["b"]), unasked));
    }

    #[test]
    fn texts_are_looked_for_in_their_own_fields() {
        let text = |text: &str| Some(text.to_owned());
        let headers = Headers {
            from_text: text("Ann <ann@example.org>"),
            to_text: text("Bob <bob@example.org>"),
            cc_text: text("Café <cafe@example.org>"),
            bcc_text: text("dan@example.org"),
            ..Headers::default()
        };
        let wanted = |filter: Filter| filter.wants(&headers, unasked);
        for found in ["BOB", "café <", "dan@", "example.org", ""] {
            assert!(wanted(Filter::default().to(Pattern::new(found))), "{found}");
        }
        for not_found in ["ann", "org, Café", "cafe <"] {
            assert!(!wanted(Filter::default().to(Pattern::new(not_found))), "{not_found}");
        }
        assert!(wanted(Filter::default().from(Pattern::new("ann"))));
        assert!(!wanted(Filter::default().from(Pattern::new("bob"))));
        assert!(!wanted(Filter::default().subject(Pattern::new(""))), "there is no subject");
        assert!(!wanted(Filter::default().from(Pattern::new("ann")).subject(Pattern::new("a"))));
    }

    #[test]
    fn sizes_have_both_their_ends() {
        let filter = Filter::default().min_size(10).max_size(20);
        for (size, wanted) in [(0, false), (9, false), (10, true), (20, true), (21, false), (u64::MAX, false)] {
            assert_eq!(filter.wants(&Headers::default(), || size), wanted, "{size}");
        }
        assert!(Filter::default().min_size(0).max_size(None).wants(&Headers::default(), || 0));
        assert!(!Filter::default().since(period("2023")).max_size(1).wants(&Headers::default(), unasked));
    }

    #[test]
    fn only_fields_that_are_looked_at_are_read() {
        let pattern = Pattern::new("a");
        let fields = |filter: Filter| filter.fields().collect::<Vec<_>>();
        assert_eq!(fields(Filter::default().since(period("2023")).min_size(1)), []);
        assert_eq!(fields(Filter::default().not_labels([LabelName::new("a")])), [Field::Labels]);
        assert_eq!(fields(Filter::default().from(pattern.clone())), [Field::FromText]);
        assert_eq!(fields(Filter::default().to(pattern.clone())), [Field::ToText, Field::CcText, Field::BccText]);
        assert_eq!(fields(Filter::default().subject(pattern)), [Field::Subject]);
    }

    /// Options as on the command line, and a message.
    #[derive(Clone, Debug)]
    struct Case {
        dates: [Option<i64>; 2],
        labels: Vec<String>,
        not_labels: Vec<String>,
        patterns: [Option<String>; 3],
        sizes: [Option<u64>; 2],
        headers: Headers,
        size: u64,
    }

    /// Few values, so that many are equal.
    fn cases() -> impl Strategy<Value = Case> {
        let years = || option::of(2020..2026_i64);
        let seconds = (option::of(2019..2027_i64), -1..=1_i64);
        let received =
            seconds.prop_map(|(year, more)| year.and_then(|year| received(period(&year.to_string()).start() + more)));
        let label = || sample::select(&["Inbox", "a", "a/b", "A/B/c", "ab", "Posteingang"][..]).prop_map(String::from);
        let labels = || prop::collection::vec(label(), 0..3);
        let part = || option::of("[aAéÉ]{0,2}");
        let text = || option::of("[aAbéÉ ]{1,5}");
        let bound = || option::of(0..6_u64);
        let headers =
            (received, labels(), [text(), text(), text(), text(), text()]).prop_map(|(received, labels, texts)| {
                let [from_text, to_text, cc_text, bcc_text, subject] = texts;
                Headers { received, labels, from_text, to_text, cc_text, bcc_text, subject, ..Headers::default() }
            });
        let options = ([years(), years()], labels(), labels(), [part(), part(), part()], [bound(), bound()]);
        (options, headers, 0..6_u64).prop_map(|((dates, labels, not_labels, patterns, sizes), headers, size)| Case {
            dates,
            labels,
            not_labels,
            patterns,
            sizes,
            headers,
            size,
        })
    }

    fn filter(case: &Case) -> Filter {
        let [since, until] = case.dates.map(|year| year.map(|year| period(&year.to_string())));
        let names = |labels: &[String]| labels.iter().map(|label| LabelName::new(label)).collect::<Vec<_>>();
        let [from, to, subject] = case.patterns.each_ref().map(|text| text.as_deref().map(Pattern::new));
        let [min_size, max_size] = case.sizes;
        let filter = Filter::default().since(since).until(until).from(from).to(to).subject(subject);
        filter.min_size(min_size).max_size(max_size).labels(names(&case.labels)).not_labels(names(&case.not_labels))
    }

    /// Every reason to skip a message, one after another.
    fn naive(case: &Case) -> bool {
        let Case { headers, dates: [since, until], patterns: [from, to, subject], sizes: [min, max], .. } = case;
        let year = headers.received.map(|received| {
            let zoned = jiff::Timestamp::from_second(received.seconds).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            i64::from(zoned.year())
        });
        if since.is_some_and(|since| year.is_none_or(|year| year < since)) {
            return false;
        }
        if until.is_some_and(|until| year.is_none_or(|year| year > until)) {
            return false;
        }
        let spelled = |label: &str| label.to_lowercase().replace("posteingang", "inbox");
        let has = |name: &String| {
            let labels = headers.labels.iter().map(|label| spelled(label) + "/");
            labels.into_iter().any(|label| label.starts_with(&(spelled(name) + "/")))
        };
        if !case.labels.is_empty() && !case.labels.iter().any(has) || case.not_labels.iter().any(has) {
            return false;
        }
        for (pattern, fields) in [
            (from, vec![&headers.from_text]),
            (to, vec![&headers.to_text, &headers.cc_text, &headers.bcc_text]),
            (subject, vec![&headers.subject]),
        ] {
            let Some(pattern) = pattern else { continue };
            let mut texts = fields.into_iter().flatten().map(|text| text.to_lowercase());
            if !texts.any(|text| text.contains(&pattern.to_lowercase())) {
                return false;
            }
        }
        (min.unwrap_or(0)..=max.unwrap_or(u64::MAX)).contains(&case.size)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn agrees_with_a_plain_reckoning(case in cases()) {
            prop_assert_eq!(filter(&case).wants(&case.headers, || case.size), naive(&case));
        }
    }
}
