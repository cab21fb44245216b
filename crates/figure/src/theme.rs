//! The look of figures: the theme's values as data, and the rules of the style sheet
//! with these values put in.
//!
//! The page has the same values in its own style sheet, under the same names; a test
//! says that they are equal.

use std::collections::BTreeSet;

use crate::ramp::{Diverging, Ramp};

/// Red, green and blue, 0 to 255.
pub type Rgb = [u8; 3];

/// Rules for what figures draw: selectors of classes, values by the theme's names.
pub const STYLE_SHEET: &str = include_str!("figure.css");

/// Values for the names that the style sheet uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Name of the theme, in classes and files.
    pub name: &'static str,
    /// Colours by their names without dashes.
    pub colours: &'static [(&'static str, Rgb)],
}

/// Dark ink on paper.
pub const LIGHT: Theme = Theme {
    name: "light",
    colours: &[
        ("paper", rgb(0xfbfaf6)),
        ("surface", rgb(0xffffff)),
        ("sunken", rgb(0xf4f2ec)),
        ("ink", rgb(0x1d1c1a)),
        ("ink-2", rgb(0x56534d)),
        ("ink-3", rgb(0x706c65)),
        ("line", rgb(0xe3dfd6)),
        ("line-strong", rgb(0xc9c4b8)),
        ("beam", rgb(0xf0a000)),
        ("beam-ink", rgb(0x8a5600)),
        ("beam-wash", rgb(0xfff2d3)),
        ("seq-0", rgb(0xf7f5ef)),
        ("seq-1", rgb(0xc9d9e2)),
        ("seq-2", rgb(0x8fb2c7)),
        ("seq-3", rgb(0x4f87a6)),
        ("seq-4", rgb(0x1e5f84)),
        ("seq-5", rgb(0x0a3a5a)),
        ("div-neg", rgb(0x2a6f97)),
        ("div-mid", rgb(0xf4f2ec)),
        ("div-pos", rgb(0xc8641b)),
        ("q", rgb(0x2f6f9f)),
        ("k", rgb(0x7a4f9e)),
        ("v", rgb(0x2a795e)),
        ("o", rgb(0xa8471d)),
        ("masked", rgb(0xddd9cf)),
        ("truth", rgb(0x1d1c1a)),
        ("good", rgb(0x2d6e4e)),
        ("bad", rgb(0xa3341f)),
    ],
};

/// Light ink on a dark ground.
pub const DARK: Theme = Theme {
    name: "dark",
    colours: &[
        ("paper", rgb(0x131519)),
        ("surface", rgb(0x1a1d22)),
        ("sunken", rgb(0x0f1114)),
        ("ink", rgb(0xece8df)),
        ("ink-2", rgb(0xb3aea3)),
        ("ink-3", rgb(0x918c82)),
        ("line", rgb(0x2a2e35)),
        ("line-strong", rgb(0x434851)),
        ("beam", rgb(0xffb52e)),
        ("beam-ink", rgb(0xffc75f)),
        ("beam-wash", rgb(0x3a2c10)),
        ("seq-0", rgb(0x1c2026)),
        ("seq-1", rgb(0x20384a)),
        ("seq-2", rgb(0x2b5a78)),
        ("seq-3", rgb(0x4187ac)),
        ("seq-4", rgb(0x76b5d6)),
        ("seq-5", rgb(0xc6e6f7)),
        ("div-neg", rgb(0x5fa8d3)),
        ("div-mid", rgb(0x20242a)),
        ("div-pos", rgb(0xe58a3f)),
        ("q", rgb(0x7db4dd)),
        ("k", rgb(0xbd97dc)),
        ("v", rgb(0x71c3a3)),
        ("o", rgb(0xec966d)),
        ("masked", rgb(0x2b2f36)),
        ("truth", rgb(0xece8df)),
        ("good", rgb(0x7cc79d)),
        ("bad", rgb(0xef8a74)),
    ],
};

/// Stacks of typefaces, each with a generic family at its end.
pub const FONTS: [(&str, &str); 3] = [
    (
        "serif",
        r#"Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, "DejaVu Serif", serif"#,
    ),
    (
        "sans",
        r#"Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif"#,
    ),
    (
        "mono",
        r#"ui-monospace, "JetBrains Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace"#,
    ),
];

const fn rgb(hex: u32) -> Rgb {
    [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8]
}

impl Theme {
    /// Colour of this name; black for a name that the theme does not have.
    #[must_use]
    pub fn rgb(&self, name: &str) -> Rgb {
        let mut colours = self.colours.iter();
        let found = colours.find(|(known, _)| *known == name);
        found.map_or([0; 3], |(_, rgb)| *rgb)
    }

    /// Colours of weights.
    pub(crate) fn ramp(&self) -> Ramp {
        let names = ["seq-0", "seq-1", "seq-2", "seq-3", "seq-4", "seq-5"];
        Ramp {
            stops: names.map(|name| self.rgb(name)),
        }
    }

    /// Colours of changes.
    pub(crate) fn diverging(&self) -> Diverging {
        Diverging {
            ends: ["div-neg", "div-mid", "div-pos"].map(|name| self.rgb(name)),
        }
    }

    /// Text of a value of the style sheet by its name without dashes.
    fn value(&self, name: &str) -> String {
        let mut fonts = FONTS.iter();
        match fonts.find(|(known, _)| *known == name) {
            Some((_, stack)) => (*stack).to_owned(),
            None => hex(self.rgb(name)),
        }
    }

