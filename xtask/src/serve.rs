//! `cargo xtask serve`: from a fresh clone to a page in the browser.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::dist::Dist;
use crate::engines::{self, Engines};
use crate::page::Audience;
use crate::toolchain::WasmToolchain;
use crate::wasm::{Module, Quality};
use crate::workspace::Workspace;
use crate::{page, server};

/// What to serve and where.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The port on 127.0.0.1; the next free one is taken if it is in use, and any with 0.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Compile small instead of fast.
    #[arg(long)]
    release: bool,
    /// Leave out the engine for WebGPU.
    #[arg(long)]
    no_gpu: bool,
    /// Serve this folder, which `cargo xtask build` made, and build nothing.
    #[arg(long, conflicts_with_all = ["release", "no_gpu"])]
    dist: Option<PathBuf>,
}

/// Builds what is asked for, serves it, and goes on until it is stopped.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the server cannot start")?;
    // The port first: it is ours before minutes of compiling, and names the folder.
    let listener = runtime.block_on(server::listen(options.port))?;
    let address = listener.local_addr()?;
    let folder = match &options.dist {
        Some(folder) if folder.join("index.html").is_file() => folder.clone(),
        Some(folder) => bail!("{} holds no built page", folder.display()),
        None => {
            let folder = workspace.page_folder(&format!("serve-{}", address.port()));
            let quality = if options.release {
                Quality::Release
            } else {
                Quality::Quick
            };
            let toolchain = WasmToolchain::ensure(workspace)?;
            let dist = Dist::create(&folder, quality)?;
            let engines = page::build_without_gpu(workspace, toolchain, &dist, Audience::Visitors)?;
            if !options.no_gpu {
                let workspace = workspace.clone();
                runtime.spawn_blocking(move || {
                    add_gpu_engine(&workspace, toolchain, &dist, engines);
                });
            }
            folder
        }
    };
    println!("http://{address}");
    io::stdout().flush()?;
    runtime.block_on(server::serve(listener, &folder, &[]))
}

/// Builds the gpu engine while the page is already served, and lists it when it is there.
fn add_gpu_engine(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    page: &Dist,
    mut engines: Engines,
) {
    eprintln!("the page is up with the cpu engine; the gpu engine is being built");
    let added = engines::build(workspace, toolchain, Module::EngineGpu, page).and_then(|engine| {
        engines.gpu = Some(engine);
        engines.write(page)
    });
    match added {
        Ok(()) => eprintln!("the gpu engine is there; reload the page to use it"),
        Err(error) => eprintln!("the page stays on the cpu engine: {error:#}"),
    }
}
