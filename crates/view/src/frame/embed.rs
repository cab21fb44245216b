//! A figure in someone else's page: what a document of its own needs to show it, and the
//! code that a writer puts into an article.

use headlight_figure::{Element, Gesture, Size};

use super::link::Pairs;

/// A figure with its interaction, without a page around it. The document around it owns
/// the clock.
pub trait Embedded {
    /// Name of the figure.
    fn title(&self) -> String;

    /// Sentence about what the figure shows now.
    fn sentence(&self) -> String;

    /// Source of the numbers, and how they were rounded.
    fn credit(&self) -> String;

    /// Accessible name of the figure, with the keys that operate it.
    fn spoken(&self) -> String;

    /// The drawing in a width.
    fn drawing(&mut self, width_px: f64) -> Option<(Element, Size)>;

    /// The marks under the pointer, which lie over the drawing and move alone.
    fn marks(&mut self, _width_px: f64) -> Option<(Element, Size)> {
        None
    }

    /// What a visitor operates below the drawing, as HTML.
    fn controls(&self) -> Option<Element> {
        None
    }

    /// Does what a gesture asks for, made at the drawing of a width; false for nothing.
    fn on_gesture(&mut self, gesture: &Gesture, width_px: f64) -> bool;

    /// Whether time moves it.
    fn is_playing(&self) -> bool {
        false
    }

    /// Lets time pass, in milliseconds.
    fn tick(&mut self, _elapsed_ms: f64) {}

    /// Stops what time moves.
    fn pause(&mut self) {}
}

/// What a room says of its figure for a link.
pub(crate) struct EmbedParts {
    /// Its numbers, packed; `None` where the room's pairs say how to make them.
    pub(crate) data: Option<String>,
    /// What is selected.
    pub(crate) pairs: Pairs,
    /// Name of the figure.
    pub(crate) title: String,
    /// File of the figure, as it is saved.
    pub(crate) picture: String,
    /// What of the page is not in it.
    pub(crate) note: Option<&'static str>,
}

/// A figure's own link, for a page of one figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedLink {
    /// Fragment of the link, with its `#`.
    pub fragment: String,
    /// Fragment of the link to the whole page, with its `#`.
    pub page_fragment: String,
    /// Name of the figure.
    pub title: String,
    /// File of the figure, as it is saved.
    pub picture: String,
    /// What of the page is not in it.
    pub note: Option<&'static str>,
}

/// What the frame of a figure may do: run its script, and open the page when a reader
/// follows its link.
pub const SANDBOX: &str = "allow-scripts allow-popups allow-popups-to-escape-sandbox";

/// Script for an article, once: gives each frame the height that its figure asks for.
pub const RESIZE_SCRIPT: &str = r#"<script>
addEventListener("message", ({ data, source }) => {
  if (data?.type !== "headlight:resize") return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === source) frame.height = data.height;
  }
});
</script>"#;

/// Address of the document that shows one figure, beside the page's.
pub const DOCUMENT: &str = "embed.html";

impl EmbedLink {
    /// Address of the figure's own document, `base` being the folder of the page's.
    #[must_use]
    pub fn address(&self, base: &str) -> String {
        format!("{base}{DOCUMENT}{}", self.fragment)
    }

    /// The code that shows the figure in an article, `height` pixels high until it says
    /// its own height.
    #[must_use]
    pub fn iframe(&self, base: &str, height: u32) -> String {
        format!(
            "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{height}\" \
             sandbox=\"{SANDBOX}\" loading=\"lazy\" style=\"border: 0\"></iframe>",
            escaped(&self.address(base)),
            escaped(&self.title)
        )
    }

    /// The saved picture with a link to the page, for hosts that drop frames.
    #[must_use]
    pub fn markdown(&self, base: &str) -> String {
        let title = self.title.replace(['[', ']', '\n'], " ");
        format!(
            "[![{title}]({})]({base}{})",
            self.picture, self.page_fragment
        )
    }
}

/// Text as it stands in an attribute of HTML.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_for_an_article_holds_no_way_out_of_its_attributes() {
        let link = EmbedLink {
            fragment: "#/attention?v=1&data=abc".to_owned(),
            page_fragment: "#/attention?v=1".to_owned(),
            title: "Head \"1.2\" <script>]".to_owned(),
            picture: "headlight-attention-pattern.svg".to_owned(),
            note: None,
        };
        let code = link.iframe("https://example.org/", 480);
        assert!(
            code.contains("src=\"https://example.org/embed.html#/attention?v=1&amp;data=abc\"")
        );
        assert!(
            code.contains("title=\"Head &quot;1.2&quot; &lt;script&gt;]\""),
            "{code}"
        );
        assert!(
            code.contains("sandbox=\"allow-scripts allow-popups")
                && code.contains("height=\"480\"")
        );
        let markdown = link.markdown("https://example.org/");
        let expected = "[![Head \"1.2\" <script> ](headlight-attention-pattern.svg)](https://example.org/#/attention?v=1)";
        assert_eq!(markdown, expected);
    }
}
