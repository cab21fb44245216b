//! The project's own commands: `cargo xtask serve`, `test`, `build` and a few more.
//!
//! Plain Rust instead of shell scripts and a bundler, so that a fresh clone
//! needs nothing but cargo: each command sets up what it lacks and says what it
//! installs. `serve` and `test` are the two that a visitor of the repository
//! needs; the rest is for people who work on it.
//!
//! Every cargo call shares one target folder outside the checkout (see
//! [`workspace`]), so only a machine's first build is cold.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks"
)]

mod bench;
mod browser_tools;
mod bundle;
mod compress;
mod debian;
mod dist;
mod engines;
mod fixtures;
mod headers;
mod models;
mod page;
mod process;
mod results;
mod serve;
mod server;
mod size;
mod split;
mod stages;
mod template;
mod test;
mod toolchain;
mod wasm;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::page::Audience;
use crate::wasm::Quality;
use crate::workspace::Workspace;

/// Headlight's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the page and serve it on this machine; the address is the last line of stdout.
    Serve(serve::Options),
    /// Build the folder that a static host can serve.
    Build {
        /// Compile fast instead of small.
        #[arg(long)]
        quick: bool,
        /// Where the page goes.
        #[arg(long, default_value = "dist")]
        out: PathBuf,
    },
    /// Run everything that CI runs; the last line is `N passed, N failed`.
    Test,
    /// Run the fast half of `test`: formatting, lints and native tests.
    Check,
    /// Build the page and the command line as `test` does, and run browser tests.
    Browser {
        /// Files of `tests/browser` to run, such as `gpu`; all if none is named.
        files: Vec<String>,
    },
    /// Regenerate the models' checksums, the recorded runs and, with Python, the fixtures, and
    /// show what changed.
    Fixtures,
    /// Measure the engine beside onnxruntime-web, and our kernels beside the plain path.
    Bench(bench::Options),
    /// Print what a visitor downloads against the byte budgets.
    Size {
        /// Measure this folder instead of building a release.
        #[arg(long)]
        dist: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one command; `false` when it ran but what it checked does not hold.
fn run(task: Task) -> anyhow::Result<bool> {
    let workspace = Workspace::find()?;
    match task {
        Task::Serve(options) => serve::run(&workspace, &options).map(|()| true),
        Task::Build { quick, out } => {
            let quality = if quick {
                Quality::Quick
            } else {
                Quality::Release
            };
            page::build(&workspace, &out, quality, Audience::Visitors)?;
            println!("{}", out.display());
            Ok(true)
        }
        Task::Test => Ok(test::everything(&workspace)),
        Task::Check => Ok(test::fast_half(&workspace)),
        Task::Browser { files } => Ok(test::browser_only(&workspace, &files)),
        Task::Fixtures => fixtures::run(&workspace),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::Size { dist } => size::run(&workspace, dist),
    }
}
