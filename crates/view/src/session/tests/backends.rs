//! Which build computes: the CPU first, the GPU if it is right and faster.

use super::*;

#[test]
fn the_gpu_build_is_tried_only_once_the_cpu_has_answered() {
    let mut page = Page::opened(BackendChoice::Auto, true);
    page.bring_up(1, Backend::Cpu);
    assert_eq!(page.started(), [Build::Cpu]);
    page.answer(1);
    assert_eq!(page.started(), [Build::Cpu, Build::Gpu]);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
}

#[test]
fn no_gpu_build_is_fetched_without_webgpu_or_when_the_cpu_was_chosen() {
    assert_eq!(
        Page::live(BackendChoice::Auto, false).started(),
        [Build::Cpu]
    );
    assert_eq!(Page::live(BackendChoice::Cpu, true).started(), [Build::Cpu]);
}

#[test]
fn a_gpu_that_wins_takes_the_prompt_over_and_the_cpu_goes_after_the_answer() {
    let mut page = Page::live(BackendChoice::Auto, true);
    page.ask("Tom");
    page.answer(1);
    page.take();
    page.bring_up(2, Backend::Gpu);
    assert_eq!(page.prompts(), ["Tom"]);
    assert!(!page.is_ended(1));
    page.answer(2);
    assert!(page.is_ended(1));
    assert_eq!(page.session.backend(), Some(Backend::Gpu));
}

#[test]
fn a_gpu_that_loses_goes_and_its_reason_stays() {
    let mut page = Page::live(BackendChoice::Auto, true);
    page.take();
    page.bring_up(2, Backend::Cpu);
    assert!(page.is_ended(2));
    assert_eq!(page.session.gpu_refusal(), Some("a reason"));
    assert!(page.session.report().is_some());
    let notices = |news: &News| matches!(news, News::Notice(_));
    assert!(!page.news.iter().any(notices), "nobody asked for the GPU");
    page.ask("Tom");
    page.answer(1);
    assert_eq!(page.started(), [], "and it is not tried again");
}

#[test]
fn a_gpu_that_was_asked_for_and_loses_is_talked_about() {
    let mut page = Page::live(BackendChoice::Gpu, true);
    page.bring_up(2, Backend::Cpu);
    assert!(
        page.news
            .contains(&News::Notice(words::gpu_refused("a reason")))
    );
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
}

#[test]
fn a_gpu_that_was_asked_for_without_webgpu_is_explained_once() {
    let mut page = Page::live(BackendChoice::Gpu, false);
    page.ask("Tom");
    page.answer(1);
    let expected = News::Notice(words::gpu_refused(words::NO_WEBGPU));
    assert_eq!(
        page.news.iter().filter(|news| **news == expected).count(),
        1
    );
}

#[test]
fn the_gpu_build_is_tried_when_it_is_added_later() {
    let mut page = Page::new(BackendChoice::Gpu);
    page.ask("Lily");
    let builds = |has_gpu| Input::Builds {
        has_cpu: true,
        has_gpu,
        has_webgpu: true,
    };
    page.step(builds(false));
    page.bring_up(1, Backend::Cpu);
    page.answer(1);
    assert!(page.session.awaits_builds());
    page.step(builds(true));
    assert_eq!(page.started(), [Build::Cpu, Build::Gpu]);
    assert!(!page.session.awaits_builds());
}

#[test]
fn a_gpu_takes_over_only_after_the_text_that_is_being_written() {
    let mut page = Page::live(BackendChoice::Auto, true);
    page.step(writing());
    let run = page.last_run(1);
    page.bring_up(2, Backend::Gpu);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    let end = GenerationEnd::MaxTokens;
    page.say(1, Message::Generated { run, end });
    assert_eq!(page.session.backend(), Some(Backend::Gpu));
}

#[test]
fn the_visitor_can_move_between_cpu_and_gpu() {
    let mut page = Page::live(BackendChoice::Cpu, true);
    page.step(Input::Choose(BackendChoice::Gpu));
    page.bring_up(2, Backend::Gpu);
    page.answer(2);
    assert_eq!(page.session.backend(), Some(Backend::Gpu));
    page.take();
    page.step(Input::Choose(BackendChoice::Cpu));
    page.bring_up(3, Backend::Cpu);
    page.answer(3);
    assert_eq!(page.session.backend(), Some(Backend::Cpu));
    assert!(page.is_ended(2));
    assert_eq!(page.prompts(), ["Lily"]);
}
