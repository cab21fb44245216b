//! Runs and measurements on the device, with a worker that says what the test says.

use crate::State;
use crate::frame::action::FrameAction;
use crate::frame::effect::Effect;
use crate::reduce_flash;
use headlight_activations::{Finding, HeadInputs};

use super::*;
use crate::reduce::tests::{answer, live, posted, said};
use crate::rooms::flash::catalogue::FlashFigure;
use crate::rooms::flash::device::OnDevice;
use crate::rooms::flash::figures::agreement::verdict;
use crate::rooms::flash::figures::growth::tests::{growth_of, point};
use crate::rooms::flash::file;
use crate::rooms::flash::options::Tiles;
use crate::rooms::flash::test_drawing::{assert_inside, snapshot};
use crate::rooms::flash::{Agreement, Checked, FlashAction, Options, Player, Shown};
use crate::session::{Ask, Command, Message, RunId};
use headlight_activations::FlashRun;
use headlight_figure::Shared;

const FIGURE: FlashFigure = FlashFigure::Device;

/// A live page in the room, with random numbers.
fn room() -> State {
    let mut state = live("#/flash");
    act(&mut state, FlashAction::SetSource(random(1)));
    state
}

fn random(seed: u64) -> DataSource {
    DataSource::Random { n: 12, d: 8, seed }
}

fn act(state: &mut State, action: FlashAction) -> Option<(RunId, Detail)> {
    asked(&reduce_flash(state, action))
}

/// The last question that was posted.
fn asked(effects: &[Effect]) -> Option<(RunId, Detail)> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Worker(Command::Post {
            ask: Ask::Detail { run, detail },
            ..
        }) => Some((*run, detail.clone())),
        _ => None,
    })
}

fn tell(state: &mut State, message: Message) -> Option<(RunId, Detail)> {
    asked(&crate::reduce(state, said(1, message)))
}

fn find(state: &mut State, run: RunId, finding: Finding) -> Option<(RunId, Detail)> {
    tell(state, Message::Found { run, finding })
}

/// What the kernel would answer: the room's own arithmetic, with `error` added once.
fn answer_to(state: &State, error: f32) -> FlashRun {
    let player = Player::new(&state.flash).unwrap();
    let inputs = player.data().inputs().unwrap();
    let attended = headlight_flash::execute(inputs, player.schedule()).unwrap();
    let mut o = attended.o;
    o[5] += error;
    FlashRun {
        n_q: player.data().n_q(),
        d: player.data().d(),
        block_q: 8,
        block_k: 4,
        device: "GPU: paper".to_owned(),
        elapsed_ms: 1.25,
        o,
        lse: attended.lse,
    }
}

fn agreement(state: &State, run: &FlashRun) -> Agreement {
    let player = Player::new(&state.flash).unwrap();
    let mut agreement = Agreement::new(&player);
    while agreement.go_on(&player, run).unwrap() == Checked::More {}
    agreement
}

#[test]
fn a_run_asks_with_the_numbers_mask_and_tiles_of_the_room() {
    let mut state = room();
    let (_, detail) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let Detail::FlashRun(task) = detail else {
        panic!("{detail:?}");
    };
    assert_eq!((task.d, task.is_causal), (8, true));
    assert_eq!((task.block_q, task.block_k), (8, 4));
    let data = data_of(&state.flash).unwrap();
    let inputs = data.inputs().unwrap();
    assert_eq!(
        (&*task.q, &*task.k, &*task.v),
        (inputs.q(), inputs.k(), inputs.v())
    );
    assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Awaited);
    assert_eq!(
        act(&mut state, FlashAction::RunOnDevice),
        None,
        "not asked twice"
    );
}

#[test]
fn an_answer_is_compared_with_trace_and_definition() {
    let mut state = room();
    let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let run = answer_to(&state, 0.0);
    find(&mut state, id, Finding::FlashRun(run));
    let RunShown::Answered(answer) = run_shown(&state.flash, &state.frame) else {
        panic!("{:?}", run_shown(&state.flash, &state.frame));
    };
    assert_eq!(words::tiles(&answer), "8 × 4");
    let found = agreement(&state, &answer.run);
    assert_eq!((found.trace.output, found.trace.lse), (0.0, 0.0));
    assert!(found.dense.output > 0.0 && found.dense.output < found.bounds().output);
    assert_eq!(found.progress(), (12, 12));
    let said = verdict(&found).unwrap();
    assert_eq!(said, "The GPU and the trace agree to 0.");
    let table = found.table(&answer.run);
    assert_eq!(table.rows[0][1], "0");
    assert_eq!(table.rows[1][0], "softmax f64");
    assert!(
        table
            .rows
            .iter()
            .all(|row| row.len() == table.columns.len())
    );
}

