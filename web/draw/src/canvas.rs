//! Matrices of colours on a canvas, one pixel per cell.

use headlight_figure::{Pixels, Theme};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Paints a matrix under a theme. A canvas that cannot be had stays empty: the table
/// behind the figure says the same.
pub(crate) fn paint(canvas: &HtmlCanvasElement, pixels: &Pixels, theme: &Theme) {
    let _ = try_to_paint(canvas, pixels, theme);
}

fn try_to_paint(canvas: &HtmlCanvasElement, pixels: &Pixels, theme: &Theme) -> Option<()> {
    let width = u32::try_from(pixels.n_columns).ok()?;
    let height = u32::try_from(pixels.n_rows).ok()?;
    // Whoever sets a size, even the same, gets a new canvas.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    let rgba = pixels.rgba(theme);
    let rgba = Clamped(rgba.as_slice());
    let image = ImageData::new_with_u8_clamped_array_and_sh(rgba, width, height).ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()
}
