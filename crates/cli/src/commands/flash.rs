//! `headlight flash`.

use std::path::Path;

use headlight_activations::{FlashRun, FlashTask};
use headlight_engine::{AnswerError, Build, FlashDevice};
use headlight_flash::{
    Algorithm, Attended, Gap, InputError, Inputs, Method, MethodError, Problem, Schedule,
    ScheduleError, Tiling, TilingError, Trace, execute,
};
use headlight_formats::{NpyArray, write_npy};
use headlight_kernels::{Blocks, LARGEST_WIDTH, MOST_QUERIES, WORKGROUP_BYTES};
use headlight_model::Unhurried;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::{HeadData, Options, Tiles, TypedStep, TypedStepError};
use serde_json::json;

use crate::args::{AlgorithmArg, BackendArg, FlashArgs};
use crate::failure::Failure;
use crate::figure_file::FigureFile;
use crate::input::read_npy;
use crate::output::{Named, Output, check_apart};

/// Most numbers of a file. Attention to as many, at a width of 64 and a billion
/// operations a second, would take seven weeks.
const MAX_NUMBERS: u64 = 1 << 28;

/// Queries, keys and values as they were read.
struct Arrays {
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    d: usize,
}

pub(crate) fn flash(args: &FlashArgs) -> Result<String, Failure> {
    let is_gpu = args.backend == BackendArg::Gpu;
    if is_gpu {
        check_gpu(args)?;
    }
    let method = method(args);
    method.check().map_err(|error| method_failure(&error))?;
    check_files(args)?;
    let arrays = read_arrays(args)?;
    let inputs = inputs(args, &arrays)?;
    let problem = inputs.problem(args.causal);
    let tiling = tiling(args, problem.d)?;
    let schedule = schedule(problem, method, tiling)?;
    let figure = figure(args, &arrays)?;
    let outputs = Outputs::create(args)?;
    let attended = match tiling {
        Some(tiling) if is_gpu => on_gpu(args, &arrays, tiling)?,
        _ => execute(inputs, &schedule).map_err(|error| Failure::Input(error.to_string()))?,
    };
    let gap = gap(&inputs, args.causal, &attended);
    outputs.write(&inputs, &schedule, &attended)?;
    if let Some((file, step)) = figure {
        let drawn = |width| step.figure(FlashFigure::Stage, width);
        file.write(drawn, || "the page has no such figure".to_owned())?;
    }
    if args.json {
        Ok(object(args.backend, &schedule, tiling, &gap))
    } else {
        Ok(table(&schedule, tiling, &gap))
    }
}