#[test]
fn an_answer_is_a_figure_once_it_was_compared() {
    let mut state = room();
    let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let mut run = answer_to(&state, 1e-7);
    run.device = "GPU: a name that is much too long to stand on one line of a phone".to_owned();
    let found = agreement(&state, &run);
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(0).unwrap();
    let table = found.table(&run);
    find(&mut state, id, Finding::FlashRun(run));
    let seen = |agreement| Shown {
        player: &player,
        moment: &moment,
        beside: None,
        row: None,
        check: None,
        agreement,
        on_device: [Some(&table), None],
    };
    let figure = |seen, width| file::figure(&state.flash, &state.frame, FIGURE, seen, width);
    assert_eq!(figure(seen(None), 300.0), None);
    for (width, file) in [(300.0, "device.narrow.svg"), (700.0, "device.svg")] {
        let value = figure(seen(Some(&found)), width).unwrap();
        assert_inside(&value.drawing, value.size);
        assert_eq!(value.table, table);
        snapshot(file, FIGURE, value.sentence, value.drawing, value.size);
    }
}

#[test]
fn a_wrong_answer_is_called_wrong() {
    let state = room();
    let wrong = agreement(&state, &answer_to(&state, 0.01));
    assert!(!wrong.holds() && (wrong.trace.output - 0.01).abs() < 1e-6);
    let said = verdict(&wrong).unwrap();
    assert!(said.contains("its output differs by 1.0e-2"), "{said}");
    let mut missing = answer_to(&state, 0.0);
    missing.lse.pop();
    missing.o[3] = f32::NAN;
    let found = agreement(&state, &missing);
    assert_eq!(found.trace.lse, f64::INFINITY);
    assert_eq!(found.dense.output, f64::INFINITY);
    assert!(verdict(&Agreement::default()).is_some());
}

#[test]
fn rows_that_see_nothing_agree_where_both_are_infinite() {
    let mut state = room();
    // More queries than keys: the first sees none.
    let typed = "1 0\n0 1\n1 1\n\n1 0\n0 1\n\n1 2\n3 4";
    act(
        &mut state,
        FlashAction::SetSource(DataSource::Typed(typed.to_owned())),
    );
    let run = answer_to(&state, 0.0);
    assert_eq!(run.lse[0], f32::INFINITY);
    let found = agreement(&state, &run);
    assert!(found.holds() && found.trace.lse == 0.0, "{found:?}");
}

#[test]
fn an_answer_to_other_numbers_is_not_shown_as_if_it_were_theirs() {
    let changes = [
        FlashAction::SetSource(random(2)),
        FlashAction::SetCausal(false),
        FlashAction::SetTiles(Tiles::Blocks(4, 4)),
    ];
    for change in changes {
        let mut state = room();
        let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
        let run = answer_to(&state, 0.0);
        act(&mut state, change);
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Outdated);
        find(&mut state, id, Finding::FlashRun(run));
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Outdated);
        let (newer, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
        assert_ne!(newer, id);
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Awaited);
        // The older answer again, late.
        let late = answer_to(&state, 1.0);
        find(&mut state, id, Finding::FlashRun(late));
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Awaited);
    }
}

#[test]
fn who_comes_back_to_the_numbers_finds_their_answer() {
    let mut state = room();
    let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let run = answer_to(&state, 0.0);
    find(&mut state, id, Finding::FlashRun(run));
    act(&mut state, FlashAction::SetCausal(false));
    act(&mut state, FlashAction::SetCausal(true));
    // Another order of the same steps is another trace, and no other question.
    act(&mut state, FlashAction::SetReversed(true));
    assert!(matches!(
        run_shown(&state.flash, &state.frame),
        RunShown::Answered(_)
    ));
}

/// The head's numbers as an engine says them, with `error` added once.
fn head_inputs(error: f32) -> HeadInputs {
    let numbers: Vec<f32> = (0..12).map(|at| (at as f32 * 0.7).sin()).collect();
    let mut q = numbers.clone();
    q[3] += error;
    HeadInputs {
        layer: 1,
        head: 2,
        seq_len: 4,
        d_head: 3,
        scale: 3.0_f64.sqrt().recip(),
        q,
        k: numbers.clone(),
        v: numbers,
    }
}

