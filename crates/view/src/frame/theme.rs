//! Light or dark.

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// Dark on paper.
    #[default]
    Light,
    /// Light on slate.
    Dark,
}

impl ThemeName {
    /// `light` or `dark`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Colours of figures under this theme.
    #[must_use]
    pub const fn colours(self) -> &'static headlight_figure::Theme {
        match self {
            Self::Light => &headlight_figure::LIGHT,
            Self::Dark => &headlight_figure::DARK,
        }
    }

    /// Reads `light` or `dark`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }
}
