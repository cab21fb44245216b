//! Files that a command reads, judged before they are read.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use headlight_activations::utf8_text;

use crate::failure::Failure;

/// The bytes of a file that has at most `limit_bytes`.
///
/// A larger file is refused unread, and what is no file is not opened: a folder, a
/// device, a pipe that might never end or never begin. Only the pipe that the shell
/// already holds open for us, such as `/dev/stdin`, is read, up to the limit.
pub(crate) fn read_bounded(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
    let about = path.display();
    let failed = |error: std::io::Error| read_failure(path, &error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    check_kind(path, &metadata)?;
    let too_large = |found: &str| {
        let message = format!("{found} bytes, expected at most {limit_bytes}");
        Failure::Input(format!("{about} has {message}"))
    };
    if metadata.len() > limit_bytes {
        return Err(too_large(&metadata.len().to_string()));
    }
    let mut bytes = Vec::new();
    // What is there already is reserved at once; a file may still grow.
    let n_bytes = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    bytes.try_reserve_exact(n_bytes).map_err(|_too_large| {
        Failure::Other(format!(
            "{about} has {n_bytes} bytes, more than there is memory for"
        ))
    })?;
    let file = File::open(path).map_err(failed)?;
    let mut file = file.take(limit_bytes.saturating_add(1));
    file.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit_bytes {
        return Err(too_large(&format!("more than {limit_bytes}")));
    }
    Ok(bytes)
}

/// The text of a UTF-8 file of at most `limit_bytes`, without a byte-order mark.
pub(crate) fn read_text(path: &Path, limit_bytes: u64) -> Result<String, Failure> {
    let bytes = read_bounded(path, limit_bytes)?;
    let text = utf8_text(&bytes);
    let text = text.map_err(|error| Failure::Input(format!("{} {error}", path.display())))?;
    Ok(text.to_owned())
}

/// A file that could not be read.
pub(crate) fn read_failure(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("{} could not be read: {error}", path.display());
    match error.kind() {
        ErrorKind::OutOfMemory => Failure::Other(message),
        _ => Failure::Input(message),
    }
}

/// Refuses what is no file.
pub(crate) fn check_kind(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let is_held_open = path.starts_with("/dev/fd") || path == Path::new("/dev/stdin");
    let found = if metadata.is_dir() {
        "is a folder"
    } else if metadata.is_file() || is_held_open {
        return Ok(());
    } else {
        "is a device or a pipe"
    };
    let about = path.display();
    Err(Failure::Input(format!("{about} {found}, expected a file")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(path: &Path, limit_bytes: u64) -> String {
        match read_bounded(path, limit_bytes) {
            Err(Failure::Input(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    fn scratch(name: &str, bytes: &[u8]) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("headlight-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn a_file_is_read_up_to_its_limit_and_no_further() {
        let path = scratch("five", b"12345");
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        let found = message(&path, 4);
        assert!(
            found.ends_with("has 5 bytes, expected at most 4"),
            "{found}"
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_sparse_file_beyond_the_limit_is_refused_unread() {
        let path = scratch("sparse", b"");
        // Reading a terabyte would not end.
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(1 << 40)
            .unwrap();
        assert!(message(&path, 1 << 20).contains("1099511627776 bytes, expected at most 1048576"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        assert!(message(&std::env::temp_dir(), 9).ends_with("is a folder, expected a file"));
        let device = Path::new("/dev/zero");
        if device.exists() {
            assert!(message(device, 9).ends_with("is a device or a pipe, expected a file"));
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        let path = scratch("mark", b"\xef\xbb\xbf{}");
        assert_eq!(read_text(&path, 9).unwrap(), "{}");
        std::fs::remove_file(path).unwrap();
        let path = scratch("wide", b"\xff\xfe{\0}\0");
        let error = read_text(&path, 9).unwrap_err();
        assert!(
            error.line().ends_with("is UTF-16, expected UTF-8"),
            "{error:?}"
        );
        std::fs::remove_file(path).unwrap();
    }
}
