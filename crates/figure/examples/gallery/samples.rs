//! Figures of invented numbers, as rooms will draw them from real ones.

use headlight_figure::{
    Anchor, Bands, Column, DARK, Direction, Element, Figure, FigureId, LABEL, LIGHT, LogBase, Mark,
    NOTE, NUMBER, Palette, Scale, Side, Size, Table, Theme, Tone, area, axis, axis_title,
    band_names, bars, colour_bar, diagonal, dots, el, extent, frame_of_cells, gaps, hatching,
    heatmap, histogram, line, line_between, rect,
};

/// Both themes.
pub(crate) const THEMES: [&Theme; 2] = [&LIGHT, &DARK];

const CREDIT: &str = "Headlight, figures of invented numbers";

/// Every figure of the gallery.
pub(crate) fn all() -> Vec<Figure> {
    vec![
        roc(),
        reliability(),
        attention(),
        long_attention(),
        change(),
        next_tokens(),
        growth(),
    ]
}

fn figure(
    id: &'static str,
    title: &'static str,
    sentence: &str,
    drawing: Element,
    size: (f64, f64),
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
) -> Figure {
    Figure {
        id: FigureId(id),
        title: title.into(),
        sentence: sentence.to_owned(),
        drawing,
        size: Size {
            width: size.0,
            height: size.1,
        },
        table: Table {
            caption: title.into(),
            columns,
            rows,
        },
        credit: CREDIT.to_owned(),
    }
}

fn numbers(rows: impl IntoIterator<Item = Vec<f64>>) -> Vec<Vec<String>> {
    let row = |row: Vec<f64>| row.iter().map(f64::to_string).collect();
    rows.into_iter().map(row).collect()
}

/// A ROC curve with its diagonal and the threshold that is chosen.
pub(crate) fn roc() -> Figure {
    let points: Vec<(f64, f64)> = [
        (0.0, 0.0),
        (0.0, 0.31),
        (0.02, 0.31),
        (0.02, 0.55),
        (0.05, 0.62),
        (0.09, 0.74),
        (0.14, 0.83),
        (0.22, 0.88),
        (0.35, 0.94),
        (0.52, 0.97),
        (0.78, 1.0),
        (1.0, 1.0),
    ]
    .to_vec();
    let x = Scale::linear((0.0, 1.0), (58.0, 358.0));
    let y = Scale::linear((0.0, 1.0), (312.0, 12.0));
    let chosen = [points[6]];
    let drawing = el("g")
        .add(
            axis(&x, Side::Bottom, 312.0)
                .grid(12.0)
                .at_most(6)
                .title("false alarms: share of sad stories called happy"),
        )
        .add(
            axis(&y, Side::Left, 58.0)
                .grid(358.0)
                .at_most(6)
                .title("found: share of happy stories"),
        )
        .add(diagonal(&x, &y))
        .add(line(&points, &x, &y, Mark::new(Tone::Main).target("curve")))
        .add(dots(
            &chosen,
            |_| 6.0,
            &x,
            &y,
            Mark::new(Tone::Beam).target("threshold"),
        ))
        .add(
            LABEL
                .at(114.0, 84.0, Anchor::Start, "threshold 0.27")
                .class("is-above"),
        )
        .add(
            NOTE.at(218.0, 194.0, Anchor::Start, "chance")
                .class("is-above"),
        );
    figure(
        "probe.roc",
        "How well does the probe tell the two moods apart?",
        "At a threshold of 0.27 it finds 83 % of the happy stories and calls 14 % of the sad ones happy.",
        drawing,
        (370.0, 352.0),
        vec![
            Column::value("false positive rate"),
            Column::value("true positive rate"),
        ],
        numbers(points.iter().map(|(x, y)| vec![*x, *y])),
    )
}