/// A live page with a head in the room, and the question for its numbers.
fn room_of_head() -> (State, RunId) {
    let mut state = live("#/flash?layer=1&head=2");
    state.flash.asked = None;
    let (id, detail) = act(&mut state, FlashAction::SetSource(DataSource::Head)).unwrap();
    assert_eq!(detail, Detail::HeadInputs { layer: 1, head: 2 });
    (state, id)
}

/// What the room shows of the last run.
fn run_of(state: &State) -> RunShown {
    run_shown(&state.flash, &state.frame)
}

/// What the room shows of the last measurement.
fn measurement_of(state: &State) -> MeasurementShown {
    measurement_shown(&state.flash, &state.frame)
}

/// What was measured so far.
fn growth_in(state: &State) -> Growth {
    match measurement_of(state) {
        MeasurementShown::Begun(growth) => growth,
        other => panic!("{other:?}"),
    }
}

/// What is said of the last measurement.
fn measurement_says(state: &State) -> String {
    words::measurement_state(&measurement_of(state)).unwrap()
}

fn is_due_in(state: &State) -> bool {
    is_due(&state.flash, &state.frame)
}

/// Types a prompt and has it run.
fn run_prompt(state: &mut State, prompt: &str) -> RunId {
    crate::reduce(state, FrameAction::EditPrompt(prompt.to_owned()));
    let edit = state.frame.edit;
    posted(&crate::reduce(state, FrameAction::RunPrompt(edit))).unwrap()
}

/// The engine refuses a question.
fn refuse(state: &mut State, run: RunId, why: &str) {
    let message = Message::Failed {
        run,
        blame: crate::session::Blame::Input,
        message: why.to_owned(),
        fitting: None,
    };
    tell(state, message);
}

#[test]
fn a_run_waits_for_the_numbers_that_are_on_their_way() {
    let (mut state, id) = room_of_head();
    assert_eq!(act(&mut state, FlashAction::RunOnDevice), None);
    assert_eq!(run_of(&state), RunShown::Waiting(Awaits::Numbers));
    let inputs = head_inputs(0.0);
    assert!(!is_due_in(&state));
    assert_eq!(act(&mut state, FlashAction::AskForWaiting), None);
    assert_eq!(
        find(&mut state, id, Finding::HeadInputs(inputs.clone())),
        None
    );
    assert!(is_due_in(&state));
    let (_, detail) = act(&mut state, FlashAction::AskForWaiting).unwrap();
    let Detail::FlashRun(task) = detail else {
        panic!("{detail:?}");
    };
    assert_eq!(task.q, inputs.q);
    assert_eq!(run_of(&state), RunShown::Awaited);
    assert!(!is_due_in(&state), "asked once");

    let (mut state, id) = room_of_head();
    act(&mut state, FlashAction::RunOnDevice);
    act(&mut state, FlashAction::SetSource(random(1)));
    assert_eq!(run_of(&state), RunShown::Nothing, "nobody asked for these");
    assert_eq!(find(&mut state, id, Finding::HeadInputs(inputs)), None);
    assert_eq!(act(&mut state, FlashAction::AskForWaiting), None);

    let (mut state, id) = room_of_head();
    act(&mut state, FlashAction::RunOnDevice);
    refuse(&mut state, id, "no such head");
    let why = "No such head.".to_owned();
    assert_eq!(run_of(&state), RunShown::Failed(why));
}

