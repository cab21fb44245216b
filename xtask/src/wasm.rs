//! Compiling the page's modules: the shell, the engine with and without WebGPU, and the language.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::toolchain::{TARGET, WasmToolchain};
use crate::workspace::Workspace;

/// Effort of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    /// For development and tests: minutes sooner, larger.
    Quick,
    /// For visitors.
    Release,
}

impl Quality {
    /// The Cargo profile that builds with it.
    fn profile(self) -> &'static str {
        match self {
            Self::Quick => "web-quick",
            Self::Release => "web-release",
        }
    }
}

/// One WebAssembly module of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Module {
    /// The page itself.
    Shell,
    /// The engine that computes on the CPU only.
    EngineCpu,
    /// The engine that computes on WebGPU, and on the CPU where that is faster.
    EngineGpu,
    /// A head's map in someone else's page.
    EmbedAttention,
    /// The steps of flash attention in someone else's page.
    EmbedFlash,
    /// The Stories language with its exact probabilities.
    Truth,
}

impl Module {
    /// The stem of the module's file names.
    pub(crate) fn stem(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::EngineCpu => "engine-cpu",
            Self::EngineGpu => "engine-gpu",
            Self::EmbedAttention => "embed-attention",
            Self::EmbedFlash => "embed-flash",
            Self::Truth => "truth",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Shell => "headlight-web",
            Self::EngineCpu | Self::EngineGpu => "headlight-worker",
            Self::EmbedAttention | Self::EmbedFlash => "headlight-embed",
            Self::Truth => "headlight-truth",
        }
    }

    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Shell | Self::EmbedAttention | Self::Truth => &[],
            Self::EmbedFlash => &["--features", "flash"],
            Self::EngineCpu => &["--no-default-features", "--features", "cpu"],
            Self::EngineGpu => &["--no-default-features", "--features", "gpu"],
        }
    }

    /// Flags for the linker. The page is cut in two after linking, which needs to know
    /// where functions name each other.
    fn linker_flags(self) -> &'static [&'static str] {
        match self {
            Self::Shell => &["-Clink-arg=--emit-relocs"],
            Self::EmbedAttention
            | Self::EmbedFlash
            | Self::EngineCpu
            | Self::EngineGpu
            | Self::Truth => &[],
        }
    }

    /// Compiles the module and returns its bytes as the linker wrote them.
    pub(crate) fn compile(
        self,
        workspace: &Workspace,
        toolchain: WasmToolchain,
        quality: Quality,
    ) -> Result<Vec<u8>> {
        eprintln!("building {} ({})", self.stem(), quality.profile());
        // `rustc` and not `build`: its flags are for this module alone.
        let mut cargo = toolchain.cargo(workspace, "rustc");
        cargo
            .args(["--package", self.package(), "--lib"])
            .args(["--profile", quality.profile()])
            .args(self.features())
            .arg("--")
            .args(self.linker_flags());
        process::run(&mut cargo)?;
        let file = self.linked_file(workspace, quality);
        fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
    }

    /// Where cargo puts the linked module. Both engines have the same name there.
    fn linked_file(self, workspace: &Workspace, quality: Quality) -> PathBuf {
        let name = format!("{}.wasm", self.package().replace('-', "_"));
        workspace
            .wasm_target()
            .join(TARGET)
            .join(quality.profile())
            .join(name)
    }
}
