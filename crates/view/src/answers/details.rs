//! What was found out about the run that is shown, beside the run itself.

use std::ops::Range;

/// The plain data of the details.
pub use headlight_activations::{
    Attribution, Cuts, Detail, DetailKind, HeadInputs, LensRow, QueryKey, Sampling, Thumbnail,
};

use crate::answers::head::Head;
use crate::answers::shaded::ShadedThumbnail;
use headlight_figure::Shared;

/// Cells per side of a thumbnail; a shorter prompt has as many as tokens.
pub const THUMBNAIL_SIDE: usize = 32;
/// Tokens that the logit lens lists at each place.
pub const LENS_TOP: usize = 5;
/// Positions that the logit lens shows at a time.
pub const LENS_SPAN: usize = 32;

/// What was found out about a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// The heads so far, by layer and head.
    pub atlas: Shared<Vec<ShadedThumbnail>>,
    /// The logit lens, layer by layer.
    pub lens: Option<Shared<Vec<LensRow>>>,
    /// The positions that the lens was asked about.
    pub lens_range: Range<usize>,
    /// Where the logit difference comes from.
    pub attribution: Option<Shared<Attribution>>,
    /// A query and a key: those of the cell that was asked about last.
    pub query_key: Option<Shared<QueryKey>>,
    /// The head, query and key that were asked about last.
    pub(crate) asked_cell: Option<(Head, usize, usize)>,
    /// The next token's distribution with its cuts.
    pub cuts: Option<Shared<Cuts>>,
    /// Why an answer is missing.
    pub missing: Vec<(DetailKind, String)>,
}

impl Details {
    /// Why this answer is missing, if it is known to be.
    #[must_use]
    pub fn why_missing(&self, kind: DetailKind) -> Option<&str> {
        let found = self.missing.iter().find(|(missing, _)| *missing == kind);
        found.map(|(_, why)| why.as_str())
    }

    /// True if the lens has arrived for this position.
    pub(crate) fn has_lens(&self, pos: usize) -> bool {
        let rows = self.lens.as_ref();
        rows.is_some_and(|rows| rows.iter().any(|row| row.pos == pos))
    }

    /// The thumbnail of a head, if it has arrived.
    #[must_use]
    pub fn thumbnail(&self, head: Head) -> Option<&Thumbnail> {
        let is_it = |small: &&Thumbnail| (small.layer, small.head) == (head.layer, head.head);
        self.atlas.iter().map(|small| &**small).find(is_it)
    }
}