#[test]
fn what_is_asked_for_while_a_prompt_runs_is_asked_when_that_is_done() {
    let mut state = room();
    let run = run_prompt(&mut state, "Lily ran");
    assert_eq!(act(&mut state, FlashAction::RunOnDevice), None);
    assert_eq!(act(&mut state, FlashAction::MeasureGrowth), None);
    assert_eq!(run_of(&state), RunShown::Waiting(Awaits::Prompt));
    assert_eq!(
        measurement_of(&state),
        MeasurementShown::Waiting(Awaits::Prompt)
    );
    assert_eq!(measurement_of(&state).measured(), None, "no empty axes");
    assert_eq!(
        measurement_says(&state),
        "A prompt is being run; the measurement begins when that is done."
    );
    assert_eq!(
        words::run_state(&run_of(&state)).unwrap(),
        "A prompt is being run; our kernel runs when that is done."
    );
    assert!(!is_due_in(&state));
    answer(&mut state, run);
    assert!(is_due_in(&state));
    let effects = reduce_flash(&mut state, FlashAction::AskForWaiting);
    let kinds = effects.iter().filter_map(|effect| match effect {
        Effect::Worker(Command::Post {
            ask: Ask::Detail { detail, .. },
            ..
        }) => Some(detail.kind()),
        _ => None,
    });
    let kinds: Vec<DetailKind> = kinds.collect();
    assert_eq!(kinds, [DetailKind::FlashRun, DetailKind::FlashGrowth]);
    assert_eq!(run_of(&state), RunShown::Awaited);
    assert_eq!(growth_in(&state).stage, GrowthStage::Measuring(256));
    assert!(!is_due_in(&state));
}

#[test]
fn a_prompt_that_fails_sets_free_what_waited_for_its_end() {
    let mut state = room();
    let run = run_prompt(&mut state, "Lily ran");
    act(&mut state, FlashAction::MeasureGrowth);
    refuse(&mut state, run, "prompt has 301 tokens");
    // The run before it can still be asked about.
    assert!(is_due_in(&state));
    assert!(act(&mut state, FlashAction::AskForWaiting).is_some());
}

#[test]
fn who_waits_can_change_their_mind() {
    let mut state = room();
    let run = run_prompt(&mut state, "Lily ran");
    act(&mut state, FlashAction::MeasureGrowth);
    assert!(measurement_of(&state).is_open());
    act(&mut state, FlashAction::StopMeasuring);
    assert_eq!(measurement_of(&state), MeasurementShown::Nothing);
    answer(&mut state, run);
    assert!(!is_due_in(&state));
}

#[test]
fn numbers_that_come_anew_from_another_engine_are_no_other_numbers() {
    let (mut state, id) = room_of_head();
    find(&mut state, id, Finding::HeadInputs(head_inputs(0.0)));
    let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let run = answer_to(&state, 0.0);
    find(&mut state, id, Finding::FlashRun(run));
    // Another engine has run the prompt: its head differs by more than the bound here,
    // so that it can be seen which numbers the answer is held against.
    state.flash.asked = None;
    let (id, _) = act(&mut state, FlashAction::SetCausal(true)).unwrap();
    find(&mut state, id, Finding::HeadInputs(head_inputs(0.5)));
    let RunShown::Answered(answer) = run_shown(&state.flash, &state.frame) else {
        panic!("{:?}", run_shown(&state.flash, &state.frame));
    };
    let player = answer.player(state.flash.options).unwrap();
    let mut found = Agreement::new(&player);
    while found.go_on(&player, &answer.run).unwrap() == Checked::More {}
    assert_eq!((found.trace.output, found.trace.lse), (0.0, 0.0));
    assert!(!agreement(&state, &answer.run).holds());
}

#[test]
fn another_head_or_prompt_or_model_with_parts_out_is_another_question() {
    let (mut state, id) = room_of_head();
    find(&mut state, id, Finding::HeadInputs(head_inputs(0.0)));
    let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let run = answer_to(&state, 0.0);
    find(&mut state, id, Finding::FlashRun(run));
    let of = state.flash.head_of.clone().unwrap();
    let mut others = [of.clone(), of.clone(), of.clone(), of];
    others[0].head.head = 3;
    others[1].prompt.push('!');
    others[2].model.push('!');
    let out = crate::frame::ablation::parse_list("0.1").unwrap();
    assert_eq!(out.len(), 1);
    others[3].ablations = out;
    for other in others {
        state.flash.head_of = Some(other);
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Outdated);
    }
}

#[test]
fn a_newer_prompt_interrupts_and_a_refusal_is_said() {
    let mut state = room();
    act(&mut state, FlashAction::RunOnDevice).unwrap();
    act(&mut state, FlashAction::MeasureGrowth).unwrap();
    run_prompt(&mut state, "Lily ran");
    assert_eq!(run_of(&state), RunShown::Interrupted);
    assert_eq!(growth_in(&state).stage, GrowthStage::Interrupted);

    let mut state = room();
    let (id, _) = act(&mut state, FlashAction::RunOnDevice).unwrap();
    let (measured, _) = act(&mut state, FlashAction::MeasureGrowth).unwrap();
    for run in [id, measured] {
        refuse(&mut state, run, "no GPU here");
    }
    let why = "No GPU here.".to_owned();
    assert_eq!(run_of(&state), RunShown::Failed(why.clone()));
    assert_eq!(measurement_says(&state), why);
    assert_eq!(measurement_of(&state).measured(), None, "no empty axes");
}