/// A reliability diagram with gaps, a band and counts.
pub(crate) fn reliability() -> Figure {
    let n_bins = 10;
    let counts = [58.0, 51.0, 46.0, 36.0, 39.0, 32.0, 40.0, 44.0, 63.0, 139.0];
    let accuracy = [0.17, 0.26, 0.2, 0.41, 0.44, 0.51, 0.6, 0.66, 0.63, 0.9];
    let edges = headlight_figure::bin_edges((0.0, 1.0), n_bins);
    let middles: Vec<f64> = edges.windows(2).map(|e| (e[0] + e[1]) / 2.0).collect();
    let x = Scale::linear((0.0, 1.0), (58.0, 398.0));
    let y = Scale::linear((0.0, 1.0), (352.0, 12.0));
    let n = Scale::linear((0.0, 139.0), (432.0, 384.0));
    let points: Vec<(f64, f64)> = middles.iter().copied().zip(accuracy).collect();
    let gap: Vec<(f64, f64, f64)> = points.iter().map(|&(p, hit)| (p, p, hit)).collect();
    let band: Vec<(f64, f64, f64)> = (0..=20)
        .map(|i| {
            let p = f64::from(i) / 20.0;
            let half = 0.16 * (p * (1.0 - p)).sqrt() + 0.005;
            (p, (p - half).max(0.0), (p + half).min(1.0))
        })
        .collect();
    let labels = (0..n_bins).filter(|bin| bin % 2 == 1).map(|bin| {
        let top = n.place(counts[bin]).unwrap_or(0.0);
        let text = counts[bin].to_string();
        NUMBER.at(
            x.place(middles[bin]).unwrap_or(0.0),
            top - 4.0,
            Anchor::Middle,
            text,
        )
    });
    let drawing = el("g")
        .add(
            axis(&y, Side::Left, 58.0)
                .grid(398.0)
                .at_most(6)
                .title("what happened: share of happy"),
        )
        .add(
            axis(&x, Side::Bottom, 432.0)
                .at_most(6)
                .title("what it says: P(happy)"),
        )
        .add(area(&band, &x, &y))
        .add(diagonal(&x, &y))
        .add(gaps(&gap, &x, &y, Mark::new(Tone::Positive)))
        .add(dots(
            &points,
            |bin| 2.0 + counts[bin].sqrt() * 0.6,
            &x,
            &y,
            Mark::new(Tone::Main).target("bin").selected(Some(8)),
        ))
        .add(histogram(
            &counts,
            &edges,
            &x,
            &n,
            Mark::new(Tone::Quiet).target("bin").selected(Some(8)),
        ))
        .all(labels)
        .add(NOTE.at(74.0, 36.0, Anchor::Start, "under-confident"))
        .add(NOTE.at(386.0, 336.0, Anchor::End, "over-confident"));
    figure(
        "calibrate.reliability",
        "When it says 90 %, how often is it right?",
        "Where the probe says about 85 %, it is right 63 % of the time (63 predictions): over-confident.",
        drawing,
        (410.0, 474.0),
        vec![
            Column::value("predicted"),
            Column::value("happened"),
            Column::value("count"),
        ],
        numbers((0..n_bins).map(|bin| vec![middles[bin], accuracy[bin], counts[bin]])),
    )
}

/// Names of the prompt's tokens, one of them hostile.
pub(crate) const TOKENS: [&str; 8] = ["Lily", "found", "a", "red", "ball", ".", "She", "<b>&]]>"];

/// Weights of a head that looks at the first and the previous token.
pub(crate) fn weights(n: usize) -> Vec<Option<f64>> {
    let weight = |query: usize, key: usize| {
        (key <= query).then(|| {
            let share = match query - key {
                0 => 1.0,
                1 => 5.0,
                _ if key == 0 => 8.0,
                far => 0.6 / far as f64,
            };
            let of = |key: usize| match query - key {
                0 => 1.0,
                1 => 5.0,
                _ if key == 0 => 8.0,
                far => 0.6 / far as f64,
            };
            share / (0..=query).map(of).sum::<f64>()
        })
    };
    (0..n * n).map(|cell| weight(cell / n, cell % n)).collect()
}