/// No file may be written that is read, and none twice.
fn check_files(args: &FlashArgs) -> Result<(), Failure> {
    let outputs = [
        ("--out", &args.out),
        ("--lse", &args.lse),
        ("--trace", &args.trace),
        ("--svg", &args.figure.svg),
    ];
    let outputs = outputs
        .into_iter()
        .filter_map(|(option, path)| path.as_ref().map(|path| (option, &**path)));
    check_apart(&outputs.collect::<Vec<Named<'_>>>(), &input_files(args))
}

/// Files that are read, by their options.
fn input_files(args: &FlashArgs) -> [Named<'_>; 3] {
    [("--q", &args.q), ("--k", &args.k), ("--v", &args.v)]
}

/// What the GPU does not do, by the name of the option that asks for it.
fn check_gpu(args: &FlashArgs) -> Result<(), Failure> {
    if headlight_engine::BUILD == Build::Cpu {
        let message = "is gpu, but this build computes on the CPU only, expected auto or cpu";
        return Err(Failure::Input(format!("--backend {message}")));
    }
    let refused = [
        (
            "--algorithm",
            args.algorithm != AlgorithmArg::Fa2,
            "only fa2",
        ),
        ("--trace", args.trace.is_some(), "no trace"),
        ("--svg", args.figure.svg.is_some(), "no steps to draw"),
        ("--lazy-rescale", args.lazy_rescale, "every rescale"),
        (
            "--reverse-keys",
            args.reverse_keys,
            "keys from the first to the last",
        ),
    ];
    for (option, is_asked, has) in refused {
        if is_asked {
            let message = format!("does not go with --backend gpu, whose kernel has {has}");
            return Err(Failure::input(option, message));
        }
    }
    Ok(())
}

/// Attention by our kernel, in just these tiles.
fn on_gpu(args: &FlashArgs, arrays: &Arrays, tiling: Tiling) -> Result<Attended, Failure> {
    let Arrays { q, k, v, d } = arrays;
    if *d > LARGEST_WIDTH {
        let message = format!("rows of width {d}, expected at most {LARGEST_WIDTH} on a GPU");
        return Err(Failure::input(args.q.display(), message));
    }
    let (block_q, block_k) = (tiling.block_q(), tiling.block_k());
    if Blocks::of_tiling(tiling, *d).is_none() {
        return Err(Failure::Input(format!(
            "tiles of {block_q} queries and {block_k} keys of width {d} do not fit, expected at \
             most {MOST_QUERIES} queries, and keys and values of {WORKGROUP_BYTES} bytes in all"
        )));
    }
    let task = FlashTask {
        d: *d,
        is_causal: args.causal,
        block_q,
        block_k,
        q: q.clone(),
        k: k.clone(),
        v: v.clone(),
    };
    let run = pollster::block_on(async {
        let device = FlashDevice::open().await.map_err(AnswerError::from)?;
        device.run(&task, &Unhurried).await
    });
    // There may be no GPU although this build could use one.
    let FlashRun { o, lse, .. } = run.map_err(|error| Failure::Other(error.to_string()))?;
    match o.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(Failure::Other(format!(
            "the GPU answered with {value} in the output, expected finite numbers"
        ))),
        None => Ok(Attended { o, lse }),
    }
}

fn method(args: &FlashArgs) -> Method {
    let algorithm = match args.algorithm {
        AlgorithmArg::Standard => Algorithm::Standard,
        AlgorithmArg::Fa1 => Algorithm::Fa1,
        AlgorithmArg::Fa2 => Algorithm::Fa2,
    };
    Method {
        is_reversed: args.reverse_keys,
        is_lazy: args.lazy_rescale,
        ..Method::new(algorithm)
    }
}

/// An option that does not apply, by its name here.
fn method_failure(error: &MethodError) -> Failure {
    let option = match error {
        MethodError::ReversedStandard => "--reverse-keys",
        MethodError::LazyOutsideFa2 { .. } => "--lazy-rescale",
        _ => "--algorithm",
    };
    Failure::input(option, error)
}

fn read_arrays(args: &FlashArgs) -> Result<Arrays, Failure> {
    let [q, k, v] = [&args.q, &args.k, &args.v].map(|path| read_rows(path));
    let ([q, k, v], d) = same_width(args, [q?, k?, v?])?;
    Ok(Arrays { q, k, v, d })
}

/// A file's numbers and the width of its rows.
fn read_rows(path: &Path) -> Result<(Vec<f32>, usize), Failure> {
    let NpyArray { shape, values } = read_npy(path, MAX_NUMBERS)?;
    match *shape {
        [n, d] if n > 0 && d > 0 => Ok((values, d)),
        _ => {
            let message = format!("shape {shape:?}, expected [n, d] with at least one of each");
            Err(Failure::input(path.display(), message))
        }
    }
}

fn same_width(
    args: &FlashArgs,
    arrays: [(Vec<f32>, usize); 3],
) -> Result<([Vec<f32>; 3], usize), Failure> {
    let d = arrays[0].1;
    for (path, (_, found)) in [&args.q, &args.k, &args.v].into_iter().zip(&arrays) {
        if *found != d {
            let expected = format!("{d} as in {}", args.q.display());
            let message = format!("rows of width {found}, expected {expected}");
            return Err(Failure::input(path.display(), message));
        }
    }
    Ok((arrays.map(|(values, _)| values), d))
}

