//! The shipped models on the page, and the list that the model picker reads.
//!
//! `models/index.json` holds
//! `[{ name, description, prompt, head, examples, bytes, recorded, files: [{ name, bytes }] }]`;
//! description, prompt, head and examples are keys of the card's front matter, `bytes` is what
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
const OPENED: [&str; 4] = [
    "SHA256SUMS",
    "config.json",
    "model.safetensors",
    "tokenizer.json",
];

#[derive(Debug, Serialize)]
struct Model {
    name: String,
    description: String,
    /// A prompt that the model can read.
    prompt: Option<String>,
    /// The head to look at in it.
    head: Option<Head>,
    /// Prompts to try.
    examples: Vec<Example>,
    bytes: u64,
    recorded: bool,
    files: Vec<ModelFile>,
}

/// A prompt to try, with the head to look at and what to look for.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Example {
    head: Option<Head>,
    about: String,
    prompt: String,
}

/// One head of one layer, both counted from 0.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Head {
    layer: usize,
    head: usize,
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
    let tokenizer = fs::read_to_string(folder.join("tokenizer.json"))?;
    let known = words(&serde_json::from_str(&tokenizer)?).join(" ");
    page.write(&format!("models/{name}/words.txt"), known.as_bytes())?;
    Ok(Model {
        description: description(&card),
        prompt: key(&card, "prompt").map(str::to_owned),
        head: key(&card, "head").and_then(head),
        examples: examples(&card),
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

/// A card's front matter and what comes after it.
fn parts(card: &str) -> (&str, &str) {
    let front = card.strip_prefix("---\n");
    let parts = front.and_then(|rest| rest.split_once("\n---"));
    parts.unwrap_or(("", card))
}

/// The value of a key of the front matter.
fn key<'a>(card: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = parts(card).0.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(value.trim().trim_matches('"'))
}

/// The examples of a card: keys `example1`, `example2` and so on, whose values are a head,
/// what to look for, and the prompt, with ` | ` between them.
fn examples(card: &str) -> Vec<Example> {
    let values = (1..).map_while(|number| key(card, &format!("example{number}")));
    let read = |value: &str| {
        let (at, rest) = value.split_once(" | ")?;
        let (about, prompt) = rest.split_once(" | ")?;
        Some(Example {
            head: head(at),
            about: about.to_owned(),
            prompt: prompt.to_owned(),
        })
    };
    values.filter_map(read).collect()
}

/// The words that are one token each, in alphabetical order: of a tokenizer's vocabulary
/// all that is letters and more than one of them, whatever stands before it.
fn words(tokenizer: &serde_json::Value) -> Vec<String> {
    let vocabulary = tokenizer["model"]["vocab"].as_object();
    let names = vocabulary.into_iter().flat_map(|all| all.keys());
    let words = names.map(|name| name.trim_start_matches('\u{120}'));
    let is_word =
        |word: &&str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_alphabetic());
    let mut words: Vec<String> = words.filter(is_word).map(str::to_owned).collect();
    words.sort_by_key(|word| (word.to_lowercase(), word.clone()));
    words.dedup();
    words
}

/// A head as people write it: layer, dot, head.
fn head(text: &str) -> Option<Head> {
    let (layer, head) = text.split_once('.')?;
    Some(Head {
        layer: layer.parse().ok()?,
        head: head.parse().ok()?,
    })
}

/// One line about a model: the card's `description:` key, else its first paragraph.
fn description(card: &str) -> String {
    if let Some(value) = key(card, "description") {
        return value.to_owned();
    }
    let body = parts(card).1.trim_start_matches('-');
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
    fn a_card_names_a_prompt_and_a_head() {
        let card = "---\nprompt: \"ba ko: ba\"\nhead: 1.10\n---\nBody\nhead: 3.3\n";
        assert_eq!(key(card, "prompt"), Some("ba ko: ba"));
        let at = Head { layer: 1, head: 10 };
        assert_eq!(key(card, "head").and_then(head), Some(at));
        assert_eq!(key("head: 3.3\n", "head"), None);
    }

    #[test]
    fn a_card_lists_prompts_to_try() {
        let card = "---\nexample1: 1.2 | Look here. | a | b\nexample2: 3.0 | And here. | c\n---\n";
        let example = |layer, head, about: &str, prompt: &str| Example {
            head: Some(Head { layer, head }),
            about: about.to_owned(),
            prompt: prompt.to_owned(),
        };
        let expected = [
            example(1, 2, "Look here.", "a | b"),
            example(3, 0, "And here.", "c"),
        ];
        assert_eq!(examples(card), expected);
        assert_eq!(examples(""), []);
    }

    #[test]
    fn words_are_the_tokens_of_letters() {
        let tokenizer = serde_json::json!({ "model": { "vocab": {
            "\u{120}tower": 0, "tower": 1, "Ella": 2, "a": 3, "\u{120}=": 4, "<|end|>": 5
        } } });
        assert_eq!(words(&tokenizer), ["Ella", "tower"]);
    }

    #[test]
    fn no_card_is_no_description() {
        assert_eq!(description(""), "");
    }
}
