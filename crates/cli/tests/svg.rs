//! `--svg`, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use headlight_activations::{CutToken, Cuts, Sampling};
use headlight_figure::number::fixed;
use headlight_figure::{DARK, LIGHT, Shared, Table, drawing_width, svg};
use headlight_formats::write_npy;
use headlight_view::State;
use headlight_view::answers::head::Head;
use headlight_view::answers::run::{Backend, Pattern, Run, WeightedToken};
use headlight_view::answers::truth::ShownTruth;
use headlight_view::frame::figure_words::credit;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::next::N_NEXT;
use headlight_view::rooms::attention::figures::next_list::NextList;
use headlight_view::rooms::attention::files;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::{Algorithm, HeadData, Options, Tiles, TypedStep};
use process::{assert_refused, headlight, model, scratch};
use serde_json::Value;

const PROMPT: &str = "Lily and Tom were good friends. One day, Lily found a red ball.";

fn arguments(of: &str, prompt: &str, file: &Path, options: &[&str]) -> Vec<OsString> {
    let model = model(of).into();
    ["run".into(), "--backend".into(), "cpu".into()]
        .into_iter()
        .chain(["--model".into(), model, "--prompt".into(), prompt.into()])
        .chain(["--svg".into(), file.into()])
        .chain(options.iter().map(Into::into))
        .collect()
}

/// What the command prints, and the file that it writes.
fn answer(of: &str, prompt: &str, file: &str, options: &[&str]) -> (Value, String) {
    let file = scratch(file);
    let options = [options, &["--json"]].concat();
    let done = headlight(arguments(of, prompt, &file, &options));
    assert!(done.status.success(), "{done:?}");
    let printed = serde_json::from_slice(&done.stdout).unwrap();
    (printed, fs::read_to_string(file).unwrap())
}

/// A run as the page keeps it, of the numbers that the command prints.
fn run(printed: &Value) -> Run {
    let read = |name: &str| printed[name].clone();
    Run {
        id: 1,
        backend: Backend::Cpu,
        tokens: serde_json::from_value(read("tokens")).unwrap(),
        next: serde_json::from_value(read("next")).unwrap(),
        nll: serde_json::from_value(read("nll")).unwrap(),
        perplexity: read("perplexity").as_f64(),
        residual: Vec::new(),
        clean: None,
        elapsed_ms: 1.0,
    }
}

/// What the usual sampling leaves where all tokens are printed: all of them.
fn cuts(run: &Run) -> Cuts {
    let token = |token: &WeightedToken| CutToken {
        id: token.id,
        text: token.text.clone(),
        prob: token.prob,
        heated: token.prob,
        drawn: token.prob,
    };
    let d_vocab = run.next.len();
    Cuts {
        tokens: run.next.iter().take(N_NEXT).map(token).collect(),
        n_kept: d_vocab,
        d_vocab,
        mass_kept: 1.0,
    }
}

#[test]
fn the_file_is_the_page_s_figure_of_the_numbers_that_are_printed() {
    for (width, theme) in [(400, &LIGHT), (900, &DARK)] {
        let options = [
            "--truth",
            "--top",
            "100000",
            "--width",
            &width.to_string(),
            "--theme",
            theme.name,
        ];
        let (printed, file) = answer("stories", PROMPT, "svg-figure.svg", &options);
        let truth = serde_json::from_value(printed["truth"].clone()).unwrap();
        let truth = ShownTruth::Known(Shared::new(truth));
        let run = run(&printed);
        let cuts = cuts(&run);
        let list = NextList {
            run: &run,
            truth: &truth,
            cuts: Some(&cuts),
            sampling: Sampling::default(),
            chosen: run.next.first().map(|token| token.id),
        };
        let (table, width) = (Table::new("", &[], Vec::new()), f64::from(width));
        let figure = list.figure(drawing_width(width), table, credit("stories", &[], PROMPT));
        assert_eq!(file, svg(&figure.unwrap(), theme, width));
    }
}

/// What `headlight attention` prints of layer 1, head 2, and the file that it writes.
fn attention(prompt: &str, file: &str, width: &str, theme: &str) -> (Value, String) {
    let file = scratch(file);
    let model = model("stories");
    let mut arguments: Vec<OsString> = ["attention", "--backend", "cpu", "--json"]
        .map(Into::into)
        .to_vec();
    let options = [
        "--layer", "1", "--head", "2", "--width", width, "--theme", theme,
    ];
    arguments.extend(options.map(Into::into));
    arguments.extend([
        "--prompt".into(),
        prompt.into(),
        "--model".into(),
        model.into(),
    ]);
    arguments.extend(["--svg".into(), (&file).into()]);
    let done = headlight(arguments);
    assert!(done.status.success(), "{done:?}");
    let printed = serde_json::from_slice(&done.stdout).unwrap();
    (printed, fs::read_to_string(file).unwrap())
}

