//! What a schedule counts and where it leads.

use std::collections::BTreeMap;

use crate::head::{Head, methods, schedule};
use headlight_flash::{
    Algorithm, Direction, Event, EventKind, Machine, Method, Problem, Schedule, TileKind, Tiling,
    Totals, chip_after, execute,
};
use proptest::prelude::*;

const fn problem(n: usize, d: usize, is_causal: bool) -> Problem {
    Problem {
        n_q: n,
        n_k: n,
        d,
        is_causal,
    }
}

fn moved(problem: Problem, algorithm: Algorithm, blocks: [usize; 2]) -> u64 {
    let totals = schedule(problem, Method::new(algorithm), blocks).totals();
    totals.elements_moved()
}

#[test]
fn the_published_check_values_hold() {
    let (plain, causal) = (problem(192, 64, false), problem(192, 64, true));
    let blocks = [64, 96];
    assert_eq!(moved(plain, Algorithm::Standard, blocks), 196_608);
    assert_eq!(moved(plain, Algorithm::Fa1, blocks), 112_512);
    assert_eq!(moved(plain, Algorithm::Fa2, blocks), 98_496);
    assert_eq!(moved(causal, Algorithm::Fa2, blocks), 86_208);
    assert_eq!(moved(causal, Algorithm::Fa1, blocks), 99_968);
    let wide = problem(4096, 128, false);
    assert_eq!(moved(wide, Algorithm::Fa1, [128, 64]), 103_292_928);
    assert_eq!(moved(wide, Algorithm::Standard, [128, 64]), 69_206_016);
}

/// The formulas of conventions.md, section 6, for full tiles without a mask,
/// and with one the sums over visited tiles.
fn by_formula(problem: &Problem, method: &Method, tiling: Tiling) -> u64 {
    let Problem { n_q, n_k, d, .. } = *problem;
    let (n_query_tiles, n_key_tiles) = (
        n_q.div_ceil(tiling.block_q()),
        n_k.div_ceil(tiling.block_k()),
    );
    let rows = |i: usize| i * tiling.block_q()..n_q.min((i + 1) * tiling.block_q());
    let keys = |j: usize| j * tiling.block_k()..n_k.min((j + 1) * tiling.block_k());
    let visited = || {
        let tiles = (0..n_query_tiles).flat_map(|i| (0..n_key_tiles).map(move |j| (i, j)));
        // A pair at a time: slow, and not how the schedule does it.
        tiles
            .filter(|&(i, j)| rows(i).any(|row| keys(j).any(|key| key < problem.visible_keys(row))))
    };
    let moved = match method.algorithm {
        Algorithm::Standard => 2 * n_q * d + 2 * n_k * d + 4 * n_q * n_k,
        Algorithm::Fa1 => {
            let of_tiles: usize = visited().map(|(i, _)| rows(i).len() * (3 * d + 4)).sum();
            2 * n_k * d + of_tiles + n_q * d + 2 * n_q
        }
        Algorithm::Fa2 => {
            let of_tiles: usize = visited().map(|(_, j)| 2 * keys(j).len() * d).sum();
            2 * n_q * d + n_q + of_tiles
        }
    };
    moved as u64
}

#[test]
fn on_full_tiles_the_ledger_is_the_closed_formula() {
    for (n, d, block_q, block_k) in [(192, 64, 64, 96), (64, 8, 4, 16), (60, 3, 60, 1)] {
        let (t_r, t_c) = (n / block_q, n / block_k);
        let of = |algorithm| moved(problem(n, d, false), algorithm, [block_q, block_k]) as usize;
        assert_eq!(of(Algorithm::Standard), 4 * n * d + 4 * n * n);
        assert_eq!(
            of(Algorithm::Fa1),
            2 * n * d + t_c * (3 * n * d + 4 * n) + n * d + 2 * n
        );
        assert_eq!(of(Algorithm::Fa2), 2 * n * d + n + 2 * t_r * n * d);
    }
}

#[test]
fn an_option_that_does_not_apply_is_refused_by_name() {
    let tiling = Tiling::new(2, 2).ok();
    let said = |method: Method| {
        let schedule = Schedule::new(problem(8, 4, false), method, tiling);
        schedule.unwrap_err().to_string()
    };
    let new = Method::new;
    let reversed = Method {
        is_reversed: true,
        ..new(Algorithm::Standard)
    };
    assert!(said(reversed).contains("standard"), "{}", said(reversed));
    let lazy = Method {
        is_lazy: true,
        ..new(Algorithm::Fa1)
    };
    assert_eq!(said(lazy), "lazy rescale with fa1: expected fa2");
    let split = Method {
        n_splits: 5,
        ..new(Algorithm::Fa2)
    };
    assert_eq!(said(split), "5 splits of 4 key tiles, expected 1 to 4");
    let untiled = Schedule::new(problem(8, 4, false), new(Algorithm::Fa1), None);
    assert!(
        untiled
            .unwrap_err()
            .to_string()
            .contains("fa1 without tiles")
    );
    let empty = Schedule::new(problem(0, 4, false), new(Algorithm::Fa2), tiling);
    assert!(empty.unwrap_err().to_string().contains("0 queries"));
}

