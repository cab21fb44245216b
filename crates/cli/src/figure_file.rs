//! `--svg`: a figure of the page as a file, from the numbers that a command has computed.
//!
//! The command puts its numbers into the page's own state ([`page_with`]) and asks the
//! figure of that, so that a file from here is a file from there, byte for byte.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use headlight_engine::RunAnswer;
use headlight_figure::{DARK, Figure, LIGHT, Shared, Theme, drawing_width, svg, unscaled_width};
use headlight_language::Truth;
use headlight_view::State;
use headlight_view::answers::run::{Pattern, Run};
use headlight_view::answers::truth::ShownTruth;
use headlight_view::session::{BackendChoice, Session};

use crate::failure::Failure;
use crate::model_dir;
use crate::output::{Named, Output, check_apart};

/// A figure as a file, as the page saves it.
#[derive(Debug, Args)]
pub(crate) struct FigureArgs {
    /// A file for the figure that the page shows of this
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Width of that file in pixels
    #[arg(
        long,
        value_name = "PX",
        default_value_t = 640,
        value_parser = clap::value_parser!(u32).range(NARROWEST_PX..=WIDEST_PX),
        requires = "svg",
        allow_negative_numbers = true
    )]
    pub(crate) width: u32,
    /// Colours of that file
    #[arg(long, value_enum, default_value_t, requires = "svg")]
    pub(crate) theme: ThemeArg,
}

/// Least width of a file: heading and credit need as much.
const NARROWEST_PX: i64 = unscaled_width(0.0) as i64;
/// Most pixels that every browser and printer can draw.
const WIDEST_PX: i64 = 8192;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThemeArg {
    /// Dark ink on paper
    #[default]
    Light,
    /// Light ink on a dark ground
    Dark,
}

impl ThemeArg {
    const fn colours(self) -> &'static Theme {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

/// A file that a figure is written to, begun before anything is computed.
#[derive(Debug)]
pub(crate) struct FigureFile {
    file: Output,
    width: f64,
    theme: &'static Theme,
}

impl FigureFile {
    /// Begins the file of a figure about a model, if one is asked for; it must be none of
    /// the model's own.
    pub(crate) fn of_model(args: &FigureArgs, model: &Path) -> Result<Option<Self>, Failure> {
        let files = model_dir::files(model);
        let inputs: Vec<Named<'_>> = files.iter().map(|path| ("--model", &**path)).collect();
        Self::create(args, &inputs)
    }

    /// Begins the file, if one is asked for; it must be none of `inputs`.
    pub(crate) fn create(args: &FigureArgs, inputs: &[Named<'_>]) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.svg else {
            return Ok(None);
        };
        check_apart(&[("--svg", &**path)], inputs)?;
        Ok(Some(Self {
            file: Output::create(path)?,
            width: f64::from(args.width),
            theme: args.theme.colours(),
        }))
    }

    /// Writes what `figure` draws in the width that the file leaves for it. Where it draws
    /// nothing, `why_not` says why.
    pub(crate) fn write(
        mut self,
        figure: impl FnOnce(f64) -> Option<Figure>,
        why_not: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let drawn = figure(drawing_width(self.width));
        let drawn = drawn.ok_or_else(|| Failure::input("--svg", why_not()))?;
        let text = svg(&drawn, self.theme, self.width);
        self.file.put(text.as_bytes())?;
        self.file.finish()
    }
}

/// The page's state as it opens on this answer: the last token is selected, the head is
/// that of the answer's pattern, and nothing was changed.
pub(crate) fn page_with(
    model: &Path,
    prompt: &str,
    mut answer: RunAnswer,
    truth: Option<Truth>,
) -> State {
    let mut state = State::default();
    let State {
        frame, attention, ..
    } = &mut state;
    frame.session = Session::new(&model_dir::name(model), BackendChoice::Auto);
    prompt.clone_into(&mut frame.shown_prompt);
    // Lengths that do not fit are mistakes of the engine, and then there is no pattern.
    let pattern = answer.pattern.take().map(Pattern::try_from);
    let pattern = pattern.and_then(Result::ok);
    if let Some(pattern) = &pattern {
        frame.subject.head = pattern.head();
    }
    attention.show(&mut frame.subject, Run::from(answer), pattern);
    if let Some(truth) = truth {
        frame.subject.truth = ShownTruth::Known(Shared::new(truth));
    }
    state
}