/// The page as it opens on the pattern that the command prints.
fn page_of(prompt: &str, printed: &Value) -> State {
    let tokens: Vec<Value> = printed["tokens"].as_array().unwrap().clone();
    let rows: Vec<Vec<f32>> = serde_json::from_value(printed["pattern"].clone()).unwrap();
    let n = tokens.len();
    let run = run(&serde_json::json!({
        "tokens": tokens, "next": [], "nll": vec![None::<f64>; n], "perplexity": null
    }));
    let head = Head { layer: 1, head: 2 };
    let pattern = Pattern::new(head, n, rows.concat(), vec![0.0; n]).unwrap();
    let mut page = State::default();
    page.frame.subject.head = head;
    prompt.clone_into(&mut page.frame.shown_prompt);
    let subject = &mut page.frame.subject;
    page.attention.show(subject, run, Some(pattern));
    page
}

#[test]
fn the_file_of_a_pattern_is_the_page_s_figure_of_the_weights_that_are_printed() {
    // Cells of their own, and pixels.
    for (n_times, width, theme) in [(1, 400, &LIGHT), (5, 900, &DARK)] {
        let prompt = [PROMPT].repeat(n_times).join(" ");
        let (printed, file) = attention(&prompt, "svg-pattern.svg", &width.to_string(), theme.name);
        let (page, width) = (page_of(&prompt, &printed), f64::from(width));
        let figure = files::figure(
            &page.attention,
            &page.frame,
            AttentionFigure::Pattern,
            drawing_width(width),
        );
        assert_eq!(file, svg(&figure.unwrap(), theme, width));
        assert_eq!(
            file.matches("<image").count(),
            if n_times > 1 { 2 } else { 1 }
        );
    }
}

#[test]
fn how_many_tokens_are_printed_does_not_change_the_figure() {
    let (_, usual) = answer("stories", PROMPT, "svg-usual.svg", &[]);
    for top in ["0", "3", "100000"] {
        let (printed, file) = answer("stories", PROMPT, "svg-top.svg", &["--top", top]);
        assert_eq!(file, usual, "--top {top}");
        let n = printed["next"].as_array().unwrap().len();
        assert!(n <= top.parse().unwrap() && (n > 0) == (top != "0"));
    }
}

#[test]
fn the_language_stands_beside_the_model_wherever_it_is_known() {
    // A prompt that the language has, so that it says what comes next.
    let prompt =
        "This is the story of a stubborn witch called Ella. She finds a bell in the tower.";
    let (_, asked) = answer("stories", prompt, "svg-asked.svg", &["--truth"]);
    let (printed, file) = answer("stories", prompt, "svg-not-asked.svg", &[]);
    assert_eq!(file, asked);
    assert!(file.contains("the language itself") && file.contains("width=\"640\""));
    assert!(printed.get("truth").is_none());
    let (_, file) = answer("induction", "ba be bi bo ba be", "svg-induction.svg", &[]);
    assert!(file.contains("comes next with") && !file.contains("the language itself"));
}

#[test]
fn a_figure_that_cannot_be_is_refused() {
    let file = scratch("svg-refused.svg");
    let refused = |of: &str, prompt: &str, options: &[&str], words: &[&str]| {
        assert_refused(arguments(of, prompt, &file, options), words);
        assert!(!file.exists(), "{options:?}");
    };
    refused(
        "stories",
        PROMPT,
        &["--width", "327"],
        &["--width", "327", "328..=8192"],
    );
    refused("stories", PROMPT, &["--width", "-5"], &["--width", "-5"]);
    refused(
        "stories",
        PROMPT,
        &["--theme", "sepia"],
        &["--theme", "sepia", "light, dark"],
    );
    let without_file: Vec<OsString> = arguments("stories", PROMPT, &file, &["--theme", "dark"])
        .into_iter()
        .filter(|word| word != "--svg" && *word != file)
        .collect();
    assert_refused(without_file, &["--svg"]);
}

#[test]
fn the_file_is_none_of_the_model_s() {
    let file = model("stories").join("config.json");
    let before = fs::read(&file).unwrap();
    assert_refused(
        arguments("stories", PROMPT, &file, &[]),
        &["--svg", "--model"],
    );
    assert_eq!(fs::read(&file).unwrap(), before);
}

/// What another command than `run` prints, and the file that it writes.
fn answer_of(command: &str, file: &str, options: &[&str]) -> (Value, String) {
    let file = scratch(file);
    let mut words = arguments("stories", PROMPT, &file, &[options, &["--json"]].concat());
    words[0] = command.into();
    let done = headlight(words);
    assert!(done.status.success(), "{done:?}");
    let printed = serde_json::from_slice(&done.stdout).unwrap();
    (printed, fs::read_to_string(file).unwrap())
}

#[test]
fn the_lens_is_what_the_page_asks_for_whatever_is_listed() {
    let (_, asked) = answer_of("lens", "svg-lens.svg", &[]);
    let (_, listed_less) = answer_of("lens", "svg-lens-1.svg", &["--top", "1"]);
    assert_eq!(asked, listed_less);
    for words in [
        "What each layer would say next",
        "embedding",
        "after layer 0",
    ] {
        assert!(asked.contains(words), "{words}");
    }
    let (_, dark) = answer_of("lens", "svg-lens-dark.svg", &["--theme", "dark"]);
    assert_ne!(asked, dark);
}

