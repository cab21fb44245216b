//! Files that a command reads, judged before they are read.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use headlight_activations::utf8_text;
use headlight_formats::{NpyArray, NpyError, NpyHead};

use crate::failure::Failure;

/// The bytes of a file that has at most `limit_bytes`.
///
/// A larger file is refused unread, and what is no file is not opened: a folder, a
/// device, a pipe that might never end or never begin. Only the pipe that the shell
/// already holds open for us, such as `/dev/stdin`, is read, up to the limit.
pub(crate) fn read_bounded(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
    let about = path.display();
    let failed = |error: std::io::Error| read_failure(path, &error);
    let metadata = judge(path, limit_bytes)?;
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
        return Err(too_large(
            path,
            &format!("more than {limit_bytes}"),
            limit_bytes,
        ));
    }
    Ok(bytes)
}

/// An `npy` file of at most `max_numbers`, read in pieces: beside its numbers nothing
/// as large as the file is held.
pub(crate) fn read_npy(path: &Path, max_numbers: u64) -> Result<NpyArray, Failure> {
    let failed = |error: std::io::Error| read_failure(path, &error);
    let refused = |error: NpyError| npy_failure(path, &error);
    let start_bytes = NpyHead::MAX_BYTES as u64;
    let limit_bytes = max_numbers.saturating_mul(8).saturating_add(start_bytes);
    let metadata = judge(path, limit_bytes)?;
    if !metadata.is_file() {
        // How long it is will be known when it is there.
        let array = NpyArray::read(&read_bounded(path, limit_bytes)?).map_err(refused)?;
        check_count(path, array.values.len() as u128, max_numbers)?;
        return Ok(array);
    }
    let mut file = File::open(path).map_err(failed)?;
    let mut start = Vec::new();
    let mut first = file.by_ref().take(start_bytes);
    first.read_to_end(&mut start).map_err(failed)?;
    let head = NpyHead::read(&start).map_err(refused)?;
    let numbers_at = head.numbers_at();
    let count = head.count();
    let mut reader = head.reader(metadata.len()).map_err(refused)?;
    check_count(path, count, max_numbers)?;
    reader.take(&start[numbers_at..]);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return reader.finish().map_err(refused),
            Ok(n) => reader.take(&piece[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Bytes held of a file that is read in pieces.
const PIECE_BYTES: usize = 1 << 20;

fn npy_failure(path: &Path, error: &NpyError) -> Failure {
    let message = format!("{}: {error}", path.display());
    match error {
        NpyError::Memory { .. } => Failure::Other(message),
        _ => Failure::Input(message),
    }
}

fn check_count(path: &Path, found: u128, max_numbers: u64) -> Result<(), Failure> {
    if found <= u128::from(max_numbers) {
        return Ok(());
    }
    let message = format!("has {found} numbers, expected at most {max_numbers}");
    Err(Failure::Input(format!("{} {message}", path.display())))
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

/// Refuses what is no file, and a file beyond the limit.
fn judge(path: &Path, limit_bytes: u64) -> Result<Metadata, Failure> {
    let metadata = std::fs::metadata(path).map_err(|error| read_failure(path, &error))?;
    check_kind(path, &metadata)?;
    if metadata.len() > limit_bytes {
        let found = metadata.len().to_string();
        return Err(too_large(path, &found, limit_bytes));
    }
    Ok(metadata)
}

fn too_large(path: &Path, found: &str, limit_bytes: u64) -> Failure {
    let message = format!("{found} bytes, expected at most {limit_bytes}");
    Failure::Input(format!("{} has {message}", path.display()))
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
    fn an_npy_file_in_pieces_is_the_file() {
        let values: Vec<f32> = (0..600_000_u32).map(|i| i as f32).collect();
        let bytes = headlight_formats::write_npy(&[200_000, 3], &values);
        let path = scratch("npy", &bytes);
        let array = read_npy(&path, 600_000).unwrap();
        assert_eq!((array.shape, array.values), (vec![200_000, 3], values));
        let too_many = read_npy(&path, 599_999).unwrap_err().line();
        assert!(
            too_many.ends_with("has 600000 numbers, expected at most 599999"),
            "{too_many}"
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn an_npy_header_is_judged_before_any_number_is_read() {
        let path = scratch("claims", b"");
        // A gigabyte that is not there, and a header that claims more of them.
        let head = headlight_formats::write_npy(&[0, 64], &[]);
        let head = String::from_utf8_lossy(&head[10..]).replace("(0, ", "(9999999, ");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((head.len() as u16).to_le_bytes());
        bytes.extend(head.as_bytes());
        std::fs::write(&path, &bytes).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(1 << 30).unwrap();
        let found = read_npy(&path, 1 << 28).unwrap_err().line();
        assert!(
            found.contains("expected 2559999744 for shape [9999999, 64]"),
            "{found}"
        );
        file.set_len(1 << 40).unwrap();
        let found = read_npy(&path, 1 << 28).unwrap_err().line();
        assert!(
            found.contains("has 1099511627776 bytes, expected at most"),
            "{found}"
        );
        std::fs::remove_file(path).unwrap();
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
