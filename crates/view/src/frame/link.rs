//! A link as pairs of a key and a value: how they are written, and those of the frame.
//!
//! Each part of the page reads and writes its own pairs; who does not know a key passes
//! over it, so a new key of a room concerns that room alone.

use std::fmt::Display;

use super::ablation::{self, Ablation};
use super::state::Frame;
use crate::session::{BackendChoice, Fault};

/// Keys that mean the same in every room.
const OF_FRAME: [&str; 7] = [
    "model", "prompt", "layer", "head", "ablate", "backend", "fault",
];

/// Most letters of a model's name, which stands in messages and lists.
const LONGEST_MODEL_NAME: usize = 80;

/// A value in a link that cannot be read: the key, and the value as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    /// The key.
    pub key: String,
    /// The value, decoded.
    pub value: String,
}

/// Pairs of a link, in order, their values percent-encoded.
///
/// ```
/// use headlight_view::frame::link::Pairs;
///
/// let mut pairs = Pairs::default();
/// pairs.put("prompt", Some("Lily & Tom"));
/// pairs.put("row", None::<usize>);
/// assert_eq!(pairs.to_query(), "&prompt=Lily%20%26%20Tom");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// The pairs of a query such as `v=1&row=3`; what is no pair is left out.
    #[must_use]
    pub fn of(query: &str) -> Self {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Self(pairs.map(owned).collect())
    }

    /// Adds a pair, if there is a value.
    pub fn put(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            let value = encode(&value.to_string());
            self.0.push((key.to_owned(), value));
        }
    }

    /// The pairs as a query, each after an `&`.
    #[must_use]
    pub fn to_query(&self) -> String {
        let pairs = self.0.iter();
        pairs
            .map(|(key, value)| format!("&{key}={value}"))
            .collect()
    }

    /// The pairs that are not the frame's, nor the version.
    pub(crate) fn of_room(&self) -> Self {
        let is_of_room =
            |(key, _): &&(String, String)| key != "v" && !OF_FRAME.contains(&key.as_str());
        Self(self.0.iter().filter(is_of_room).cloned().collect())
    }

    /// The value of a key as it stands in the link, if the key is there.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == key);
        found.map(|(_, value)| value.as_str())
    }

    /// Hands every pair to `read`, which gives false for a key that it knows with a value
    /// that it cannot read; returns these.
    pub(crate) fn read(&self, mut read: impl FnMut(&str, &str) -> bool) -> Vec<BadValue> {
        let mut bad = Vec::new();
        for (key, value) in &self.0 {
            if !read(key, value) {
                bad.push(BadValue {
                    key: key.clone(),
                    value: decode(value).unwrap_or_default(),
                });
            }
        }
        bad
    }
}

/// Puts a value in its place; false if there is none.
pub(crate) fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

/// What a link says of the frame; what it leaves out stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FrameLink {
    /// Folder name of the model.
    pub(crate) model: Option<String>,
    pub(crate) prompt: Option<String>,
    /// The selected head's layer.
    pub(crate) layer: Option<usize>,
    /// The selected head, counted in its layer.
    pub(crate) head: Option<usize>,
    /// What was taken out of the model.
    pub(crate) ablations: Option<Vec<Ablation>>,
    /// What to compute on.
    pub(crate) backend: Option<BackendChoice>,
    /// A failure that a test asks for; never written.
    pub(crate) fault: Option<Fault>,
}

impl FrameLink {
    /// Reads the frame's pairs, and which of them cannot be read.
    pub(crate) fn read(pairs: &Pairs) -> (Self, Vec<BadValue>) {
        let mut link = Self::default();
        let bad = pairs.read(|key, value| match key {
            "model" => {
                let name = decode(value).filter(|name| is_model_name(name));
                set(&mut link.model, name)
            }
            "prompt" => set(&mut link.prompt, decode(value)),
            "layer" => set(&mut link.layer, value.parse().ok()),
            "head" => set(&mut link.head, value.parse().ok()),
            "ablate" => {
                let list = decode(value);
                let ablations = list.as_deref().and_then(ablation::parse_list);
                set(&mut link.ablations, ablations)
            }
            "backend" => set(&mut link.backend, BackendChoice::from_name(value)),
            "fault" => {
                link.fault = Fault::from_name(value);
                true
            }
            _ => true,
        });
        (link, bad)
    }

    /// True if the link says what is shown, and not only how it is computed.
    pub(crate) fn has_subject(&self) -> bool {
        let is_head = self.layer.is_some() || self.head.is_some();
        self.model.is_some() || self.prompt.is_some() || self.ablations.is_some() || is_head
    }
}

/// The frame's pairs of the link to what is shown.
pub(crate) fn write(frame: &Frame) -> Pairs {
    let (subject, choice) = (&frame.subject, frame.session.choice());
    let mut pairs = Pairs::default();
    pairs.put("model", Some(frame.session.model()));
    pairs.put("prompt", Some(&frame.asked));
    pairs.put("layer", Some(subject.head.layer));
    pairs.put("head", Some(subject.head.head));
    pairs.put("ablate", ablation::write_list(&subject.ablations));
    pairs.put("backend", choice.name());
    pairs
}

/// True for what can be a folder of `models/` and nothing else.
#[must_use]
pub fn is_model_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let has_length = (1..=LONGEST_MODEL_NAME).contains(&name.len());
    has_length && !name.starts_with('.') && name.chars().all(allowed)
}

/// Percent-encodes all but unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Undoes percent-encoding, with `+` for a space as forms write it; `None` if
/// what comes out is not text.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'%' => {
                let digits = tail
                    .get(..2)
                    .and_then(|two| std::str::from_utf8(two).ok())?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &tail[2..];
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_survives_whatever_is_in_it() {
        let hard = "Lily & Tom + 100 % caf\u{e9}\n\u{1f600} #a?b=c";
        let mut pairs = Pairs::default();
        pairs.put("prompt", Some(hard));
        let query = pairs.to_query();
        let safe = |c: char| c.is_ascii_alphanumeric() || "&=%-_.~".contains(c);
        assert!(query.chars().all(safe), "{query}");
        let (link, bad) = FrameLink::read(&Pairs::of(&query));
        assert_eq!((link.prompt.as_deref(), bad), (Some(hard), vec![]));
    }

    #[test]
    fn a_prompt_that_is_not_text_cannot_be_read() {
        for broken in ["%FF", "%", "%zz", "%e2%82"] {
            let (link, bad) = FrameLink::read(&Pairs::of(&format!("prompt={broken}")));
            assert_eq!((link.prompt, bad.len()), (None, 1), "{broken}");
        }
    }

    #[test]
    fn a_model_name_cannot_leave_the_models_folder() {
        for name in ["..", "../x", "a/b", ".hidden", "", "a%2Fb", "http:"] {
            let (link, bad) = FrameLink::read(&Pairs::of(&format!("model={name}")));
            assert_eq!((link.model, bad.len()), (None, 1), "{name}");
        }
        assert!(is_model_name(&"m".repeat(80)) && !is_model_name(&"m".repeat(81)));
    }
}