#[test]
fn what_was_wrong_with_numbers_is_not_said_of_better_ones() {
    let drawn = |n| DataSource::Random { n, d: 8, seed: 1 };
    let typed = |text: &str| DataSource::Typed(text.to_owned());
    for (bad, good) in [
        (drawn(9_999), drawn(64)),
        (drawn(0), drawn(1)),
        (typed("1 x\n\n1\n\n1"), typed("1\n\n1\n\n1")),
        (typed("1"), drawn(16)),
    ] {
        let mut state = room();
        act(&mut state, FlashAction::SetSource(bad.clone()));
        let why = Player::new(&state.flash).unwrap_err();
        act(&mut state, FlashAction::RunOnDevice);
        act(&mut state, FlashAction::MeasureGrowth);
        assert_eq!(
            run_shown(&state.flash, &state.frame),
            RunShown::Failed(why.clone())
        );
        assert_eq!(measurement_of(&state), MeasurementShown::Refused(why));
        act(&mut state, FlashAction::SetSource(good));
        Player::new(&state.flash).unwrap();
        // Nothing ran, so nothing is out of date either.
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Nothing);
        assert_eq!(measurement_of(&state), MeasurementShown::Nothing);
        assert_eq!(state.frame.notices.len(), 0);
        // And they can be run.
        assert!(act(&mut state, FlashAction::RunOnDevice).is_some());
        assert_eq!(run_shown(&state.flash, &state.frame), RunShown::Awaited);
        assert!(act(&mut state, FlashAction::MeasureGrowth).is_some());
    }
}

#[test]
fn numbers_that_are_none_are_not_sent() {
    let mut state = room();
    let bad = DataSource::Typed("1 2\n\nx".to_owned());
    act(&mut state, FlashAction::SetSource(bad));
    assert_eq!(act(&mut state, FlashAction::RunOnDevice), None);
    let RunShown::Failed(why) = run_shown(&state.flash, &state.frame) else {
        panic!("{:?}", run_shown(&state.flash, &state.frame));
    };
    assert!(why.starts_with("Line 3"), "{why}");
    assert_eq!(act(&mut state, FlashAction::MeasureGrowth), None);
    assert!(may_travel(MOST_NUMBERS) && !may_travel(MOST_NUMBERS + 1));
    assert!(words::too_many(MOST_NUMBERS).contains("65\u{202f}536"));
}

#[test]
fn lengths_are_asked_for_one_after_the_other() {
    let mut state = room();
    let mut open = act(&mut state, FlashAction::MeasureGrowth);
    for (index, n) in LENGTHS.into_iter().enumerate() {
        let (id, detail) = open.unwrap();
        assert_eq!(detail, Detail::FlashGrowth { n, d: 8 });
        let growth = growth_in(&state);
        assert_eq!(
            (growth.stage, growth.points.len()),
            (GrowthStage::Measuring(n), index)
        );
        assert_eq!(
            act(&mut state, FlashAction::MeasureGrowth),
            None,
            "not twice"
        );
        open = find(&mut state, id, Finding::FlashGrowth(point(n, 8, 1.0)));
    }
    assert_eq!(open, None);
    let growth = growth_in(&state);
    assert_eq!(
        (&growth.stage, growth.points.len()),
        (&GrowthStage::Done, 6)
    );
    assert!(measurement_says(&state).starts_with("Measured 6 lengths"));
    let again = act(&mut state, FlashAction::MeasureGrowth).unwrap().1;
    assert_eq!(again, Detail::FlashGrowth { n: 256, d: 8 });
    assert!(growth_in(&state).points.is_empty());
}

