//! The chart of growing sequences, on points that are made up.

use headlight_activations::PathMeasure;

use super::*;
use crate::rooms::flash::device::{LENGTHS, Stage};

/// Memory of the kernel is `n`, of standard attention `n^2`; times are `ms` and 4 `ms`.
pub(in crate::rooms::flash) fn point(n: usize, d: usize, ms: f64) -> FlashGrowth {
    let measure = |elapsed_ms, extra_bytes| PathMeasure {
        elapsed_ms,
        extra_bytes,
        max_abs_error: 3.1e-7,
    };
    let n_bytes = n as u64 * 4;
    FlashGrowth {
        n,
        d,
        flash: measure(ms, n_bytes),
        standard: StandardMeasure::Measured(measure(4.0 * ms, n_bytes * n as u64)),
    }
}

fn too_large(n: usize, d: usize) -> FlashGrowth {
    FlashGrowth {
        standard: StandardMeasure::DoesNotFit {
            needed_bytes: (n * n * 4) as u64,
            limit_bytes: 128 << 20,
        },
        ..point(n, d, 2.0)
    }
}

pub(in crate::rooms::flash) fn growth_of(points: Vec<FlashGrowth>) -> Growth {
    Growth {
        d: 8,
        points,
        stage: Stage::Done,
    }
}

#[test]
fn the_sentence_has_powers_and_errors() {
    let of = |lengths: &[usize]| {
        let points = lengths.iter().map(|&n| point(n, 8, n as f64 / 256.0));
        sentence(&growth_of(points.collect()))
    };
    assert_eq!(of(&[]), "");
    assert_eq!(
        of(&[256, 512]),
        "Largest error 3.1e-7, of standard attention 3.1e-7."
    );
    assert_eq!(
        of(&[256, 512, 1_024]),
        "From 256 to 1\u{202f}024 tokens the kernel’s extra memory grows as N^1.00 and that of \
         standard attention as N^2.00. The kernel’s time grows as about N^1.0 and that of \
         standard attention as about N^1.0. Largest error 3.1e-7, of standard attention 3.1e-7."
    );
    let mut wrong = point(256, 8, 1.0);
    wrong.flash.max_abs_error = 0.5;
    let said = sentence(&growth_of(vec![wrong]));
    assert!(
        said.contains("5.0e-1") && said.ends_with(words::WRONG),
        "{said}"
    );
}

#[test]
fn what_does_not_fit_has_a_cross_at_its_bytes_and_no_time() {
    let mut points: Vec<_> = LENGTHS[..4].iter().map(|&n| point(n, 8, 1.0)).collect();
    points.extend(LENGTHS[4..].iter().map(|&n| too_large(n, 8)));
    let growth = growth_of(points);
    let said = sentence(&growth);
    assert!(said.contains("N^2.00, up to 2\u{202f}048."), "{said}");
    assert!(
        said.contains("At 4\u{202f}096 tokens standard attention’s scores need 64\u{a0}MiB, and"),
        "{said}"
    );
    let [memory, time] = GrowthChart::new(&growth, 900.0).panels;
    assert_eq!((memory.crosses.len(), time.crosses.len()), (2, 0));
    assert_eq!(memory.crosses[0].label, None);
    assert!(memory.crosses[1].label.is_some());
    let line = |panel: &Panel, way| {
        let line = panel.lines.iter().find(|line| line.way == way).unwrap();
        line.points.clone()
    };
    assert_eq!(line(&memory, Way::Standard).len(), 4);
    assert_eq!(line(&time, Way::Standard).len(), 4);
    assert_eq!(line(&time, Way::Flash).len(), 6);
    // The crosses go on where the line ends: four times the bytes each.
    let standard = line(&memory, Way::Standard);
    let rise = standard[2].1 - standard[3].1;
    assert!((standard[3].1 - memory.crosses[0].y - rise).abs() < 1e-6);
    assert_eq!(memory.crosses[1].x, line(&memory, Way::Flash)[5].0);
}

