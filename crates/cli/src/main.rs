//! `headlight`: the engine without a browser, and training of the shipped models.
//!
//! What it prints is a contract: one JSON object on stdout with `--json`, one
//! line on stderr when something is wrong, exit code 2 for bad input.

mod args;
mod commands;
mod failure;
mod figure_file;
mod input;
mod library_tokenizer;
mod model_dir;
mod output;
mod progress;
mod train;
mod weight_shards;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, TrainArgs, TrainModel};
use commands::{attention, attribute, capture, eval, flash, generate, lens, run, stories};
use failure::{Failure, usage_line};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return fail(&Failure::Input(usage_line(error))),
        // Help and version.
        Err(error) => return print(error.to_string().trim_end()),
    };
    let result = match &cli.command {
        Command::Run(args) => run::run(args),
        Command::Capture(args) => capture::capture(args),
        Command::Attention(args) => attention::attention(args),
        Command::Lens(args) => lens::lens(args),
        Command::Attribute(args) => attribute::attribute(args),
        Command::Generate(args) => generate::generate(args),
        Command::Flash(args) => flash::flash(args),
        Command::Eval(args) => eval::eval(args),
        Command::Stories(args) => stories::stories(args),
        Command::Train(args) => train(args),
    };
    match result {
        Ok(text) => print(&text),
        Err(failure) => fail(&failure),
    }
}

fn train(args: &TrainArgs) -> Result<String, Failure> {
    let default_steps = match args.model {
        TrainModel::Stories => train::STORIES_STEPS,
        TrainModel::Induction => train::INDUCTION_STEPS,
    };
    let training = train::Training {
        out: args.out.clone(),
        steps: args.steps.map_or(default_steps, |steps| steps as usize),
        minutes: args.minutes,
        seed: args.seed,
        resume: args.resume,
    };
    if let Some(minutes) = training
        .minutes
        .filter(|minutes| minutes.is_nan() || *minutes <= 0.0)
    {
        let message = format!("--minutes is {minutes}, expected a number above 0");
        return Err(Failure::Input(message));
    }
    match args.model {
        TrainModel::Stories => train::stories(&training)?,
        TrainModel::Induction => train::induction(&training)?,
    }
    Ok(format!("{} holds the model", args.out.display()))
}

fn print(text: &str) -> ExitCode {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough is no failure of ours.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&Failure::Other(format!(
            "stdout could not be written: {error}"
        ))),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    // There is nowhere left to complain to if this fails.
    let _written = writeln!(std::io::stderr(), "headlight: {}", failure.line());
    ExitCode::from(failure.exit_code())
}
