//! Thumbnails with their colours, as the page keeps them.

use std::ops::Deref;

use headlight_activations::Thumbnail;
use headlight_figure::{Palette, Pixels, Shared};

/// A thumbnail with the colours that draw it, which are found once, when it arrives.
///
/// Clones share both, and only these are equal: of a thousand heads, the one that arrives
/// is the only one that is worth a look.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadedThumbnail(Shared<Shaded>);

#[derive(Debug)]
struct Shaded {
    thumbnail: Thumbnail,
    pixels: Pixels,
}

impl ShadedThumbnail {
    /// A cell for each query and key, at the origin. Cells above the diagonal, and cells
    /// that did not arrive, are transparent, so that the hatching behind them shows.
    #[must_use]
    pub fn pixels(&self) -> &Pixels {
        &self.0.pixels
    }
}

impl From<Thumbnail> for ShadedThumbnail {
    fn from(thumbnail: Thumbnail) -> Self {
        let side = thumbnail.side;
        let weight = |index: usize| {
            let is_visible = index % side <= index / side;
            let cell = thumbnail.cells.get(index).filter(|_| is_visible);
            cell.copied().map(f64::from)
        };
        let weights = (0..side.saturating_mul(side)).map(weight);
        let pixels = Pixels::new(weights, side, Palette::Sequential);
        Self(Shared::new(Shaded { thumbnail, pixels }))
    }
}

impl Deref for ShadedThumbnail {
    type Target = Thumbnail;

    fn deref(&self) -> &Thumbnail {
        &self.0.thumbnail
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use headlight_activations::HeadScores;

    use super::*;

    /// Head 0.0 over three tokens.
    pub(crate) fn thumbnail(cells: Vec<f32>) -> ShadedThumbnail {
        let scores = HeadScores::of(&[1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 1.0, 0.0, 0.0], &[1, 2, 3]);
        let thumbnail = Thumbnail {
            layer: 0,
            head: 0,
            side: 3,
            cells,
            scores,
        };
        thumbnail.into()
    }

    #[test]
    fn masked_cells_are_transparent_and_the_others_are_not() {
        let shaded = thumbnail(vec![1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 1.0, 0.0, 0.0]);
        const NONE: u8 = Pixels::NONE;
        let half = Palette::Sequential.shade(0.5).index;
        let expected = [63, NONE, NONE, half, half, NONE, 63, 0, 0];
        assert_eq!(*shaded.pixels().indices, expected);
    }

    #[test]
    fn cells_that_did_not_arrive_are_transparent() {
        assert_eq!(*thumbnail(Vec::new()).pixels().indices, [Pixels::NONE; 9]);
    }

    #[test]
    fn a_thumbnail_is_equal_to_its_clones_alone() {
        let shaded = thumbnail(vec![0.0; 9]);
        assert_eq!(shaded, shaded.clone());
        assert_ne!(shaded, thumbnail(vec![0.0; 9]));
    }
}
