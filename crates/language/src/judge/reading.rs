//! The search for the best reading of a text, and its score.

use std::collections::HashMap;

use super::index::Reader;
use super::lenient::Deviation;
use super::{BEAM, CLEAR_MOOD, Event, Judgement, Path, UNREADABLE};
use crate::labels::{Construct, Mood};
use crate::oracle::{Filter, Oracle};
use crate::program::{BOUNDARY, FINISH, Stage};
use crate::state::State;
use crate::vocabulary::{END, START};

/// Readings with so many deviations more than the best one are dropped.
const MARGIN: usize = 6;
/// Number of readings that go on after an unreadable sentence.
const N_RESUMED: usize = 16;

/// One step of a reading, linked to the step before it.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: usize,
    event: Event,
}

/// A reading with its history.
#[derive(Clone, Copy, Debug)]
struct Reading {
    path: Path,
    /// Its latest step.
    node: usize,
    /// Index into [`Search::boundaries`] at which its latest sentence began.
    boundary: usize,
}

/// A search for the best reading.
struct Search<'r, 'g> {
    reader: &'r Reader<'g>,
    nodes: Vec<Node>,
    /// Readings at the start of a sentence.
    boundaries: Vec<Reading>,
    beam: Vec<Reading>,
    filter: Filter<'g>,
    judgement: Judgement,
}

/// Scores the tokens of one story.
pub(super) fn read(reader: &Reader<'_>, tokens: &[u32]) -> Judgement {
    let n_tokens = match tokens.iter().position(|&token| token == END) {
        Some(end) => end + 1,
        None => tokens.len(),
    };
    let tokens = &tokens[..n_tokens];
    let mut search = Search::new(reader);
    search.judgement.n_tokens = n_tokens;
    let mut pos = search.start(tokens.first().copied());
    while let Some(&token) = tokens.get(pos) {
        pos = if search.push(token) {
            pos + 1
        } else {
            search.resume(tokens, pos)
        };
    }
    search.finish(tokens.last() == Some(&END))
}

impl<'r, 'g> Search<'r, 'g> {
    /// A search before the first token.
    fn new(reader: &'r Reader<'g>) -> Self {
        let state = State {
            len: 1,
            ..State::initial(BOUNDARY)
        };
        let path = Path {
            state,
            told: None,
            cost: 0,
            log_prob: 0.0,
            odds: 0.0,
            event: Event::default(),
        };
        let first = Reading {
            path,
            node: 0,
            boundary: 0,
        };
        Self {
            reader,
            nodes: vec![Node {
                parent: 0,
                event: Event::default(),
            }],
            boundaries: vec![first],
            beam: vec![first],
            filter: Oracle::new(reader.grammar).filter(),
            judgement: Judgement::default(),
        }
    }

    /// Takes the start token; a text without one is read as if it had one.
    fn start(&mut self, first: Option<u32>) -> usize {
        // The start token can always come first.
        let has_start = first == Some(START);
        if self.filter.push(START).is_err() || !has_start {
            self.judgement.n_impossible += usize::from(first.is_some());
        }
        usize::from(has_start)
    }

    /// Moves all readings past a token; false, and unmoved, if none can read it.
    fn push(&mut self, token: u32) -> bool {
        let is_possible = self.filter.push(token).is_ok();
        self.judgement.n_impossible += usize::from(!is_possible);
        let mut next: Vec<Reading> = Vec::new();
        let mut index_of: HashMap<(State, Option<Mood>), usize> = HashMap::new();
        let mut paths = Vec::new();
        for reading in std::mem::take(&mut self.beam) {
            let boundary = if matches!(reading.path.state.pc, BOUNDARY | FINISH) {
                self.boundaries.push(reading);
                self.boundaries.len() - 1
            } else {
                reading.boundary
            };
            let start = Path {
                event: Event::default(),
                ..reading.path
            };
            paths.clear();
            self.reader.read(start, token, &mut paths);
            for &path in &paths {
                let new = Reading {
                    path,
                    node: reading.node,
                    boundary,
                };
                let key = (path.state, path.told);
                let index = *index_of.entry(key).or_insert(next.len());
                match next.get_mut(index) {
                    Some(known) if is_better(&new, known) => *known = new,
                    Some(_) => {}
                    None => next.push(new),
                }
            }
            // Kept for the case that nothing can read the token.
            self.beam.push(Reading {
                boundary,
                ..reading
            });
        }
        if next.is_empty() {
            return false;
        }
        self.keep_best(next);
        if !is_possible {
            self.restart_filter(0);
        }
        true
    }

    /// Makes the best of these readings the beam.
    fn keep_best(&mut self, mut readings: Vec<Reading>) {
        readings.sort_by(|a, b| {
            let by_cost = a.path.cost.cmp(&b.path.cost);
            by_cost.then(b.path.log_prob.total_cmp(&a.path.log_prob))
        });
        let limit = readings.first().map_or(0, |best| best.path.cost) + MARGIN;
        readings.truncate(BEAM);
        readings.retain(|reading| reading.path.cost <= limit);
        for reading in &mut readings {
            self.nodes.push(Node {
                parent: reading.node,
                event: reading.path.event,
            });
            reading.node = self.nodes.len() - 1;
        }
        self.beam = readings;
    }