/// An attention pattern with the tokens on both axes.
pub(crate) fn attention() -> Figure {
    let n = TOKENS.len();
    let (left, top, length) = (92.0, 64.0, 288.0);
    let rows = Bands::new(n, (top, top + length), 1.0);
    let columns = Bands::new(n, (left, left + length), 1.0);
    let names: Vec<String> = TOKENS.iter().map(|&token| token.to_owned()).collect();
    let weights = weights(n);
    let selected = 6;
    let row: Vec<f64> = (0..n)
        .map(|key| weights[selected * n + key].unwrap_or(f64::NAN))
        .collect();
    let drawing = el("g")
        .add(hatching())
        .add(heatmap(
            &weights,
            &rows,
            &columns,
            Palette::Sequential,
            "cell",
        ))
        .add(frame_of_cells(
            &rows,
            &columns,
            selected..selected + 1,
            0..n,
        ))
        .add(band_names(
            &rows,
            &names,
            Side::Left,
            left,
            64.0,
            Some(selected),
        ))
        .add(band_names(&columns, &names, Side::Top, top, 64.0, Some(0)))
        .add(axis_title(
            "query (row)",
            Side::Left,
            top + length / 2.0,
            left,
            80.0,
            length,
        ))
        .add(axis_title(
            "key (column)",
            Side::Bottom,
            left + length / 2.0,
            top + length,
            6.0,
            length,
        ))
        .add(this_row(&row, top, left + length + 28.0))
        .add(colour_bar(
            Palette::Sequential,
            left + length + 28.0,
            top + length - 26.0,
            96.0,
            ["0", "1"],
        ));
    let mut table = vec![Column::text("query")];
    table.extend(names.iter().map(|name| Column::named(name.clone())));
    let cells = weights.chunks(n).zip(&names).map(|(row, name)| {
        let cell = |weight: &Option<f64>| weight.map_or(String::new(), |weight| weight.to_string());
        std::iter::once(name.clone())
            .chain(row.iter().map(cell))
            .collect()
    });
    figure(
        "attention.pattern",
        "Layer 1, head 2",
        "A first-token head: from \u{201c}She\u{201d} it looks back at Lily with 54 % of its weight.",
        drawing,
        (520.0, 376.0),
        table,
        cells.collect(),
    )
}

/// The weights of one row as bars with their numbers.
fn this_row(row: &[f64], top: f64, left: f64) -> Element {
    let bands = Bands::new(row.len(), (top, top + 160.0), 6.0);
    let x = Scale::linear((0.0, 1.0), (left, left + 120.0));
    let strongest = row
        .iter()
        .position(|weight| *weight == row.iter().copied().fold(0.0, f64::max));
    let numbers = row
        .iter()
        .enumerate()
        .filter(|(_, weight)| weight.is_finite())
        .map(|(key, weight)| {
            let end = x.place(*weight).unwrap_or(left) + 6.0;
            NUMBER.at(
                end,
                bands.middle(key) + NUMBER.below_middle(),
                Anchor::Start,
                format!("{weight:.3}"),
            )
        });
    let mark = Mark::new(Tone::Soft).target("key").selected(strongest);
    el("g")
        .add(NOTE.at(left, top - 8.0, Anchor::Start, "this row"))
        .add(bars(row, &bands, &x, Direction::Across, mark))
        .all(numbers)
}

/// The pattern of a long prompt, as pixels.
pub(crate) fn long_attention() -> Figure {
    let n = 96;
    let (left, top, length) = (40.0, 8.0, 288.0);
    let bands = |from: f64| Bands::new(n, (from, from + length), 0.0);
    let weights = weights(n);
    let drawing = el("g")
        .add(hatching())
        .add(heatmap(
            &weights,
            &bands(top),
            &bands(left),
            Palette::Sequential,
            "cell",
        ))
        .add(axis_title(
            "query (row)",
            Side::Left,
            top + length / 2.0,
            left,
            12.0,
            length,
        ))
        .add(axis_title(
            "key (column)",
            Side::Bottom,
            left + length / 2.0,
            top + length,
            6.0,
            length,
        ));
    figure(
        "attention.overview",
        "The same head over 96 tokens",
        "It looks at the first token from everywhere.",
        drawing,
        (340.0, 320.0),
        vec![Column::value("tokens")],
        vec![vec![n.to_string()]],
    )
}

/// What a cut changed: a diverging palette, as pixels.
pub(crate) fn change() -> Figure {
    let n = 48;
    let bands = Bands::new(n, (8.0, 296.0), 0.0);
    let value = |cell: usize| {
        let (row, column) = (cell / n, cell % n);
        let wave = (row as f64 * 0.31).sin() * (column as f64 * 0.17).cos();
        (column <= row).then_some(wave)
    };
    let values: Vec<Option<f64>> = (0..n * n).map(value).collect();
    let drawing =
        el("g")
            .add(hatching())
            .add(heatmap(&values, &bands, &bands, Palette::Diverging, "cell"));
    figure(
        "attention.change",
        "What taking the head out changed",
        "Weights gained are orange, weights lost blue.",
        drawing,
        (304.0, 304.0),
        vec![Column::value("tokens")],
        vec![vec![n.to_string()]],
    )
}