    /// Declarations with the theme's values in the place of their names.
    fn resolved(&self, declarations: &str) -> String {
        let mut parts = declarations.split("var(--");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once(')').unwrap_or((part, ""));
            out.push_str(&self.value(name));
            out.push_str(rest);
        }
        out
    }

    /// Rules of the style sheet for elements of these classes, each with `scope` before
    /// its selectors, and before the names it refers to.
    #[must_use]
    pub fn rules(&self, classes: &BTreeSet<&str>, scope: &Scope<'_>) -> String {
        let mut out = String::new();
        for (selectors, declarations) in rules(STYLE_SHEET) {
            let used = selectors.split(',').map(str::trim);
            let used = used.filter(|selector| {
                let mut needed = selector.split('.').skip(1);
                needed.all(|class| classes.contains(class))
            });
            let used: Vec<String> = used
                .map(|selector| format!("{}{selector}", scope.selector))
                .collect();
            if !used.is_empty() {
                out.push_str(&used.join(","));
                out.push('{');
                let declarations = self.resolved(declarations);
                out.push_str(&declarations.replace("url(#", &format!("url(#{}", scope.id)));
                out.push('}');
            }
        }
        out
    }
}

/// What keeps a drawing's rules and names apart from those of the document it is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope<'a> {
    /// Selector before each selector, with the blank behind it.
    pub selector: &'a str,
    /// Text before each `id` and each reference to one.
    pub id: &'a str,
}

/// A colour as CSS writes it: `#f0a000`.
#[must_use]
pub fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Selectors and declarations of a style sheet without nesting, comments left out.
fn rules(style_sheet: &str) -> impl Iterator<Item = (&str, &str)> {
    style_sheet.split('}').filter_map(|rule| {
        let (selectors, declarations) = rule.split_once('{')?;
        let selectors = selectors.rsplit("*/").next().unwrap_or_default();
        Some((selectors.trim(), declarations.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../../web/style/tokens.css");

    /// Values that the page's style sheet has under `selector`, by name.
    fn page_values(selector: &str) -> Vec<(String, String)> {
        let (_, rest) = TOKENS.split_once(&format!("{selector} {{")).unwrap();
        let (block, _) = rest.split_once('}').unwrap();
        let values = block.split(';').filter_map(|declaration| {
            // A comment ends where the next declaration begins.
            let declaration = declaration.rsplit("*/").next()?;
            let (name, value) = declaration.split_once(':')?;
            let name = name.trim().strip_prefix("--")?;
            Some((name.to_owned(), value.trim().to_owned()))
        });
        values.collect()
    }

    #[test]
    fn the_values_are_those_of_the_page() {
        let light = page_values(":root");
        let dark = page_values(r#":root[data-theme="dark"]"#);
        assert!(light.len() > 35 && dark.len() > 25);
        // What the dark theme does not change is that of the light one.
        let inherited = light
            .iter()
            .filter(|(name, _)| dark.iter().all(|(known, _)| known != name));
        let dark: Vec<_> = dark.iter().chain(inherited).cloned().collect();
        for (theme, page) in [(&LIGHT, light), (&DARK, dark)] {
            let resolved = |value: &str| match value.strip_prefix("var(--") {
                Some(name) => theme.value(name.trim_end_matches(')')),
                None => value.to_owned(),
            };
            for (name, rgb) in theme.colours {
                let found = page.iter().find(|(known, _)| known == name);
                let value = found.map(|(_, value)| resolved(value));
                assert_eq!(value, Some(hex(*rgb)), "{} {name}", theme.name);
            }
            for (name, value) in &page {
                let is_colour = value.starts_with('#') || value.starts_with("var(");
                let is_known = theme.colours.iter().any(|(known, _)| known == name);
                assert_eq!(is_colour, is_known, "{} {name}", theme.name);
            }
        }
        for (name, stack) in FONTS {
            let page = page_values(":root");
            let found = page.iter().find(|(known, _)| known == name).unwrap();
            assert_eq!(found.1, stack, "{name}");
        }
    }

    #[test]
    fn a_stack_of_typefaces_ends_in_a_generic_family() {
        for (name, stack) in FONTS {
            let last = stack.rsplit(", ").next().unwrap();
            assert!(
                ["serif", "sans-serif", "monospace"].contains(&last),
                "{name}"
            );
        }
    }

    #[test]
    fn selectors_are_classes_alone_and_values_have_names_of_the_theme() {
        let mut n_rules = 0;
        for (selectors, declarations) in rules(STYLE_SHEET) {
            n_rules += 1;
            for selector in selectors.split(',') {
                let is_class = |class: &str| {
                    !class.is_empty() && class.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                };
                let classes = selector.trim().strip_prefix('.').unwrap();
                assert!(classes.split('.').all(is_class), "{selector}");
            }
            for part in declarations.split("var(--").skip(1) {
                let name = part.split(')').next().unwrap();
                let is_colour = LIGHT.colours.iter().any(|(known, _)| *known == name);
                let is_font = FONTS.iter().any(|(known, _)| *known == name);
                assert!(is_colour || is_font, "{name}");
            }
        }
        assert!(n_rules > 20);
        assert!(!STYLE_SHEET.contains('@'));
    }

    #[test]
    fn only_rules_of_classes_that_occur_are_written() {
        let scope = Scope {
            selector: ".outer ",
            id: "a-",
        };
        let classes = BTreeSet::from(["masked-cells"]);
        let rules = LIGHT.rules(&classes, &scope);
        assert_eq!(rules, ".outer .masked-cells{fill: url(#a-hatch);}");
        let classes = BTreeSet::from(["hatch-ground"]);
        let rules = DARK.rules(&classes, &Scope::default());
        assert_eq!(rules, ".hatch-ground{fill: #0f1114;}");
        assert_eq!(DARK.rules(&BTreeSet::new(), &scope), "");
    }
}