    /// Sets the exact filter to the cheapest readings and those with at most so many
    /// deviations more.
    fn restart_filter(&mut self, margin: usize) {
        let Some(best) = self.beam.first().map(|reading| reading.path) else {
            return;
        };
        let cheapest = self.beam.iter().map(|reading| &reading.path);
        let states = cheapest
            .filter(|path| path.cost - best.cost <= margin)
            .flat_map(|path| {
                let weight = (path.log_prob - best.log_prob).exp();
                let happy = match path.told {
                    Some(mood) => f64::from(u8::from(mood == Mood::Happy)),
                    None => 1.0 / (1.0 + (-path.odds).exp()),
                };
                [(Mood::Happy, happy), (Mood::Sad, 1.0 - happy)].map(|(mood, share)| {
                    let state = State { mood, ..path.state };
                    (state, weight * share)
                })
            });
        self.filter.restart(states.collect());
    }

    /// Skips the rest of a sentence that nothing can read; returns where reading goes on.
    fn resume(&mut self, tokens: &[u32], pos: usize) -> usize {
        let vocabulary = self.reader.grammar.vocabulary();
        let begins = |token: u32| {
            let text = vocabulary.show(token);
            let first = text.strip_prefix(' ').and_then(|text| text.chars().next());
            token == END || first.is_some_and(|c| c.is_uppercase() || c == '"')
        };
        let next = (pos..tokens.len()).find(|&pos| {
            let is_last = tokens.get(pos + 1).is_none_or(|&token| begins(token));
            tokens[pos] == END || self.reader.ends_sentence(tokens[pos]) && is_last
        });
        let next = match next {
            Some(end) if tokens[end] == END => end,
            Some(end) => end + 1,
            None => tokens.len(),
        };
        // The token at which the reading broke counts as impossible already.
        self.judgement.n_skipped += next - pos - 1;
        let mut befores: Vec<usize> = self.beam.iter().map(|reading| reading.boundary).collect();
        befores.sort_unstable();
        befores.dedup();
        befores.sort_by_key(|&index| self.boundaries[index].path.cost);
        let mut resumed = Vec::new();
        for index in befores.into_iter().take(N_RESUMED) {
            let before = self.boundaries[index];
            let mut path = before.path.deviate(Deviation::Fact).at(BOUNDARY);
            path.state.len = u8::try_from(next).unwrap_or(u8::MAX);
            path.state.is_joined = false;
            path.state.in_quote = false;
            path.state.pronoun = None;
            path.state.prep = None;
            path.told = None;
            path.event = Event {
                is_unreadable: true,
                ..Event::default()
            };
            let boundary = self.boundaries.len();
            self.nodes.push(Node {
                parent: before.node,
                event: path.event,
            });
            let node = self.nodes.len() - 1;
            let reading = Reading {
                path,
                node,
                boundary,
            };
            self.boundaries.push(reading);
            resumed.push(reading);
            // What was taken for the end of a sentence may be the middle of a longer one.
            resumed.extend(self.reader.middles.iter().map(|&pc| Reading {
                path: path.deviate(Deviation::Fact).at(pc),
                ..reading
            }));
        }
        self.beam = resumed;
        self.restart_filter(usize::MAX);
        next
    }

    /// The score of the best reading.
    fn finish(mut self, has_end: bool) -> Judgement {
        if !has_end {
            let reader = self.reader;
            for reading in &mut self.beam {
                // A text that stops early deviates only by the quotation it leaves open.
                reading.path.event = Event::default();
                reading.path = reader.stop(reading.path);
                self.nodes.push(Node {
                    parent: reading.node,
                    event: reading.path.event,
                });
                reading.node = self.nodes.len() - 1;
            }
        }
        let best = self.beam.iter().copied().reduce(|best, other| {
            if is_better(&other, &best) {
                other
            } else {
                best
            }
        });
        let mut events = Vec::new();
        if let Some(best) = best {
            self.judgement.n_deviations = best.path.cost;
            let mut node = best.node;
            while node > 0 {
                events.push(self.nodes[node].event);
                node = self.nodes[node].parent;
            }
        }
        events.reverse();
        tally(&events, &mut self.judgement);
        self.judgement
    }
}

/// Whether a reading is cheaper, or as cheap and more probable.
fn is_better(new: &Reading, known: &Reading) -> bool {
    let (new, known) = (&new.path, &known.path);
    new.cost < known.cost || new.cost == known.cost && new.log_prob > known.log_prob
}

/// Counts the steps of a reading.
fn tally(events: &[Event], judgement: &mut Judgement) {
    let mut ending: Option<(f64, Vec<Mood>)> = None;
    for event in events {
        if event.is_unreadable {
            judgement.n_sentences += 1;
            judgement.n_unreadable += 1;
            for construct in UNREADABLE {
                judgement.count(construct, false);
            }
        }
        if let Some(stage) = event.begun {
            judgement.n_sentences += usize::from(stage != Stage::Join);
            close_ending(ending.take(), judgement);
            if stage == Stage::Ending {
                ending = Some((event.odds, Vec::new()));
            }
        }
        for _ in 0..event.n_lost_quotes {
            judgement.count(Construct::Quote, false);
        }
        if let Some((construct, is_right)) = event.scored {
            judgement.count(construct, is_right);
        }
        if let (Some(mood), Some((_, moods))) = (event.mood, &mut ending) {
            moods.push(mood);
        }
    }
    close_ending(ending, judgement);
}

/// Counts an ending: the log-odds of a happy story before it, and its certain words.
fn close_ending(ending: Option<(f64, Vec<Mood>)>, judgement: &mut Judgement) {
    let Some((odds, moods)) = ending.filter(|(_, moods)| !moods.is_empty()) else {
        return;
    };
    let prob = 1.0 / (1.0 + (-odds.abs()).exp());
    if prob >= CLEAR_MOOD {
        let likely = if odds > 0.0 { Mood::Happy } else { Mood::Sad };
        judgement.count(Construct::Mood, moods.iter().all(|mood| *mood == likely));
        judgement.expected_mood += prob;
    }
}
