//! Compressed copies beside the files, so that a server need not compress.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::wasm::Quality;

/// The compressed copies of one file that are worth having.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// For `Content-Encoding: br`.
    pub(crate) brotli: Option<Vec<u8>>,
    /// For `Content-Encoding: gzip`.
    pub(crate) gzip: Option<Vec<u8>>,
}

impl Copies {
    /// Compresses `bytes`, as small as possible for a release.
    pub(crate) fn of(bytes: &[u8], quality: Quality) -> io::Result<Self> {
        let (brotli_level, gzip_level) = match quality {
            Quality::Quick => (5, 6),
            Quality::Release => (11, 9),
        };
        let (brotli, gzip) = std::thread::scope(|scope| {
            let gzip = scope.spawn(|| gzip(bytes, gzip_level));
            let brotli = brotli(bytes, brotli_level);
            (brotli, gzip.join())
        });
        let gzip = gzip.unwrap_or_else(|_| Err(io::Error::other("the gzip encoder panicked")))?;
        Ok(Self {
            brotli: worthwhile(brotli?, bytes),
            gzip: worthwhile(gzip, bytes),
        })
    }
}

/// Whether files of this name shrink: text, WebAssembly and weights do, images do not.
pub(crate) fn is_compressible(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(
        extension,
        "css" | "html" | "js" | "json" | "md" | "safetensors" | "svg" | "txt" | "wasm"
    )
}

/// `bytes` as brotli with the largest window that browsers accept.
pub(crate) fn brotli(bytes: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, level, 24);
    writer.write_all(bytes)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(bytes: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::new(level));
    writer.write_all(bytes)?;
    writer.finish()
}

/// A copy that saves less than a twentieth is not worth unpacking.
fn worthwhile(copy: Vec<u8>, original: &[u8]) -> Option<Vec<u8>> {
    (copy.len() + original.len() / 20 < original.len()).then_some(copy)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_copies_unpack_to_the_original() {
        let text = "attention ".repeat(500).into_bytes();
        let copies = Copies::of(&text, Quality::Release).unwrap();
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(copies.brotli.unwrap().as_slice(), 4096)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        unpacked.clear();
        flate2::read::GzDecoder::new(copies.gzip.unwrap().as_slice())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
    }

    #[test]
    fn copies_that_save_nothing_are_dropped() {
        let copies = Copies::of(b"x", Quality::Quick).unwrap();
        assert!(copies.brotli.is_none() && copies.gzip.is_none());
    }

    #[test]
    fn images_are_left_alone() {
        assert!(is_compressible("engine-cpu-0123456789abcdef_bg.wasm"));
        assert!(!is_compressible("figure.png"));
        assert!(!is_compressible("LICENSE"));
    }
}
