//! The words of a figure's menu, and how each figure is computed.

use headlight_figure::token;

use super::ablation::Ablation;

/// Names the menu of a figure.
pub const MORE: &str = "More about this figure";
/// Opens the table behind a figure.
pub const SHOW_NUMBERS: &str = "Show numbers";
/// Closes it.
pub const HIDE_NUMBERS: &str = "Hide numbers";
/// Copies the page's link.
pub const COPY_LINK: &str = "Copy link";
/// Saves the figure as lines and text.
pub const SAVE_SVG: &str = "Save as SVG";
/// Saves the figure as pixels.
pub const SAVE_PNG: &str = "Save as PNG";
/// Saves the numbers for a spreadsheet.
pub const SAVE_CSV: &str = "Save data as CSV";
/// Saves the numbers for a program.
pub const SAVE_JSON: &str = "Save data as JSON";
/// Opens what a figure means and where it comes from.
pub const SHOW_METHOD: &str = "How this is computed";
/// Closes it.
pub const HIDE_METHOD: &str = "Hide how this is computed";
/// Opens the code that shows a figure in an article.
pub const SHOW_EMBED: &str = "Embed in a page";
/// Closes it.
pub const HIDE_EMBED: &str = "Hide the code to embed";
/// What the code does.
pub const EMBED_ABOUT: &str = "The figure as it stood when you opened this, with its numbers in \
     the address: nothing is uploaded, and readers fetch no model. It follows the reader's light \
     or dark; with &theme=light or &theme=dark in the address it keeps one.";
/// Parts taken out, which no embedded figure says.
pub const EMBED_WHOLE_MODEL: &str = "An embedded figure is of the whole model: put the parts \
     back, or save the picture instead.";
/// Label of the code for pages.
pub const EMBED_HTML: &str = "HTML, for a page of your own";
/// Label of the script that gives frames their height.
pub const EMBED_SCRIPT: &str = "Once per page: lets each frame be as high as its figure";
/// Label of the code for hosts that drop frames.
pub const EMBED_MARKDOWN: &str =
    "Markdown, for hosts that drop frames: save the picture as SVG and put it beside the text";
/// Copies the code above.
pub const COPY: &str = "Copy";
/// The code was copied.
pub const COPIED: &str = "Copied";
/// The browser gave no access to the clipboard.
pub const NOT_COPIED: &str = "Select and copy by hand";
/// Label of the figure as readers will see it.
pub const EMBED_PREVIEW: &str = "Preview";
/// A figure whose numbers have not arrived.
pub const NOTHING_TO_SAVE: &str = "There is nothing to save yet: this figure has no numbers.";

/// Label of the formula.
pub const FORMULA: &str = "Formula";
/// Label of the unit.
pub const UNIT: &str = "Unit";
/// Label of where the definition comes from.
pub const SOURCE: &str = "Source";
/// Label of the command that prints the same numbers.
pub const COMMAND: &str = "Command";
/// Label of the file in the repository.
pub const CODE: &str = "Code";
/// What the command line's attention cannot do.
pub const WHOLE_MODEL_ONLY: &str =
    "This command reads the whole model: it has no option to take parts out.";
/// What the command says of the atlas.
pub const ONE_HEAD: &str = "It prints the scores of one head at a time.";

/// What the command says of one head where the mean of several is shown.
pub const ONE_OF_SEVERAL: &str =
    "It is of the selected head alone; the page shows the mean over several.";

/// The menu of one of several figures.
#[must_use]
pub fn more_about(title: &str) -> String {
    format!("{MORE}: {title}")
}

/// The table behind a figure, as a place of the page.
#[must_use]
pub fn numbers_of(title: &str) -> String {
    format!("Numbers: {title}")
}

/// A file is in the visitor's downloads.
#[must_use]
pub fn saved(name: &str) -> String {
    format!("Saved {name}.")
}

/// The browser could not make a file.
#[must_use]
pub fn not_saved(name: &str) -> String {
    format!("This browser could not make {name}.")
}

/// Most characters of a prompt below a drawing.
const CREDITED_CHARS: usize = 240;

/// Below a drawing that left the page: the model, what was taken out of it, and the prompt
/// if it is known.
#[must_use]
pub fn credit(model: &str, ablations: &[Ablation], prompt: &str) -> String {
    let mut credit = format!(
        "{} \u{b7} model {model}, raw weights",
        super::words::PRODUCT
    );
    let changes: Vec<String> = ablations.iter().map(|it| it.label()).collect();
    if !changes.is_empty() {
        credit.push_str(" \u{b7} ");
        credit.push_str(&changes.join(", "));
    }
    if !prompt.is_empty() {
        let prompt = token::shorten(prompt, CREDITED_CHARS);
        credit.push_str(" \u{b7} prompt \u{201c}");
        credit.push_str(&prompt);
        credit.push('\u{201d}');
    }
    credit
}

/// How a figure is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodText {
    /// The formula, as text.
    pub formula: &'static str,
    /// Meaning of the formula, in plain words.
    pub meaning: &'static str,
    /// The unit and the range.
    pub unit: &'static str,
    /// Who defined it, or whose convention is followed.
    pub source: &'static str,
    /// The file of this repository that computes it.
    pub code: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_saved_figure_stand_model_changes_and_prompt() {
        let changes = ["3.2:zero", "mlp1:mean"].map(|it| it.parse().unwrap());
        assert_eq!(
            credit("stories", &changes, "Lily ran."),
            "Headlight \u{b7} model stories, raw weights \u{b7} head 3.2 = 0, MLP 1 = its mean \
             \u{b7} prompt \u{201c}Lily ran.\u{201d}"
        );
        let long = credit("stories", &[], &"Lily ran. ".repeat(400));
        assert!(long.chars().count() < 320, "{long}");
    }
}
