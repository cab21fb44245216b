//! Kinds of text on the stage; numbers and what follows a letter are the kit's.

use headlight_figure::{Face, TextStyle};

/// Headings of the parts.
pub(crate) const HEADING: TextStyle = TextStyle {
    class: "stage-heading",
    face: Face::SansBold,
    size: 12.0,
};
/// Remarks, and names of rows and keys.
pub(crate) const REMARK: TextStyle = TextStyle {
    class: "stage-note",
    face: Face::Sans,
    size: 11.0,
};
/// Letters of arrays and of numbers.
pub(crate) const LETTER: TextStyle = TextStyle {
    class: "stage-letter",
    face: Face::SansBold,
    size: 12.5,
};

#[cfg(test)]
mod tests {
    use headlight_figure::theme::STYLE_SHEET;

    use super::*;

    #[test]
    fn the_style_sheet_has_the_same_sizes_and_weights() {
        for style in [HEADING, REMARK, LETTER] {
            let name = format!("\n.{} {{", style.class);
            let (_, rule) = STYLE_SHEET.split_once(&name).unwrap();
            let (rule, _) = rule.split_once('}').unwrap();
            assert!(rule.contains("font-family: var(--sans);"), "{rule}");
            assert!(
                rule.contains(&format!("font-size: {}px;", style.size)),
                "{rule}"
            );
            let is_bold = style.face == Face::SansBold;
            assert_eq!(rule.contains("font-weight: 700"), is_bold, "{rule}");
        }
    }
}
