//! The figures of the page: all with a menu, and a table of numbers behind them.

/// A figure of the Attention room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// All heads, small.
    Atlas,
    /// The attention map.
    Pattern,
    /// The selected head as lines.
    Lines,
    /// One row, step by step.
    Steps,
    /// A query times a key.
    Product,
    /// The logit lens.
    Lens,
    /// Norms along the residual stream.
    Norms,
    /// Where a logit difference comes from.
    Attribution,
    /// The next tokens.
    Next,
    /// Surprise per token.
    Surprise,
    /// Perplexity so far.
    Perplexity,
}

impl Figure {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Atlas,
        Self::Pattern,
        Self::Lines,
        Self::Steps,
        Self::Product,
        Self::Lens,
        Self::Attribution,
        Self::Norms,
        Self::Next,
        Self::Surprise,
        Self::Perplexity,
    ];

    /// Its name in `data-figure` and `data-for`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Atlas => "attention.atlas",
            Self::Pattern => "attention.pattern",
            Self::Lines => "attention.lines",
            Self::Steps => "attention.steps",
            Self::Product => "attention.product",
            Self::Lens => "attention.lens",
            Self::Norms => "attention.norms",
            Self::Attribution => "attention.attribution",
            Self::Next => "attention.next",
            Self::Surprise => "attention.surprise",
            Self::Perplexity => "attention.perplexity",
        }
    }
}

/// A figure of the Flash room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlashFigure {
    /// Slow memory, chip and grid.
    Stage,
    /// The steps around this one.
    Timeline,
    /// What is moved.
    Ledger,
    /// The result against its definition.
    Error,
    /// One row of the tile on the chip.
    Row,
    /// Our kernel on the visitor's GPU.
    Device,
    /// Time, memory and error of longer sequences there.
    Growth,
}

impl FlashFigure {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Stage,
        Self::Timeline,
        Self::Ledger,
        Self::Error,
        Self::Row,
        Self::Device,
        Self::Growth,
    ];

    /// Its name in `data-figure` and `data-for`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stage => "flash.stage",
            Self::Timeline => "flash.timeline",
            Self::Ledger => "flash.ledger",
            Self::Error => "flash.error",
            Self::Row => "flash.row",
            Self::Device => "flash.device",
            Self::Growth => "flash.growth",
        }
    }
}

/// A figure of any room: all that menus and the page's first module need to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnyFigure {
    /// Of the Attention room.
    Attention(Figure),
    /// Of the Flash room.
    Flash(FlashFigure),
}

impl AnyFigure {
    /// Its name in `data-figure` and `data-for`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attention(figure) => figure.name(),
            Self::Flash(figure) => figure.name(),
        }
    }
}

impl From<Figure> for AnyFigure {
    fn from(figure: Figure) -> Self {
        Self::Attention(figure)
    }
}

impl From<FlashFigure> for AnyFigure {
    fn from(figure: FlashFigure) -> Self {
        Self::Flash(figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_figures_of_the_page_have_one_name() {
        let attention = Figure::ALL.map(AnyFigure::from);
        let flash = FlashFigure::ALL.map(AnyFigure::from);
        let mut names: Vec<&str> = attention.iter().chain(&flash).map(|it| it.name()).collect();
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
    }
}