fn inputs<'a>(args: &FlashArgs, arrays: &'a Arrays) -> Result<Inputs<'a>, Failure> {
    let Arrays { q, k, v, d } = arrays;
    Inputs::new(q, k, v, *d).map_err(|error| match &error {
        InputError::NotFinite { name, .. } => {
            let path = match *name {
                "q" => &args.q,
                "k" => &args.k,
                _ => &args.v,
            };
            Failure::input(path.display(), error)
        }
        _ => Failure::Input(error.to_string()),
    })
}

/// The tiles asked for, by their sizes or by the memory they have to fit in.
fn tiling(args: &FlashArgs, d: usize) -> Result<Option<Tiling>, Failure> {
    let named = |error: TilingError| {
        let option = match error {
            TilingError::Block {
                rows: "queries", ..
            } if args.block_q.is_some() => "--block-q",
            TilingError::Block { .. } if args.block_k.is_some() => "--block-k",
            _ => "--sram-bytes",
        };
        Failure::input(option, error)
    };
    let expected = "expected --block-q and --block-k, or --sram-bytes";
    match (args.block_q, args.block_k, args.sram_bytes) {
        (Some(block_q), Some(block_k), _) => Tiling::new(block_q, block_k).map(Some).map_err(named),
        (Some(_), None, _) => Err(Failure::Input(format!(
            "--block-q without --block-k: {expected}"
        ))),
        (None, Some(_), _) => Err(Failure::Input(format!(
            "--block-k without --block-q: {expected}"
        ))),
        (None, None, Some(bytes)) => Tiling::from_on_chip_elements(bytes / 4, d)
            .map(Some)
            .map_err(named),
        (None, None, None) if args.algorithm == AlgorithmArg::Standard => Ok(None),
        (None, None, None) => Err(Failure::Input(format!("no tiles: {expected}"))),
    }
}

/// The step that the page would play of these numbers, and the file for its figure, if
/// one is asked for.
fn figure(args: &FlashArgs, arrays: &Arrays) -> Result<Option<(FigureFile, TypedStep)>, Failure> {
    if args.figure.svg.is_none() {
        return Ok(None);
    }
    let Arrays { q, k, v, d } = arrays;
    let data = HeadData::new(q.clone(), k.clone(), v.clone(), *d);
    let step = data
        .map_err(TypedStepError::from)
        .and_then(|data| TypedStep::new(data, page_options(args), args.step));
    let step = step.map_err(|error| {
        let option = match error {
            TypedStepError::Step { .. } => "--step",
            _ => "--svg",
        };
        Failure::input(option, error)
    })?;
    let file = FigureFile::create(&args.figure, &input_files(args))?;
    Ok(file.map(|file| (file, step)))
}

/// What the page would have chosen, its usual tiles where the algorithm has none.
fn page_options(args: &FlashArgs) -> Options {
    let Method {
        algorithm,
        is_reversed,
        is_lazy,
        n_splits,
    } = method(args);
    Options {
        algorithm,
        is_causal: args.causal,
        is_reversed,
        is_lazy,
        n_splits,
        tiles: match (args.block_q, args.block_k, args.sram_bytes) {
            (Some(block_q), Some(block_k), _) => Tiles::Blocks(block_q, block_k),
            (_, _, Some(bytes)) => Tiles::OnChip(bytes),
            _ => Options::USUAL_TILES,
        },
    }
}

fn schedule(problem: Problem, method: Method, tiling: Option<Tiling>) -> Result<Schedule, Failure> {
    Schedule::new(problem, method, tiling).map_err(|error| match error {
        ScheduleError::Method(error) => method_failure(&error),
        other => Failure::Input(other.to_string()),
    })
}

/// How far the result is from the definition in f64.
fn gap(inputs: &Inputs<'_>, is_causal: bool, attended: &Attended) -> Gap {
    let mut gap = Gap::default();
    for query in 0..attended.lse.len() {
        gap.look_at(inputs, is_causal, attended, query);
    }
    gap
}

/// The files asked for. All of them are complete before the first takes its place.
struct Outputs {
    out: Option<Output>,
    lse: Option<Output>,
    trace: Option<Output>,
}

