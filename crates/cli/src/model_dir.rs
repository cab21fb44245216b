//! A model from a folder.

use std::fs::File;
use std::path::{Path, PathBuf};

use headlight_engine::{BackendChoice, Build, Checksums, Loaded, ModelFiles, load};
use headlight_model::tokenizer::{SmallTokenizer, Tokenizer, TokenizerError};
use headlight_model::{Architecture, Unhurried};

use crate::args::{BackendArg, EngineArgs};
use crate::failure::Failure;
use crate::input::{check_kind, read_bounded, read_failure};
use crate::library_tokenizer::{LibraryError, LibraryTokenizer};
use crate::weight_shards::open_shards;

/// A `config.json` with names for a hundred thousand classes has 4 MB.
const MAX_CONFIG_BYTES: u64 = 8 << 20;

/// The largest vocabularies in use, of 260,000 tokens, take 35 MB.
const MAX_TOKENIZER_BYTES: u64 = 64 << 20;

/// Reads the folder's files, checks them where checksums lie beside them, and puts the
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
    let path = |name: &str| args.model.join(name);
    let config = read_bounded(&path("config.json"), MAX_CONFIG_BYTES)?;
    let architecture = Architecture::from_json(&config);
    let architecture =
        architecture.map_err(|error| Failure::about_model(&args.model, error.into()))?;
    let tokenizer_json = read_bounded(&path("tokenizer.json"), MAX_TOKENIZER_BYTES)?;
    let loaded = if let Some(weights) = open_shards(&args.model)? {
        check_sums_of_shards(&args.model)?;
        let read = |weights: &_, device: &_, backend| {
            let tokenizer = tokenizer(&tokenizer_json)?;
            Loaded::with_weights(architecture.clone(), tokenizer, weights, device, backend)
        };
        pollster::block_on(load(&weights, read, choice, None, &Unhurried))
    } else {
        let files = ModelFiles {
            config,
            weights: read_weights(&args.model, &architecture)?,
            tokenizer: tokenizer_json,
        };
        check_sums(&args.model, &files)?;
        let read = |files: &ModelFiles, device: &_, backend| {
            Loaded::with_tokenizer(files, tokenizer(&files.tokenizer)?, device, backend)
        };
        pollster::block_on(load(&files, read, choice, None, &Unhurried))
    };
    let (loaded, report) = loaded.map_err(|error| Failure::about_model(&args.model, error))?;
    if choice == BackendChoice::Gpu && report.backend != headlight_engine::Backend::Gpu {
        return Err(Failure::Other(report.reason));
    }
    Ok(loaded)
}

/// The checksums beside a folder's files, if there are any.
fn read_sums(folder: &Path) -> Result<Option<Checksums>, Failure> {
    let path = folder.join(Checksums::FILE);
    if !path.exists() {
        return Ok(None);
    }
    let sums = Checksums::parse(&read_bounded(&path, Checksums::MAX_BYTES as u64)?);
    let sums = sums.map_err(|error| Failure::about_model(folder, error.into()));
    sums.map(Some)
}

/// Compares files that were read with the checksums beside them, if there are any.
fn check_sums(folder: &Path, files: &ModelFiles) -> Result<(), Failure> {
    let Some(sums) = read_sums(folder)? else {
        return Ok(());
    };
    let checked = pollster::block_on(sums.check(files, &Unhurried));
    checked.map_err(|error| Failure::about_model(folder, error))
}

/// Compares the files of a model whose weights are in several, which are read for it.
fn check_sums_of_shards(folder: &Path) -> Result<(), Failure> {
    let Some(sums) = read_sums(folder)? else {
        return Ok(());
    };
    for name in sums.files().filter(|name| is_a_models_file(name)) {
        let path = folder.join(name);
        let Ok(metadata) = std::fs::metadata(&path) else {
            continue;
        };
        check_kind(&path, &metadata)?;
        let checked = File::open(&path).and_then(|mut file| sums.check_file(name, &mut file));
        let checked = checked.map_err(|error| read_failure(&path, &error))?;
        checked.map_err(|error| Failure::about_model(folder, error.into()))?;
    }
    Ok(())
}

/// True for a name that configuration, tokenizer, index or weights may have in the folder.
fn is_a_models_file(name: &str) -> bool {
    let is_one = name.ends_with(".json") || name.ends_with(".safetensors");
    is_one && !name.contains(['/', '\\'])
}

/// The one file of weights, no larger than the configuration can account for.
fn read_weights(folder: &Path, architecture: &Architecture) -> Result<Vec<u8>, Failure> {
    let path = folder.join("model.safetensors");
    let other = folder.join("pytorch_model.bin");
    if !path.exists() && other.exists() {
        let found = other.display();
        let message = format!("{found} is a file of torch.save, expected model.safetensors");
        return Err(Failure::Input(message));
    }
    read_bounded(&path, architecture.most_weight_bytes())
}

/// What a model is called: its folder's name.
pub(crate) fn name(folder: &Path) -> String {
    let absolute = || std::fs::canonicalize(folder).ok();
    let name = folder.file_name().map(ToOwned::to_owned);
    // `.` and `..` are no names.
    let name = name.or_else(|| absolute()?.file_name().map(ToOwned::to_owned));
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The files of a folder that are a model's, and those that would be.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    // Weights may lie in several files, with an index of them.
    let weights = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("model") && name.contains(".safetensors")
    });
    [
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        Checksums::FILE,
    ]
    .map(|name| folder.join(name))
    .into_iter()
    .chain(weights.map(|entry| entry.path()))
    .collect()
}

/// The engine's own small reader where it can read the file, so that the page
/// and the command line agree; the `tokenizers` library for every other kind.
fn tokenizer(bytes: &[u8]) -> Result<Box<dyn Tokenizer>, TokenizerError> {
    let library = || LibraryTokenizer::from_json(bytes);
    match SmallTokenizer::from_json(bytes) {
        Ok(small) => Ok(Box::new(small)),
        Err(TokenizerError::Unsupported { .. } | TokenizerError::NotInVocabulary { .. }) => {
            Ok(Box::new(library()?))
        }
        // The small reader's idea of the file's shape is narrower than the library's,
        // and its words for what is wrong with it are plainer.
        Err(TokenizerError::Json(own)) => match library() {
            Ok(library) => Ok(Box::new(library)),
            Err(LibraryError::Json(_)) => Err(TokenizerError::Json(own)),
            Err(error) => Err(error.into()),
        },
        Err(error) => Err(error),
    }
}