#[test]
fn everything_lies_within_the_chart_at_any_width_and_any_stage() {
    for width in [280.0, 340.0, 599.0, 640.0, 1_100.0] {
        for n_points in 0..=LENGTHS.len() {
            let point = |&n: &usize| {
                if n > 2_048 {
                    too_large(n, 8)
                } else {
                    point(n, 8, (n * n) as f64 / 1e6)
                }
            };
            let growth = growth_of(LENGTHS[..n_points].iter().map(point).collect());
            let chart = GrowthChart::new(&growth, width);
            assert!((chart.width - width).abs() < 1e-9);
            for panel in &chart.panels {
                let inside = |x: f64, y: f64| {
                    let in_x = x >= panel.x.0 - 1e-6 && x <= panel.x.1 + 1e-6;
                    let in_y = y >= panel.y.0 - 1e-6 && y <= panel.y.1 + 1e-6;
                    assert!(in_x && in_y, "{x} {y} {panel:?}");
                };
                assert!(panel.x.1 <= chart.width && panel.y.1 < chart.height);
                assert_eq!(panel.lengths.len(), LENGTHS.len());
                assert!((2..=6).contains(&panel.grid.len()), "{:?}", panel.grid);
                for line in &panel.lines {
                    line.points.iter().for_each(|(x, y)| inside(*x, *y));
                    let letters = words::way(line.way).chars().count() as f64 * 6.4;
                    let (x, end) = (line.label.x, line.label.is_end);
                    let (from, to) = if end {
                        (x - letters, x)
                    } else {
                        (x, x + letters)
                    };
                    assert!(
                        from >= panel.x.0 - 1e-6 && to <= panel.x.1,
                        "{width} {line:?}"
                    );
                }
                panel
                    .crosses
                    .iter()
                    .for_each(|cross| inside(cross.x, cross.y));
                if let [first, second] = &panel.lines[..] {
                    let range = |line: &Line| {
                        let letters = words::way(line.way).chars().count() as f64 * 6.4;
                        let x = line.label.x;
                        if line.label.is_end {
                            (x - letters, x)
                        } else {
                            (x, x + letters)
                        }
                    };
                    let (a, b) = (range(first), range(second));
                    let apart = (first.label.y - second.label.y).abs();
                    let is_beside = a.1 <= b.0 || b.1 <= a.0;
                    assert!(is_beside || apart >= 13.9, "{width} {n_points} {apart}");
                }
            }
        }
    }
}

#[test]
fn ticks_have_plain_units() {
    let growth = growth_of(vec![point(256, 8, 0.5), point(8_192, 8, 700.0)]);
    let [memory, time] = GrowthChart::new(&growth, 900.0).panels;
    let labels = |panel: &Panel| -> Vec<String> {
        let labels = panel.grid.iter();
        labels
            .map(|tick| tick.label.replace('\u{a0}', " "))
            .collect()
    };
    assert_eq!(
        labels(&memory),
        ["1 KiB", "32 KiB", "1 MiB", "32 MiB", "1 GiB"]
    );
    assert_eq!(
        labels(&time),
        ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"]
    );
    let lengths: Vec<&str> = memory.lengths.iter().map(|tick| &*tick.label).collect();
    assert_eq!(lengths[..3], ["256", "512", "1\u{202f}024"]);
}

#[test]
fn what_cannot_be_drawn_on_a_logarithm_is_left_to_the_table() {
    let mut none = point(256, 8, 0.0);
    none.flash.extra_bytes = 0;
    let growth = growth_of(vec![none, point(512, 8, 1.0)]);
    let [memory, time] = GrowthChart::new(&growth, 900.0).panels;
    let flash = |panel: &Panel| {
        let line = panel.lines.iter().find(|line| line.way == Way::Flash);
        line.map_or(0, |line| line.points.len())
    };
    assert_eq!((flash(&memory), flash(&time)), (1, 1));
    let table = table(&growth);
    assert_eq!(table.rows[0][1..3], ["0", "0"]);
}

#[test]
fn the_table_has_every_number_in_full() {
    let growth = growth_of(vec![point(256, 8, 1.0 / 3.0), too_large(8_192, 8)]);
    let table = table(&growth);
    let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(
        names,
        [
            "n",
            "flash ms",
            "flash extra bytes",
            "flash max error",
            "standard ms",
            "standard extra bytes",
            "standard max error"
        ]
    );
    assert_eq!(
        table.rows[0],
        [
            "256",
            "0.3333333333333333",
            "1024",
            "3.1e-7",
            "1.3333333333333333",
            "262144",
            "3.1e-7"
        ]
    );
    assert_eq!(table.rows[1][4..], ["", "does not fit", ""]);
}
