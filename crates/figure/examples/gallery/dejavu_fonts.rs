//! Fonts that texts are measured with, for a renderer.

use std::sync::Arc;

use resvg::usvg::{Options, fontdb};

/// Options for drawing with these fonts alone, whatever the machine has.
pub(crate) fn with_dejavu() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    for font in [
        dejavu::sans::regular(),
        dejavu::sans::bold(),
        dejavu::serif::regular(),
        dejavu::serif::bold(),
        dejavu::sans_mono::regular(),
        dejavu::sans_mono::bold(),
    ] {
        fonts.load_font_data(font.to_vec());
    }
    fonts.set_sans_serif_family("DejaVu Sans");
    fonts.set_serif_family("DejaVu Serif");
    fonts.set_monospace_family("DejaVu Sans Mono");
    Options {
        fontdb: Arc::new(fonts),
        ..Options::default()
    }
}