#[test]
fn half_a_million_steps_are_not_stored() {
    let fa2 = Method::new(Algorithm::Fa2);
    let schedule = schedule(problem(4096, 64, false), fa2, [16, 16]);
    assert_eq!(schedule.n_events(), 256 * (1 + 256 * 7 + 2));
    let last = schedule.event(schedule.n_events() - 1).unwrap();
    assert_eq!(
        (last.kind, last.i, last.j),
        (EventKind::Store, Some(255), None)
    );
    assert_eq!(schedule.event(schedule.n_events()), None);
}

/// The schedule's sums, added up step by step.
fn summed(events: &[Event]) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for event in events {
        *sums.entry("flops".to_owned()).or_default() += event.flops;
        *sums.entry("exps".to_owned()).or_default() += event.exps;
        *sums.entry("n".to_owned()).or_default() += 1;
        for moved in event.moves() {
            let key = format!("{:?} {:?}", moved.array, moved.direction);
            *sums.entry(key).or_default() += moved.elements;
        }
    }
    sums.retain(|_, sum| *sum > 0);
    sums
}

fn told(totals: &Totals) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::from([
        ("flops".to_owned(), totals.flops),
        ("exps".to_owned(), totals.exps),
        ("n".to_owned(), totals.n_events),
    ]);
    for array in headlight_flash::Array::ALL {
        for direction in [Direction::Read, Direction::Written] {
            let elements = totals.elements_of(array, direction);
            sums.insert(format!("{array:?} {direction:?}"), elements);
        }
    }
    sums.retain(|_, sum| *sum > 0);
    sums
}