#[test]
fn the_attribution_is_the_page_s_figure_of_the_numbers_that_are_printed() {
    let pair = ["--token", "300", "--against", "301", "--width", "500"];
    let (printed, file) = answer_of("attribute", "svg-attribution.svg", &pair);
    let word = printed["token"]["text"].as_str().unwrap().trim();
    assert!(file.contains(word), "{word} in {file}");
    let sum = printed["sum"].as_f64().unwrap();
    let said = format!("sum {}", fixed(sum, 3));
    assert!(file.contains(&said), "{said} in {file}");
}

/// Queries, keys and values, `[n, 3]` each.
fn arrays(n: usize) -> [Vec<f32>; 3] {
    let value = |at: usize, of: usize| ((at * 7 + of * 5) % 11) as f32 / 4.0 - 1.25;
    [0, 1, 2].map(|of| (0..n * 3).map(|at| value(at, of)).collect())
}

/// Arguments of `headlight flash` on `n` rows, which are in files of a test's own.
fn flash_arguments(test: &str, n: usize, file: &Path, options: &[&str]) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["flash".into(), "--svg".into(), file.into()];
    for (option, values) in ["--q", "--k", "--v"].into_iter().zip(arrays(n)) {
        let path = scratch(&format!("svg-{test}{option}.npy"));
        fs::write(&path, write_npy(&[n, 3], &values)).unwrap();
        arguments.extend([option.into(), path.into()]);
    }
    arguments.extend(options.iter().map(Into::into));
    arguments
}

#[test]
fn the_stage_is_the_page_s_of_the_same_numbers_typed() {
    let file = scratch("svg-stage.svg");
    let usual = ["--block-q", "2", "--block-k", "2", "--causal"];
    let by_memory = ["--sram-bytes", "128", "--causal"];
    let none = ["--causal"];
    let of_page = [
        (Algorithm::Fa2, &usual[..], Tiles::Blocks(2, 2), Some(9)),
        (Algorithm::Fa1, &by_memory[..], Tiles::OnChip(128), None),
        (
            Algorithm::Standard,
            &none[..],
            Options::USUAL_TILES,
            Some(0),
        ),
    ];
    for (algorithm, tiles_asked, tiles, step) in of_page {
        for (width, theme) in [(400, &LIGHT), (1000, &DARK)] {
            let (px, at) = (width.to_string(), step.map(|step| step.to_string()));
            let mut options = vec!["--algorithm", algorithm.name(), "--width", &px];
            options.extend(["--theme", theme.name]);
            options.extend(tiles_asked);
            options.extend(at.iter().flat_map(|at| ["--step", at]));
            let done = headlight(flash_arguments("stage", 5, &file, &options));
            assert!(done.status.success(), "{done:?}");
            let [q, k, v] = arrays(5);
            let data = HeadData::new(q, k, v, 3).unwrap();
            let options = Options {
                algorithm,
                tiles,
                ..Options::default()
            };
            let step = TypedStep::new(data, options, step).unwrap();
            let width = f64::from(width);
            let figure = step.figure(FlashFigure::Stage, drawing_width(width));
            let written = fs::read_to_string(&file).unwrap();
            assert_eq!(written, svg(&figure.unwrap(), theme, width));
        }
    }
}

#[test]
fn a_stage_that_cannot_be_is_refused() {
    let file = scratch("svg-stage-refused.svg");
    let refused = |n: usize, options: &[&str], words: &[&str]| {
        let usual = ["--algorithm", "fa2", "--block-q", "2", "--block-k", "2"];
        let options = [&usual, options].concat();
        assert_refused(flash_arguments("refused", n, &file, &options), words);
        assert!(!file.exists(), "{options:?}");
    };
    // Two tiles of queries by two of keys, and every step of theirs.
    refused(4, &["--step", "999"], &["--step: 999, expected 0 to "]);
    refused(4, &["--step", "-1"], &["--step"]);
    refused(4, &["--width", "327"], &["--width", "328..=8192"]);
    refused(
        4_097,
        &[],
        &["--svg: 4097 rows of width 3, expected at most 4096 of width 256"],
    );
    let gpu = if cfg!(feature = "gpu") {
        "--svg"
    } else {
        "--backend"
    };
    refused(4, &["--backend", "gpu"], &[gpu, "gpu"]);
    let without_file: Vec<OsString> = flash_arguments("refused", 4, &file, &["--step", "1"])
        .into_iter()
        .filter(|word| word != "--svg" && *word != file)
        .collect();
    assert_refused(without_file, &["--svg"]);
    let q = scratch("svg-refused--q.npy");
    assert_refused(
        flash_arguments("refused", 4, &q, &["--algorithm", "standard"]),
        &["--svg", "--q"],
    );
}
