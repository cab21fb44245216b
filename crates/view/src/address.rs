//! The address of what is shown: all of it lives in the fragment.
//!
//! `#/attention?v=1&model=stories&prompt=...&layer=1&head=2&row=6&col=1`
//!
//! The room, the version, the frame's pairs, and those of the room that is open. Unknown
//! keys are ignored; a value that cannot be read falls back to the usual one, and the
//! visitor is told. `fault=` is never written, and ignored but in a page that was built
//! for tests.

use crate::frame::link::{self, Pairs};
use crate::frame::words;
use crate::room::Room;
use crate::state::State;

/// The newest version of links that this page reads, and the one it writes.
pub(crate) const VERSION: u32 = 1;

/// A link taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// The room that the link opens.
    pub(crate) room: Room,
    /// All that it says.
    pub(crate) pairs: Pairs,
}

impl Address {
    /// Reads a fragment, with or without its `#`, and what to tell the visitor about it.
    pub(crate) fn parse(fragment: &str) -> (Self, Vec<String>) {
        let mut notices = Vec::new();
        let address = fragment.strip_prefix('#').unwrap_or(fragment);
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let name = path.trim_matches('/');
        let room = Room::ALL.iter().copied().find(|room| room.name() == name);
        if room.is_none() && !name.is_empty() {
            let name = link::decode(name).unwrap_or_default();
            notices.push(words::no_such_room(&name));
        }
        let mut read = Self {
            room: room.unwrap_or_default(),
            pairs: Pairs::of(query),
        };
        let version = read.pairs.get("v").unwrap_or_default();
        if version
            .parse::<u32>()
            .is_ok_and(|version| version > VERSION)
        {
            notices.push(words::link_too_new(version));
            read.pairs = Pairs::default();
        }
        (read, notices)
    }
}

/// The fragment of the link to what is shown, `#` included.
#[must_use]
pub fn fragment_of(state: &State) -> String {
    let of_room = state.open_room().link(&state.frame).to_query();
    let of_frame = link::write(&state.frame).to_query();
    format!("#/{}?v={VERSION}{of_frame}{of_room}", state.room.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_a_newer_version_is_refused_by_name() {
        let (read, notices) = Address::parse("#/attention?v=2&layer=3");
        assert_eq!(read, Address::default());
        assert!(notices[0].contains('2'), "{notices:?}");
    }

    #[test]
    fn an_empty_fragment_says_nothing() {
        for fragment in ["", "#", "#/", "#/attention", "#/attention?"] {
            assert_eq!(Address::parse(fragment), (Address::default(), vec![]));
        }
    }

    #[test]
    fn a_room_that_does_not_exist_is_named() {
        let (_, notices) = Address::parse("#/moon?v=1");
        assert!(notices[0].contains("moon"), "{notices:?}");
    }

    #[test]
    fn a_room_is_known_by_its_name() {
        for room in Room::ALL.iter().copied() {
            let (read, notices) = Address::parse(&format!("#/{}?v=1", room.name()));
            assert_eq!((read.room, notices), (room, vec![]));
        }
    }
}
