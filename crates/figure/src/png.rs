//! Pixels as an indexed PNG: a palette, an index per cell, compressed.
//!
//! # References
//!
//! PNG specification, third edition (2025), <https://www.w3.org/TR/png-3/>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc::{CRC_32_ISO_HDLC, Crc, Table};

use crate::pixels::Pixels;
use crate::theme::Theme;

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// A table of one kilobyte: what is checked is small.
const CHECKSUM: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);
/// Bits of an index.
const BIT_DEPTH: u8 = 8;
/// An index into a palette per cell.
const INDEXED: u8 = 3;
/// Effort of the compression, 0 to 10.
const EFFORT: u8 = 6;

/// The pixels in a theme's colours as a PNG file; nothing if there are no cells.
///
/// A cell is one pixel of the image. Transparent cells take one more entry of the
/// palette, behind its colours.
#[must_use]
pub fn png(pixels: &Pixels, theme: &Theme) -> Option<Vec<u8>> {
    let (width, height) = (
        u32::try_from(pixels.n_columns).ok()?,
        u32::try_from(pixels.n_rows).ok()?,
    );
    if width == 0 || height == 0 {
        return None;
    }
    let mut header = Vec::with_capacity(13);
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([BIT_DEPTH, INDEXED, 0, 0, 0]);
    let mut colours = pixels.palette.colours(theme);
    let n_opaque = colours.len() as u8;
    // What is transparent has the colour of the first entry, should it shine through.
    colours.push(colours[0]);
    let opacities: Vec<u8> = (0..=n_opaque)
        .map(|index| if index < n_opaque { u8::MAX } else { 0 })
        .collect();
    let mut lines = Vec::with_capacity((pixels.n_columns + 1) * pixels.n_rows);
    for row in pixels.indices.chunks(pixels.n_columns) {
        // A line begins with its filter; none suits indices best.
        lines.push(0);
        lines.extend(row.iter().map(|&index| index.min(n_opaque)));
    }
    let mut file = SIGNATURE.to_vec();
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"PLTE", &colours.concat());
    chunk(&mut file, *b"tRNS", &opacities);
    let compressed = miniz_oxide::deflate::compress_to_vec_zlib(&lines, EFFORT);
    chunk(&mut file, *b"IDAT", &compressed);
    chunk(&mut file, *b"IEND", &[]);
    Some(file)
}

/// The pixels as a `data:` URL, which needs no file beside the drawing.
#[must_use]
pub fn data_url(pixels: &Pixels, theme: &Theme) -> Option<String> {
    let file = png(pixels, theme)?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(file)))
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    file.extend((content.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(content);
    let checksum = CHECKSUM.checksum(&file[start..]);
    file.extend(checksum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shade::Palette;
    use crate::theme::{DARK, LIGHT};

    fn chunks(file: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut rest = file.strip_prefix(&SIGNATURE).unwrap();
        let mut found = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let kind = String::from_utf8(rest[4..8].to_vec()).unwrap();
            found.push((kind, rest[8..8 + length].to_vec()));
            rest = &rest[12 + length..];
        }
        found
    }

    #[test]
    fn the_chunks_hold_the_size_the_colours_and_the_indices() {
        let values = [Some(0.0), Some(1.0), None, Some(0.5), Some(0.0), None];
        let pixels = Pixels::new(values, 3, Palette::TwoColour("paper", "beam"));
        let chunks = chunks(&png(&pixels, &LIGHT).unwrap());
        let kinds: Vec<&str> = chunks.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
        assert_eq!(chunks[0].1, [0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
        let paper = [0xfb, 0xfa, 0xf6];
        assert_eq!(chunks[1].1, [paper, [0xf0, 0xa0, 0x00], paper].concat());
        assert_eq!(chunks[2].1, [255, 255, 0]);
        let lines = miniz_oxide::inflate::decompress_to_vec_zlib(&chunks[3].1).unwrap();
        assert_eq!(lines, [0, 0, 1, 2, 0, 1, 0, 2]);
    }

    #[test]
    fn a_theme_changes_the_colours_alone() {
        let pixels = Pixels::new([Some(0.3); 9], 3, Palette::Sequential);
        let [light, dark] = [&LIGHT, &DARK].map(|theme| chunks(&png(&pixels, theme).unwrap()));
        let differing = light
            .iter()
            .zip(&dark)
            .filter(|(light, dark)| light != dark);
        let kinds: Vec<&String> = differing.map(|((kind, _), _)| kind).collect();
        assert_eq!(kinds, ["PLTE"]);
    }

    #[test]
    fn no_cells_are_no_image() {
        let pixels = Pixels::new([], 0, Palette::Sequential);
        assert_eq!(png(&pixels, &LIGHT), None);
        assert_eq!(data_url(&pixels, &LIGHT), None);
    }
}
