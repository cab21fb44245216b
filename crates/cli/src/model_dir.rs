//! A model from a folder.

use std::path::Path;

use headlight_engine::{AnswerError, BackendChoice, Build, Checksums, Loaded, ModelFiles, load};
use headlight_model::Unhurried;
use headlight_model::tokenizer::{SmallTokenizer, Tokenizer, TokenizerError};

use crate::args::{BackendArg, EngineArgs};
use crate::failure::Failure;
use crate::input::read_bounded;
use crate::library_tokenizer::LibraryTokenizer;

/// A `config.json` with names for a hundred thousand classes has 4 MB.
const MAX_CONFIG_BYTES: u64 = 8 << 20;

/// The largest vocabularies in use, of 260,000 tokens, take 35 MB.
const MAX_TOKENIZER_BYTES: u64 = 64 << 20;

/// Reads the folder's three files, checks them where checksums lie beside them, and puts the
/// model on the backend asked for.
pub(crate) fn open(args: &EngineArgs) -> Result<Loaded, Failure> {
    let choice = match args.backend {
        BackendArg::Gpu if headlight_engine::BUILD == Build::Cpu => {
            let message = "is gpu, but this build computes on the CPU only, expected auto or cpu";
            return Err(Failure::Input(format!("--backend {message}")));
        }
        BackendArg::Gpu => BackendChoice::Gpu,
        BackendArg::Cpu => BackendChoice::Cpu,
        BackendArg::Auto => BackendChoice::Auto,
    };
    let files = ModelFiles {
        config: read_bounded(&args.model.join("config.json"), MAX_CONFIG_BYTES)?,
        weights: read_bounded(&args.model.join("model.safetensors"), u64::MAX)?,
        tokenizer: read_bounded(&args.model.join("tokenizer.json"), MAX_TOKENIZER_BYTES)?,
    };
    let about_model = |error: AnswerError| match Failure::from(error) {
        Failure::Input(message) => Failure::input(args.model.display(), message),
        other @ Failure::Other(_) => other,
    };
    if let Some(sums) = read_sums(&args.model)? {
        let sums = Checksums::parse(&sums).map_err(AnswerError::from);
        let sums = sums.map_err(about_model)?;
        pollster::block_on(sums.check(&files, &Unhurried)).map_err(about_model)?;
    }
    let read = |files: &ModelFiles, device: &_, backend| {
        Loaded::with_tokenizer(files, tokenizer(&files.tokenizer)?, device, backend)
    };
    let loaded = pollster::block_on(load(&files, read, choice, None, &Unhurried));
    let (loaded, report) = loaded.map_err(about_model)?;
    if choice == BackendChoice::Gpu && report.backend != headlight_engine::Backend::Gpu {
        return Err(Failure::Other(report.reason));
    }
    Ok(loaded)
}

/// The list of checksums beside the files, if there is one.
fn read_sums(folder: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let path = folder.join(Checksums::FILE);
    if !path.exists() {
        return Ok(None);
    }
    read_bounded(&path, Checksums::MAX_BYTES as u64).map(Some)
}

/// The engine's own small reader where it can read the file, so that the page
/// and the command line agree; the `tokenizers` library for every other kind.
fn tokenizer(bytes: &[u8]) -> Result<Box<dyn Tokenizer>, TokenizerError> {
    match SmallTokenizer::from_json(bytes) {
        Ok(small) => Ok(Box::new(small)),
        Err(TokenizerError::Unsupported { .. } | TokenizerError::NotInVocabulary { .. }) => {
            Ok(Box::new(LibraryTokenizer::from_json(bytes)?))
        }
        // The small reader's idea of the file's shape is narrower than the library's.
        Err(TokenizerError::Json(own)) => match LibraryTokenizer::from_json(bytes) {
            Ok(library) => Ok(Box::new(library)),
            Err(_) => Err(TokenizerError::Json(own)),
        },
        Err(error) => Err(error),
    }
}
