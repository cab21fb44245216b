//! JSON from files of other people.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use headlight_activations::Quoted;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// What is wrong with a JSON text, fit to stand in a message.
///
/// The reader repeats what it found, which may be megabytes or hold terminal
/// escapes; that part is [`Quoted`], what was expected and the place are kept.
#[derive(Clone, Copy, Debug)]
pub struct JsonComplaint<'a>(pub &'a serde_json::Error);

impl fmt::Display for JsonComplaint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.to_string();
        let place = format!(" at line {} column {}", self.0.line(), self.0.column());
        let (what, place) = match whole.strip_suffix(&place) {
            Some(what) => (what, place.as_str()),
            None => (whole.as_str(), ""),
        };
        match what.rsplit_once(", expected ") {
            Some((found, expected)) => {
                let (found, expected) = (Quoted(found), Quoted(expected));
                write!(f, "{found}, expected {expected}{place}")
            }
            None => write!(f, "{}{place}", Quoted(what)),
        }
    }
}

/// A JSON object in which no name stands twice.
///
/// A map keeps the last of two values under one name and says nothing.
#[derive(Debug)]
pub(crate) struct UniqueMap<V>(pub(crate) BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for UniqueVisitor<V> {
    type Value = UniqueMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueMap<V>, A::Error> {
        let mut out = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, V>()? {
            if out.contains_key(&name) {
                return Err(A::Error::custom(format_args!(
                    "`{name}` stands there twice"
                )));
            }
            out.insert(name, value);
        }
        Ok(UniqueMap(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_keeps_the_place_and_cuts_the_rest() {
        let text = format!("{{\n\"a\": \"\\u001b[31m{}\"}}", "x".repeat(3_000_000));
        let error = serde_json::from_str::<BTreeMap<String, u32>>(&text).unwrap_err();
        let said = JsonComplaint(&error).to_string();
        assert!(
            said.starts_with(r#"invalid type: string "\u{1b}[31mxxx"#),
            "{said}"
        );
        let end = "x…, expected u32 at line 2 column 3000017";
        assert!(said.ends_with(end), "{said}");
        assert!(said.len() < 150, "{said}");
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let read = |text: &str| serde_json::from_str::<UniqueMap<u32>>(text);
        assert_eq!(read(r#"{"a": 1, "b": 2}"#).unwrap().0.len(), 2);
        let error = read(r#"{"a": 1, "b": 2, "a": 1}"#).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`a` stands there twice at line 1"),
            "{error}"
        );
        // The same name, written in another way.
        assert!(read(r#"{"a": 1, "\u0061": 1}"#).is_err());
    }
}
