//! What the lesson finds in the small maps of all heads.

use headlight_activations::Thumbnail;

use crate::answers::head::Head;
use crate::answers::pattern::Pattern;
use crate::answers::shaded::ShadedThumbnail;
use crate::frame::Frame;
use crate::rooms::attention::state::AttentionRoom;

/// A head looks mostly at a key that gets at least this share of its weight.
pub const MOSTLY_FROM: f32 = 0.5;

/// All thumbnails, once none is missing.
pub(crate) fn whole_atlas(room: &AttentionRoom, frame: &Frame) -> Option<Vec<ShadedThumbnail>> {
    let (n_layers, n_heads) = frame.grid_of_heads();
    let atlas = &room.details.atlas;
    (!atlas.is_empty() && atlas.len() == n_layers * n_heads).then(|| atlas.to_vec())
}

/// The heads that look from `query` mostly at the same key as `pattern`, which is
/// that of one of them. Of a text too long for one cell per pair only that one.
pub(crate) fn most_like(all: &[ShadedThumbnail], pattern: &Pattern, query: usize) -> Vec<Head> {
    let (own, n) = (pattern.head(), pattern.seq_len());
    let key = pattern.strongest_key(query);
    let looks_there = |small: &&ShadedThumbnail| {
        let weight = small.cells.get(query * n + key);
        head_of(small) == own
            || (small.side == n && weight.is_some_and(|weight| *weight >= MOSTLY_FROM))
    };
    let found = all.iter().filter(looks_there);
    found.map(|small| head_of(small)).collect()
}

pub(crate) fn head_of(small: &Thumbnail) -> Head {
    Head {
        layer: small.layer,
        head: small.head,
    }
}