#[test]
fn after_a_slow_length_there_is_no_longer_one() {
    let mut state = room();
    let (id, _) = act(&mut state, FlashAction::MeasureGrowth).unwrap();
    let (id, _) = find(&mut state, id, Finding::FlashGrowth(point(256, 8, 200.0))).unwrap();
    // Standard attention takes four times as long.
    let slow = point(512, 8, 1_100.0);
    assert_eq!(find(&mut state, id, Finding::FlashGrowth(slow)), None);
    let growth = growth_in(&state);
    assert_eq!(growth.stage, GrowthStage::TooSlow(4_400.0));
    assert_eq!(
        measurement_says(&state),
        "Stopped at 512, which took 4.4\u{a0}s: twice as many are four times the work."
    );
}

#[test]
fn who_stops_is_asked_nothing_more_and_keeps_what_there_is() {
    let mut state = room();
    let (id, _) = act(&mut state, FlashAction::MeasureGrowth).unwrap();
    let (id, _) = find(&mut state, id, Finding::FlashGrowth(point(256, 8, 1.0))).unwrap();
    assert_eq!(act(&mut state, FlashAction::StopMeasuring), None);
    let late = find(&mut state, id, Finding::FlashGrowth(point(512, 8, 1.0)));
    assert_eq!(late, None);
    let growth = growth_in(&state);
    assert_eq!(
        (&growth.stage, growth.points.len()),
        (&GrowthStage::Stopped, 1)
    );
    assert_eq!(
        measurement_says(&state),
        "Stopped. The figures go up to 256."
    );
    act(&mut state, FlashAction::StopMeasuring);
    assert_eq!(growth_in(&state).stage, GrowthStage::Stopped);
}

#[test]
fn an_answer_for_another_length_or_width_is_none() {
    let mut device = OnDevice {
        measurement: Some(Measurement::Begun(Growth {
            stage: GrowthStage::Measuring(512),
            ..growth_of(Vec::new())
        })),
        ..OnDevice::default()
    };
    assert_eq!(device.apply_growth(point(256, 8, 1.0)), None);
    assert_eq!(device.apply_growth(point(512, 9, 1.0)), None);
    let Some(Measurement::Begun(growth)) = device.measurement else {
        panic!("{device:?}");
    };
    assert!(growth.points.is_empty());
}

#[test]
fn other_tiles_than_the_chosen_ones_are_named() {
    let state = room();
    let mut run = answer_to(&state, 0.0);
    (run.block_q, run.block_k) = (64, 32);
    let answer = DeviceAnswer {
        run: Shared::new(run),
        data: data_of(&state.flash).unwrap(),
        chosen: [8, 256],
    };
    assert_eq!(
        words::tiles(&answer),
        "64 × 32: the chosen 8 × 256 do not fit a workgroup’s 16\u{a0}KiB"
    );
}

#[test]
fn times_have_the_digits_that_can_be_trusted() {
    let said = [0.042, 0.42, 4.25, 42.5, 4_250.0].map(words::time);
    let expected = ["0.04 ms", "0.4 ms", "4.2 ms", "42 ms", "4.2 s"];
    assert_eq!(said, expected.map(|text| text.replace(' ', "\u{a0}")));
}

#[test]
fn without_a_gpu_it_is_said_why_and_nothing_dead_is_offered() {
    // The page of these tests is in a browser without WebGPU.
    let state = room();
    let Computes::NotGpu { why, can_ask } = computes(&state.frame) else {
        panic!("{:?}", computes(&state.frame));
    };
    assert!(why.contains("no WebGPU") && !can_ask, "{why}");
    assert_eq!(computes(&Frame::default()), Computes::Awaited);
}

#[test]
fn who_chose_the_cpu_can_ask_for_the_gpu() {
    let mut state = room();
    let builds = |has_gpu| {
        FrameAction::Engine(crate::session::Input::Builds {
            has_cpu: true,
            has_gpu,
            has_webgpu: true,
        })
    };
    let choose = |choice| FrameAction::Engine(crate::session::Input::Choose(choice));
    crate::reduce(&mut state, choose(BackendChoice::Cpu));
    crate::reduce(&mut state, builds(false));
    assert!(matches!(
        computes(&state.frame),
        Computes::NotGpu { can_ask: false, .. }
    ));
    crate::reduce(&mut state, builds(true));
    let asked = Computes::NotGpu {
        why: words::CPU_CHOSEN.to_owned(),
        can_ask: true,
    };
    assert_eq!(computes(&state.frame), asked);
    crate::reduce(&mut state, choose(BackendChoice::Gpu));
    assert_eq!(computes(&state.frame), Computes::Preparing);
    assert_eq!(Options::default(), state.flash.options);
}
