//! Files that commands write: whole, or not at all.
//!
//! A file is written beside the one it is to replace and takes its place when all
//! of it is on the disk. A full disk, a kill or a refusal on the way leaves what
//! was there before, and under the name that was asked for there is never half a
//! file. What a kill may leave is a `.headlight-*.part` beside it.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// How the name of an unfinished file starts and ends.
pub(crate) const UNFINISHED: [&str; 2] = [".headlight-", ".part"];

/// A file under way. Dropped before it is finished it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Output {
    /// Path as it was asked for.
    path: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Beside {
        file: BufWriter<NamedTempFile>,
        /// Path that is written: no link any more.
        target: PathBuf,
        /// Of the file it replaces, if there is one.
        permissions: Option<Permissions>,
    },
    /// A device or a pipe, which nothing can take the place of.
    InPlace(BufWriter<File>),
}

impl Output {
    /// Begins a file. Nothing changes under its name before [`finish`](Self::finish).
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let sink = Sink::open(path).map_err(|error| Failure::write(path, &error))?;
        let path = path.to_owned();
        Ok(Self { path, sink })
    }

    /// Begins a file where one is asked for.
    pub(crate) fn create_if(path: Option<&PathBuf>) -> Result<Option<Self>, Failure> {
        path.map(|path| Self::create(path)).transpose()
    }

    /// Adds to the file.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.put_with(|to| to.write_all(bytes))
    }

    /// Adds to the file what `write` writes.
    pub(crate) fn put_with(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let to: &mut dyn Write = match &mut self.sink {
            Sink::Beside { file, .. } => file,
            Sink::InPlace(file) => file,
        };
        write(to).map_err(|error| Failure::write(&self.path, &error))
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { path, sink } = self;
        sink.finish().map_err(|error| Failure::write(&path, &error))
    }
}

/// Writes a file in one go.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut output = Output::create(path)?;
    output.put(bytes)?;
    output.finish()
}

impl Sink {
    fn open(path: &Path) -> io::Result<Self> {
        let permissions = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // Also where the shell has put a file behind `/dev/stdout`.
            Ok(found) if !found.is_file() || path.starts_with("/dev") => {
                let file = OpenOptions::new().write(true).open(path)?;
                return Ok(Self::InPlace(BufWriter::new(file)));
            }
            Ok(found) => {
                // Renaming would get around a file's own permissions.
                OpenOptions::new().write(true).open(path)?;
                Some(found.permissions())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let target = resolved(path)?;
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut builder = Builder::new();
        builder.prefix(UNFINISHED[0]).suffix(UNFINISHED[1]);
        // Else it would be for the owner's eyes only; the umask still counts.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder);
        // The error itself names the file beside, which nobody has asked for.
        let file = file.map_err(|error| io::Error::from(error.kind()))?;
        Ok(Self::Beside {
            file: BufWriter::new(file),
            target,
            permissions,
        })
    }

    fn finish(self) -> io::Result<()> {
        let (file, target, permissions) = match self {
            Self::InPlace(mut file) => return file.flush(),
            Self::Beside {
                file,
                target,
                permissions,
            } => (file, target, permissions),
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions)?;
        }
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        sync_folder(&target);
        Ok(())
    }
}

/// Has the disk hold the new name too. Not every file system can do that, and the
/// file is complete without it.
fn sync_folder(file: &Path) {
    let folder = file.parent().and_then(|folder| File::open(folder).ok());
    let _synced = folder.map(|folder| folder.sync_all());
}

/// Most links from one to the next, as on Linux.
const MAX_LINKS: usize = 40;

/// The path without links, of a file that need not be there.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => std::fs::canonicalize(folder)?,
            _ => std::fs::canonicalize(".")?,
        };
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let place = folder.join(name);
        match std::fs::read_link(&place) {
            Ok(target) => path = folder.join(target),
            Err(_) => return Ok(place),
        }
    }
    Err(io::Error::other("a circle of links"))
}

/// A file by the option that names it.
pub(crate) type Named<'a> = (&'a str, &'a Path);

/// Refuses outputs that are one of the inputs, or each other, however they are
/// spelt and linked.
pub(crate) fn check_apart(outputs: &[Named<'_>], inputs: &[Named<'_>]) -> Result<(), Failure> {
    for (index, &(option, path)) in outputs.iter().enumerate() {
        let others = inputs.iter().chain(&outputs[..index]);
        for &(other, other_path) in others {
            if is_same_file(path, other_path) {
                let about = format!("{option} {}", path.display());
                let message = format!("is the file of {other} too, expected another");
                return Err(Failure::input(about, message));
            }
        }
    }
    Ok(())
}

/// True for two names of one file, there or not. Devices and pipes are no files.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let found = [a, b].map(|path| std::fs::metadata(path).ok());
    if found.iter().flatten().any(|found| !found.is_file()) {
        return false;
    }
    if let [Some(a), Some(b)] = &found
        && is_same_inode(a, b)
    {
        return true;
    }
    match (resolved(a), resolved(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// True for one file under two names that are both as good.
#[cfg(unix)]
fn is_same_inode(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same_inode(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_finished_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npy");
        std::fs::write(&path, "old").unwrap();
        let mut output = Output::create(&path).unwrap();
        output.put(&[b'n'; 100_000]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        drop(output);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["x.npy"]);
        write(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["x.npy"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_permissions_and_a_new_one_has_the_usual() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let [usual, ours] = ["usual", "ours"].map(|name| folder.path().join(name));
        std::fs::write(&usual, "").unwrap();
        write(&ours, b"").unwrap();
        assert_eq!(mode(&ours), mode(&usual));
        std::fs::set_permissions(&ours, Permissions::from_mode(0o640)).unwrap();
        write(&ours, b"more").unwrap();
        assert_eq!(mode(&ours), 0o640);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("deep/file", &link).unwrap();
        for text in ["first", "second"] {
            write(&link, text.as_bytes()).unwrap();
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
            let file = folder.path().join("deep/file");
            assert_eq!(std::fs::read_to_string(file).unwrap(), text);
        }
        let circle = folder.path().join("circle");
        std::os::unix::fs::symlink("circle", &circle).unwrap();
        assert!(write(&circle, b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_as_it_is() {
        write(Path::new("/dev/null"), b"gone").unwrap();
        let full = write(Path::new("/dev/full"), b"too much").unwrap_err();
        assert_eq!(full.exit_code(), 1, "{}", full.line());
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_folder_that_is_not_there_is_the_caller_s_slip() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["no/such/x", ""] {
            let failure = write(&folder.path().join(path), b"").unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{}", failure.line());
            assert!(!failure.line().contains(".part"), "{}", failure.line());
        }
    }

    #[test]
    fn two_spellings_of_one_file_are_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("deep")).unwrap();
        std::fs::write(at("there"), "").unwrap();
        let same = |a: &str, b: &str| is_same_file(&at(a), &at(b));
        assert!(same("there", "deep/../there") && same("new", "deep/../new"));
        assert!(!same("there", "new") && !same("new", "deep/new"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../there", at("deep/link")).unwrap();
            std::os::unix::fs::symlink("../new", at("deep/dangling")).unwrap();
            std::fs::hard_link(at("there"), at("hard")).unwrap();
            assert!(same("there", "deep/link") && same("new", "deep/dangling"));
            assert!(same("there", "hard") && same("hard", "deep/link"));
            let null = Path::new("/dev/null");
            assert!(!is_same_file(null, null));
        }
    }
}
