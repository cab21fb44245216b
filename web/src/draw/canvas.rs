//! Painting pixels onto a canvas.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Paints `[row, column, 4]` bytes, one pixel per cell. A canvas that cannot be had
/// stays empty: the table behind the figure says the same.
pub fn paint(canvas: &HtmlCanvasElement, pixels: &[u8], columns: usize, rows: usize) {
    let _ = try_to_paint(canvas, pixels, columns, rows);
}

fn try_to_paint(
    canvas: &HtmlCanvasElement,
    pixels: &[u8],
    columns: usize,
    rows: usize,
) -> Option<()> {
    let (width, height) = (u32::try_from(columns).ok()?, u32::try_from(rows).ok()?);
    // Whoever sets a size, even the same, gets a new canvas.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height).ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()
}
