//! Workers that die, go silent or fail, and who takes over.

use super::*;
use crate::session::words;

#[test]
fn a_dead_worker_is_replaced_and_the_last_prompt_runs_again() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    page.take();
    page.die(1);
    assert!(page.is_ended(1));
    assert_eq!(page.started(), [Build::Cpu]);
    assert!(matches!(page.news[..], [News::Restarted(_)]));
    page.bring_up(2, Backend::Cpu);
    page.answer(2);
    assert_eq!(page.prompts(), ["Tom"]);
    assert_eq!(page.session.phase(), Phase::Live);
}

#[test]
fn a_text_that_was_being_written_starts_over_in_the_fresh_worker() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.step(writing());
    page.die(1);
    page.take();
    page.bring_up(2, Backend::Cpu);
    page.answer(2);
    assert!(page.news.contains(&News::GenerationStarted));
    assert!(page.session.is_generating());
}

#[test]
fn five_seconds_of_silence_while_an_answer_is_owed_mean_death() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    let tick = || Input::Tick {
        elapsed_ms: 500.0,
        now_ms: 0.0,
    };
    for _ in 0..60 {
        page.step(tick());
    }
    assert!(!page.is_ended(1), "silence is fine when nothing is owed");
    page.ask("Tom");
    for _ in 0..9 {
        page.step(tick());
    }
    page.say(1, Message::Heartbeat);
    for _ in 0..9 {
        page.step(tick());
    }
    assert!(!page.is_ended(1), "a heartbeat is a sign of life");
    page.step(tick());
    assert!(page.is_ended(1));
    assert!(page.session.needs_ticks());
}

#[test]
fn a_laptop_that_slept_does_not_kill_its_worker() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    page.step(Input::Tick {
        elapsed_ms: 3_600_000.0,
        now_ms: 3_600_000.0,
    });
    assert!(!page.is_ended(1));
}

#[test]
fn three_deaths_in_a_row_stop_the_page_and_trying_again_starts_it() {
    let mut page = Page::opened(BackendChoice::Cpu, false);
    for worker in 1..=3 {
        page.say(worker, Message::Booted);
        page.die(worker);
    }
    assert!(matches!(page.session.phase(), Phase::Stopped(_)));
    assert_eq!(page.started().len(), 3);
    page.step(Input::TryAgain);
    page.bring_up(4, Backend::Cpu);
    page.answer(4);
    assert_eq!(page.session.phase(), Phase::Live);
}

#[test]
fn an_answer_between_deaths_makes_them_single_ones() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    for worker in 1..=5 {
        page.die(worker);
        page.bring_up(worker + 1, Backend::Cpu);
        page.answer(worker + 1);
    }
    assert_eq!(page.session.phase(), Phase::Live);
}

#[test]
fn while_a_lost_gpu_comes_back_the_cpu_answers() {
    let mut page = Page::live(BackendChoice::Gpu, true);
    page.bring_up(2, Backend::Gpu);
    page.answer(2);
    page.ask("Tom");
    page.take();
    page.die(2);
    assert_eq!(page.started(), [Build::Cpu], "what is there in a second");
    assert!(
        page.news
            .contains(&News::Restarted(words::fell_back("the engine crashed")))
    );
    page.bring_up(3, Backend::Cpu);
    page.answer(3);
    assert_eq!(page.prompts(), ["Tom"]);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    assert_eq!(page.session.phase(), Phase::Live);
    assert_eq!(page.started(), [Build::Cpu, Build::Gpu], "and behind it");
    page.ask("Tom and");
    page.answer(3);
    page.bring_up(4, Backend::Gpu);
    page.answer(4);
    assert_eq!(page.session.backend(), Some(Backend::Gpu));
    assert_eq!(page.prompts(), ["Tom", "Tom and", "Tom and"]);
    assert!(page.is_ended(3));
}

#[test]
fn a_gpu_that_fails_its_self_test_after_it_was_lost_does_not_come_back() {
    let mut page = Page::live(BackendChoice::Gpu, true);
    page.bring_up(2, Backend::Gpu);
    page.answer(2);
    page.die(2);
    page.bring_up(3, Backend::Cpu);
    page.answer(3);
    page.bring_up(4, Backend::Cpu);
    page.take();
    page.ask("Tom");
    page.answer(3);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    assert_eq!(page.session.gpu_refusal(), Some("a reason"));
    assert_eq!(page.started(), []);
}

#[test]
fn a_text_that_the_gpu_was_writing_is_written_by_the_cpu() {
    let mut page = Page::live(BackendChoice::Gpu, true);
    page.bring_up(2, Backend::Gpu);
    page.answer(2);
    page.step(writing());
    page.take();
    page.die(2);
    page.bring_up(3, Backend::Cpu);
    page.answer(3);
    assert!(page.news.contains(&News::GenerationStarted));
    let run = page.last_run(3);
    page.bring_up(4, Backend::Gpu);
    assert_eq!(page.session.backend(), Some(Backend::Cpu), "to its end");
    let end = GenerationEnd::MaxTokens;
    page.say(3, Message::Generated { run, end });
    assert_eq!(page.session.backend(), Some(Backend::Gpu));
}

