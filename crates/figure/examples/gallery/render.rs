//! SVG as pixels.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Draws a file at a scale, with the fonts of `options`.
///
/// # Errors
///
/// What the renderer does not understand.
pub(crate) fn render(svg: &str, scale: f32, options: &Options<'_>) -> Result<Pixmap, String> {
    let tree = Tree::from_str(svg, options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size().scale_by(scale).ok_or("no size")?;
    let mut pixmap = Pixmap::new(size.width(), size.height()).ok_or("no pixels")?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    Ok(pixmap)
}