/// Sizes, tiles and a method.
fn any_schedule() -> impl Strategy<Value = Schedule> {
    let sizes = (1_usize..30, 1_usize..30, 1_usize..5);
    (sizes, 1_usize..12, 1_usize..12, any::<bool>(), 0_usize..100).prop_map(
        |((n_q, n_k, d), block_q, block_k, is_causal, which)| {
            let problem = Problem {
                n_q,
                n_k,
                d,
                is_causal,
            };
            let methods = methods(n_k.div_ceil(block_k));
            schedule(problem, methods[which % methods.len()], [block_q, block_k])
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_allowed_pair_is_visited_exactly_once(schedule in any_schedule()) {
        let problem = *schedule.problem();
        let mut visits = vec![0; problem.n_q * problem.n_k];
        for event in schedule.events().filter(|event| event.kind == EventKind::Scores) {
            let keys = event.j.map_or(0..problem.n_k, |j| schedule.keys(j));
            for query in schedule.queries(event.i.unwrap()) {
                for key in keys.clone() {
                    visits[query * problem.n_k + key] += 1;
                }
            }
        }
        for query in 0..problem.n_q {
            for key in 0..problem.n_k {
                let n_visits = visits[query * problem.n_k + key];
                let is_seen = key < problem.visible_keys(query);
                // A hidden pair may be computed and thrown away, once.
                prop_assert!(n_visits == 1 || (!is_seen && n_visits == 0));
            }
        }
    }

    #[test]
    fn visits_and_last_writes_are_where_walking_finds_them(schedule in any_schedule()) {
        let events: Vec<Event> = schedule.events().collect();
        let is_standard = schedule.tiling().is_none();
        for i in 0..schedule.n_query_tiles() {
            for j in 0..schedule.n_key_tiles() {
                let is_of = |event: &Event| event.i == Some(i) && event.j == Some(j);
                let is_visit = |event: &&(usize, Event)| {
                    let is_here = is_of(&event.1) && event.1.kind != EventKind::Skip;
                    is_here && !is_standard
                };
                let numbered: Vec<(usize, Event)> = events.iter().copied().enumerate().collect();
                let visit: Vec<usize> = numbered.iter().filter(is_visit).map(|(n, _)| *n).collect();
                let found = schedule.visit(i, j);
                if let (Some(first), Some(last)) = (visit.first(), visit.last()) {
                    prop_assert_eq!(found, Some(*first as u64..*last as u64 + 1));
                } else if !is_standard {
                    prop_assert_eq!(found, None);
                }
            }
            let writes = |event: &Event| {
                let mut moves = event.moves();
                event.i == Some(i) && moves.any(|moved| {
                    let is_output = moved.array == headlight_flash::Array::O;
                    is_output && moved.direction == Direction::Written
                })
            };
            let last = events.iter().rposition(writes).map_or(1, |last| last as u64 + 1);
            prop_assert_eq!(schedule.written_after(i), last);
        }
    }

    #[test]
    fn any_step_is_the_one_that_walking_finds(schedule in any_schedule()) {
        let events: Vec<Event> = schedule.events().collect();
        prop_assert_eq!(schedule.n_events(), events.len() as u64);
        for (index, event) in events.iter().enumerate() {
            prop_assert_eq!(schedule.event(index as u64), Some(*event));
        }
        prop_assert_eq!(schedule.event(events.len() as u64), None);
    }

    #[test]
    fn the_sum_after_any_step_is_the_sum_of_the_steps(schedule in any_schedule()) {
        let events: Vec<Event> = schedule.events().collect();
        for step in 0..=events.len() {
            let totals = schedule.totals_after(step as u64);
            prop_assert_eq!(told(&totals), summed(&events[..step]));
        }
        prop_assert_eq!(schedule.totals(), schedule.totals_after(events.len() as u64));
    }

    #[test]
    fn the_ledger_is_what_counting_pair_by_pair_gives(schedule in any_schedule()) {
        let totals = schedule.totals();
        let (problem, method) = (schedule.problem(), schedule.method());
        if let Some(tiling) = schedule.tiling() {
            let mut counts = [0_u64; 3];
            let mut pairs = 0;
            for i in 0..schedule.n_query_tiles() {
                for j in 0..schedule.n_key_tiles() {
                    let seen: usize = schedule
                        .queries(i)
                        .map(|query| {
                            let keys = schedule.keys(j);
                            keys.filter(|&key| key < problem.visible_keys(query)).count()
                        })
                        .sum();
                    let size = schedule.queries(i).len() * schedule.keys(j).len();
                    let kind = match seen {
                        0 => TileKind::Skipped,
                        _ if seen == size => TileKind::Full,
                        _ => TileKind::Partial,
                    };
                    prop_assert_eq!(schedule.tile_kind(i, j), kind);
                    counts[kind as usize] += 1;
                    if kind != TileKind::Skipped {
                        pairs += size as u64;
                    }
                }
            }
            let tiles = totals.tiles;
            prop_assert_eq!([tiles.full, tiles.partial, tiles.skipped], counts);
            prop_assert_eq!(totals.flops, 4 * problem.d as u64 * pairs);
            if method.n_splits == 1 {
                prop_assert_eq!(totals.elements_moved(), by_formula(problem, method, tiling));
            }
        } else {
            let pairs = (problem.n_q * problem.n_k) as u64;
            prop_assert_eq!(totals.flops, 4 * problem.d as u64 * pairs);
            prop_assert_eq!(totals.tiles, headlight_flash::TileCounts::default());
            let tiling = Tiling::new(1, 1).unwrap();
            prop_assert_eq!(totals.elements_moved(), by_formula(problem, method, tiling));
        }
    }

    #[test]
    fn the_chip_never_holds_more_than_it_is_said_to(
        schedule in any_schedule(),
        seed in 0_u64..50,
    ) {
        let Problem { n_q, n_k, d, .. } = *schedule.problem();
        let head = Head::random(seed, [n_q, n_k, d], 1.0);
        let Some(tiling) = schedule.tiling().filter(|_| schedule.method().n_splits == 1) else {
            return Ok(());
        };
        let mut machine = Machine::new(head.inputs(), &schedule);
        for event in schedule.events() {
            machine.apply(&event).unwrap();
            prop_assert!(machine.chip().n_elements() <= tiling.on_chip_elements(d));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn jumping_to_a_step_is_stepping_there(schedule in any_schedule(), seed in 0_u64..50) {
        let Problem { n_q, n_k, d, .. } = *schedule.problem();
        let head = Head::random(seed, [n_q, n_k, d], 1.0);
        let mut machine = Machine::new(head.inputs(), &schedule);
        prop_assert_eq!(machine.chip(), &chip_after(head.inputs(), &schedule, 0).unwrap());
        for (index, event) in schedule.events().enumerate() {
            machine.apply(&event).unwrap();
            let jumped = chip_after(head.inputs(), &schedule, index as u64 + 1).unwrap();
            prop_assert_eq!(machine.chip(), &jumped, "after step {} {:?}", index, event);
        }
        // All steps in the order of the schedule, and tile by tile: the same bits.
        let stepped = machine.into_attended();
        prop_assert_eq!(stepped, execute(head.inputs(), &schedule).unwrap());
    }
}
