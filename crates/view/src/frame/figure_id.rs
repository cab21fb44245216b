//! Figures by name.

/// A figure of any room: all that the frame knows of it. Its title, its table and its file
/// are known to the catalogue of the room that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FigureId(pub &'static str);

impl FigureId {
    /// Its name in `data-figure` and `data-for`, such as `attention.lens`: the room, a dot
    /// and the figure.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}