impl Outputs {
    fn create(args: &FlashArgs) -> Result<Self, Failure> {
        Ok(Self {
            out: Output::create_if(args.out.as_ref())?,
            lse: Output::create_if(args.lse.as_ref())?,
            trace: Output::create_if(args.trace.as_ref())?,
        })
    }

    fn write(
        mut self,
        inputs: &Inputs<'_>,
        schedule: &Schedule,
        attended: &Attended,
    ) -> Result<(), Failure> {
        let (n_q, d) = (attended.lse.len(), inputs.d());
        if let Some(out) = &mut self.out {
            out.put(&write_npy(&[n_q, d], &attended.o))?;
        }
        if let Some(lse) = &mut self.lse {
            lse.put(&write_npy(&[n_q], &attended.lse))?;
        }
        if let Some(trace) = &mut self.trace {
            let steps = Trace::new(*inputs, schedule);
            trace.put_with(|mut to| {
                serde_json::to_writer(&mut to, &steps)?;
                to.write_all(b"\n")
            })?;
        }
        let Self { out, lse, trace } = self;
        [out, lse, trace]
            .into_iter()
            .flatten()
            .try_for_each(Output::finish)
    }
}

fn object(backend: BackendArg, schedule: &Schedule, tiling: Option<Tiling>, gap: &Gap) -> String {
    let totals = schedule.totals();
    let tiles = totals.tiles;
    let object = json!({
        "backend": if backend == BackendArg::Gpu { "gpu" } else { "cpu" },
        "algorithm": schedule.method().algorithm.name(),
        "max_abs_error": gap.output,
        "max_abs_lse_error": gap.lse,
        "largest_score": gap.largest_score,
        "elements_read": totals.elements_read(),
        "elements_written": totals.elements_written(),
        "elements_moved": totals.elements_moved(),
        "flops": totals.flops,
        "exps": totals.exps,
        "flops_per_byte": totals.intensity(),
        "steps": totals.n_events,
        "tiles": {"full": tiles.full, "partial": tiles.partial, "skipped": tiles.skipped},
        "block_q": tiling.map(Tiling::block_q),
        "block_k": tiling.map(Tiling::block_k),
        "on_chip_elements": tiling.map(|tiling| tiling.on_chip_elements(schedule.problem().d)),
        "peak_extra_elements": schedule.peak_extra_elements(),
    });
    object.to_string()
}

/// The ledger of all three algorithms under the same mask and tiles.
fn table(schedule: &Schedule, tiling: Option<Tiling>, gap: &Gap) -> String {
    let problem = *schedule.problem();
    let Problem { n_q, n_k, d, .. } = problem;
    let mask = if problem.is_causal { ", causal" } else { "" };
    let tiles = tiling.map_or(String::new(), |tiling| {
        format!(", tiles of {} x {}", tiling.block_q(), tiling.block_k())
    });
    let mut out = format!("{n_q} queries, {n_k} keys, width {d}{mask}{tiles}\n");
    out += &format!(
        "largest error against softmax in 64 bits: {:.1e} (O), {:.1e} (log-sum-exp)\n\n",
        gap.output, gap.lse
    );
    let mut line = |name: &str, cells: [String; 4]| {
        let cells = cells.map(|cell| format!("{cell:>16}")).concat();
        out += &format!("{name:<10}{cells}\n");
    };
    let heads = ["read", "written", "moved", "flops per byte"];
    line("", heads.map(str::to_owned));
    for algorithm in Algorithm::ALL {
        let Ok(other) = Schedule::new(problem, Method::new(algorithm), tiling) else {
            continue;
        };
        let totals = other.totals();
        let moved = [
            totals.elements_read(),
            totals.elements_written(),
            totals.elements_moved(),
        ];
        let [read, written, both] = moved.map(|elements| elements.to_string());
        let intensity = totals.intensity().unwrap_or(0.0);
        let cells = [read, written, both, format!("{intensity:.2}")];
        let here = schedule.method().algorithm == algorithm;
        let name = format!("{}{}", if here { "* " } else { "  " }, algorithm.name());
        line(&name, cells);
    }
    out += "\nnumbers of 4 bytes moved between slow and on-chip memory; * what was computed";
    out
}