/// The most probable next tokens with the cut of sampling.
pub(crate) fn next_tokens() -> Figure {
    let tokens = [
        "They",
        "Tom",
        "Lily",
        "He",
        "The",
        "\u{449}\u{435}\u{43d}\u{43e}\u{43a}",
        "incomprehensibilities",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    ];
    let probs = [0.31, 0.22, 0.14, 0.11, 0.07, 0.05, 0.03, 0.02];
    let names: Vec<String> = tokens.iter().map(|&token| token.to_owned()).collect();
    let bands = Bands::new(names.len(), (0.0, 192.0), 8.0);
    let x = Scale::linear((0.0, 0.31), (100.0, 320.0));
    let numbers = probs.iter().enumerate().map(|(index, prob)| {
        let end = x.place(*prob).unwrap_or(0.0) + 6.0;
        let y = bands.middle(index) + NUMBER.below_middle();
        NUMBER.at(end, y, Anchor::Start, format!("{:.1}\u{a0}%", prob * 100.0))
    });
    let cut = bands.range.0 + 6.0 * bands.step();
    let mark = Mark::new(Tone::Main).target("token").selected(Some(0));
    let drawing = el("g")
        .add(band_names(&bands, &names, Side::Left, 100.0, 90.0, Some(0)))
        .add(bars(&probs, &bands, &x, Direction::Across, mark))
        .all(numbers)
        .add(line_between((100.0, cut), (380.0, cut)).class("reference-line"))
        .add(NOTE.at(380.0, cut - 4.0, Anchor::End, "top-p 0.92"))
        .add(el("button").add("Append"));
    figure(
        "attention.next",
        "What comes next?",
        "\u{201c}They\u{201d} has 31 % of the probability.",
        drawing,
        (384.0, 196.0),
        vec![Column::text("token"), Column::value("probability")],
        tokens
            .iter()
            .zip(probs)
            .map(|(token, prob)| vec![(*token).to_owned(), prob.to_string()])
            .collect(),
    )
}

/// Time over length, both with logarithmic axes.
pub(crate) fn growth() -> Figure {
    let lengths: Vec<f64> = (10..=15).map(|exponent| f64::from(1 << exponent)).collect();
    let x = Scale::log(LogBase::Two, (1024.0, 32768.0), (58.0, 398.0));
    let curve = |per: f64, power: f64| -> Vec<(f64, f64)> {
        lengths
            .iter()
            .map(|&n| (n, per * (n / 1024.0).powf(power)))
            .collect()
    };
    let extent = extent(
        curve(0.8, 1.9)
            .into_iter()
            .chain(curve(1.4, 2.05))
            .map(|(_, ms)| ms),
    );
    let y = Scale::log(LogBase::Ten, extent.unwrap_or((1.0, 10.0)), (220.0, 24.0));
    let (flash, standard) = (curve(0.8, 1.9), curve(1.4, 2.05));
    let drawing = el("g")
        .add(axis(&y, Side::Left, 58.0).grid(398.0).title("milliseconds"))
        .add(axis(&x, Side::Bottom, 232.0).title("length of the sequence"))
        .add(line(
            &standard,
            &x,
            &y,
            Mark::new(Tone::Ink).dashed().target("way").series(1),
        ))
        .add(line(&flash, &x, &y, Mark::new(Tone::Main).target("way")))
        .add(dots(&flash, |_| 3.0, &x, &y, Mark::new(Tone::Main)))
        .add(
            LABEL
                .at(294.0, 116.0, Anchor::Start, "flash")
                .class("is-above"),
        )
        .add(
            LABEL
                .at(236.0, 96.0, Anchor::End, "standard")
                .class("is-above"),
        )
        .add(rect(58.0, 12.0, 340.0, 220.0).class("axis-line"));
    figure(
        "flash.growth",
        "How does the time grow?",
        "Twice the length takes 3.7 times as long by our kernel and 4.1 times by standard attention.",
        drawing,
        (410.0, 274.0),
        vec![
            Column::value("n"),
            Column::value("flash ms"),
            Column::value("standard ms"),
        ],
        numbers(
            flash
                .iter()
                .zip(&standard)
                .map(|((n, a), (_, b))| vec![*n, *a, *b]),
        ),
    )
}
