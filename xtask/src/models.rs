//! The shipped models on the page, and the list that the model picker reads.
//!
//! `models/index.json` holds
//! `[{ name, description, bytes, recorded, files: [{ name, bytes }] }]`; `bytes` is what
//! opening the model downloads before compression, and `recorded` says whether a
//! recorded run of it is shipped.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::dist::Dist;
use crate::workspace::Workspace;

const CARD: &str = "README.md";

/// What the engine reads of a model.
const OPENED: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];

#[derive(Debug, Serialize)]
struct Model {
    name: String,
    description: String,
    bytes: u64,
    recorded: bool,
    files: Vec<ModelFile>,
}

#[derive(Debug, Serialize)]
struct ModelFile {
    name: String,
    bytes: u64,
}

/// Copies each folder of `models/` and writes the list.
pub(crate) fn copy(workspace: &Workspace, page: &Dist) -> Result<()> {
    let mut models = Vec::new();
    for name in sorted_names(&workspace.path("models"))? {
        let folder = workspace.path("models").join(&name);
        if folder.join("config.json").is_file() {
            let recording = workspace.path("web/recorded").join(format!("{name}.json"));
            models.push(copy_one(&folder, name, recording.is_file(), page)?);
        }
    }
    let mut text = serde_json::to_string_pretty(&models)?;
    text.push('\n');
    page.write_plain("models/index.json", text.as_bytes())
}

fn copy_one(folder: &Path, name: String, recorded: bool, page: &Dist) -> Result<Model> {
    let mut files = Vec::new();
    for file in sorted_names(folder)? {
        let path = folder.join(&file);
        if !path.is_file() {
            continue;
        }
        let content =
            fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        page.write(&format!("models/{name}/{file}"), &content)?;
        files.push(ModelFile {
            name: file,
            bytes: content.len() as u64,
        });
    }
    let card = fs::read_to_string(folder.join(CARD)).unwrap_or_default();
    Ok(Model {
        description: description(&card),
        bytes: files
            .iter()
            .filter(|file| OPENED.contains(&file.name.as_str()))
            .map(|file| file.bytes)
            .sum(),
        name,
        recorded,
        files,
    })
}

/// The names in a folder in alphabetical order, hidden ones left out.
fn sorted_names(folder: &Path) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// One line about a model: the card's `description:` key, else its first paragraph.
fn description(card: &str) -> String {
    let mut body = card;
    if let Some(rest) = card.strip_prefix("---\n")
        && let Some((front, after)) = rest.split_once("\n---")
    {
        let key = front
            .lines()
            .find_map(|line| line.strip_prefix("description:"));
        if let Some(value) = key {
            return value.trim().trim_matches('"').to_owned();
        }
        body = after.trim_start_matches('-');
    }
    let paragraph = body
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || line.starts_with('#'))
        .take_while(|line| !line.is_empty());
    let text = paragraph.collect::<Vec<_>>().join(" ");
    text.replace(['`', '*'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cards_first_paragraph_describes_the_model() {
        let card = "# Stories\n\nA small model\nof **one** language.\n\nMore.\n";
        assert_eq!(description(card), "A small model of one language.");
    }

    #[test]
    fn a_description_key_goes_first() {
        let card = "---\nlicense: mit\ndescription: \"Tiny stories\"\n---\n# T\n\nBody\n";
        assert_eq!(description(card), "Tiny stories");
        let card = "---\nlicense: mit\n---\n\n# T\n\nBody\n";
        assert_eq!(description(card), "Body");
    }

    #[test]
    fn no_card_is_no_description() {
        assert_eq!(description(""), "");
    }
}
