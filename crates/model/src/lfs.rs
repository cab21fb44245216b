//! What a clone without Git LFS leaves in place of a large file.

use std::fmt;

/// Longer than any pointer: the format allows no more.
pub(crate) const MAX_POINTER_BYTES: usize = 1024;

/// A Git LFS pointer where a file should be.
///
/// `Display` is worded to follow the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LfsPointer {
    /// Length of the file it stands for, where the pointer says it.
    pub real_bytes: Option<u64>,
}

impl LfsPointer {
    /// The pointer that these bytes are, if they are one.
    #[must_use]
    pub fn find(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(MAX_POINTER_BYTES)];
        if !head.starts_with(b"version https://git-lfs") {
            return None;
        }
        let text = String::from_utf8_lossy(head);
        let size = text.lines().find_map(|line| line.strip_prefix("size "));
        let real_bytes = size.and_then(|size| size.trim().parse().ok());
        Some(Self { real_bytes })
    }
}

impl fmt::Display for LfsPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is a Git LFS pointer, expected the file ")?;
        if let Some(real_bytes) = self.real_bytes {
            write!(f, "of {real_bytes} bytes ")?;
        }
        f.write_str("it stands for, which `git lfs pull` fetches")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_says_how_large_the_real_file_is() {
        let pointer =
            b"version https://git-lfs.github.com/spec/v1\noid sha256:5c\nsize 548105171\n";
        let found = LfsPointer::find(pointer).unwrap();
        assert_eq!(found.real_bytes, Some(548_105_171));
        assert_eq!(
            found.to_string(),
            "is a Git LFS pointer, expected the file of 548105171 bytes it stands for, which \
             `git lfs pull` fetches"
        );
        let windows = b"version https://git-lfs.github.com/spec/v1\r\nsize 7\r\n";
        assert_eq!(LfsPointer::find(windows).unwrap().real_bytes, Some(7));
        let torn = b"version https://git-lfs.github.com/spec/v1\nsize";
        assert_eq!(LfsPointer::find(torn).unwrap().real_bytes, None);
    }

    #[test]
    fn other_files_are_no_pointers() {
        assert_eq!(LfsPointer::find(b""), None);
        assert_eq!(LfsPointer::find(b"{\"version\": \"1.0\"}"), None);
    }
}