#[test]
fn a_gpu_that_dies_twice_leaves_the_work_to_the_cpu() {
    let mut page = Page::live(BackendChoice::Gpu, true);
    page.bring_up(2, Backend::Gpu);
    page.answer(2);
    page.die(2);
    page.bring_up(3, Backend::Cpu);
    page.answer(3);
    page.bring_up(4, Backend::Gpu);
    page.answer(4);
    page.take();
    page.die(4);
    assert_eq!(page.started(), [Build::Cpu]);
    page.bring_up(5, Backend::Cpu);
    page.answer(5);
    page.ask("Tom");
    page.answer(5);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    assert_eq!(page.started(), [Build::Cpu], "and the GPU is left alone");
    assert!(page.session.gpu_refusal().is_some());
}

#[test]
fn without_a_cpu_build_a_lost_gpu_is_started_again() {
    let mut page = Page::new(BackendChoice::Gpu);
    page.ask("Lily");
    page.step(Input::Builds {
        has_cpu: false,
        has_gpu: true,
        has_webgpu: true,
    });
    page.bring_up(1, Backend::Gpu);
    page.answer(1);
    page.die(1);
    assert_eq!(page.started(), [Build::Gpu, Build::Gpu]);
}

#[test]
fn who_was_to_take_over_does_so_when_the_one_before_dies() {
    // From the GPU to the CPU, which is still on its way.
    let mut page = Page::live(BackendChoice::Gpu, true);
    page.bring_up(2, Backend::Gpu);
    page.answer(2);
    page.step(Input::Choose(BackendChoice::Cpu));
    page.take();
    page.die(2);
    assert_eq!(page.started(), [], "it has been started already");
    page.bring_up(3, Backend::Cpu);
    page.answer(3);
    assert_eq!(page.prompts(), ["Lily"]);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    // From the CPU to a GPU that waits for a text to end.
    let mut page = Page::live(BackendChoice::Auto, true);
    page.step(writing());
    page.bring_up(2, Backend::Gpu);
    page.take();
    page.die(1);
    assert_eq!(page.started(), []);
    assert_eq!(page.session.backend(), Some(Backend::Gpu));
    page.answer(2);
    assert!(page.news.contains(&News::GenerationStarted));
}

#[test]
fn a_gpu_that_dies_in_its_first_run_gives_the_prompt_back_to_the_cpu() {
    let mut page = Page::live(BackendChoice::Auto, true);
    page.bring_up(2, Backend::Gpu);
    page.take();
    page.die(2);
    assert_eq!(page.prompts(), ["Lily"]);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    assert_eq!(page.started(), [Build::Gpu], "one more attempt");
}

#[test]
fn a_failed_device_is_a_dead_worker() {
    let mut page = Page::live(BackendChoice::Cpu, false);
    page.ask("Tom");
    let run = page.last_run(1);
    page.say(
        1,
        Message::Failed {
            run,
            blame: Blame::Device,
            message: "device lost".to_owned(),
            fitting: None,
        },
    );
    assert!(page.is_ended(1));
}

#[test]
fn a_fault_goes_to_the_first_worker_before_its_first_run_and_nowhere_else() {
    let mut page = Page::new(BackendChoice::Cpu);
    page.step(Input::Fault(Fault::Close));
    page.ask("Lily");
    page.step(Input::Builds {
        has_cpu: true,
        has_gpu: false,
        has_webgpu: false,
    });
    page.bring_up(1, Backend::Cpu);
    let injects = |commands: &[Command]| {
        let inject = |command: &&Command| {
            matches!(
                command,
                Command::Post {
                    ask: Ask::Inject(Fault::Close),
                    ..
                }
            )
        };
        commands.iter().filter(inject).count()
    };
    assert_eq!(injects(&page.commands), 1);
    page.die(1);
    page.bring_up(2, Backend::Cpu);
    page.answer(2);
    assert_eq!(injects(&page.commands), 1);
}

#[test]
fn a_failing_self_test_is_asked_for_with_the_model() {
    let mut page = Page::new(BackendChoice::Auto);
    page.step(Input::Fault(Fault::SelfTest));
    page.step(Input::Builds {
        has_cpu: true,
        has_gpu: true,
        has_webgpu: true,
    });
    page.say(1, Message::Booted);
    assert!(matches!(
        page.commands.last(),
        Some(Command::Post {
            ask: Ask::Load {
                fails_self_test: true,
                ..
            },
            ..
        })
    ));
}
