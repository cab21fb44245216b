//! Parts of the model that the visitor has taken out, as values.

use crate::answers::head::head_name;
use std::fmt;
use std::str::FromStr;

use headlight_activations::{Edit, EditOp, EditPos, HookPoint, ModelShape, Site};

use crate::answers::head::Head;

/// A part that can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What one head writes into the residual stream.
    Head(Head),
    /// What one layer's MLP writes.
    Mlp(usize),
}

/// What takes its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filler {
    /// Zeros.
    #[default]
    Zero,
    /// Its mean over the positions of this prompt's clean run.
    Mean,
}

impl Filler {
    /// `zero` or `mean`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Mean => "mean",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zero => Self::Mean,
            Self::Mean => Self::Zero,
        }
    }
}

/// One part taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ablation {
    /// Part that is taken out.
    pub part: Part,
    /// What takes its place.
    pub filler: Filler,
}

impl Part {
    /// True if a model of this shape has the part.
    #[must_use]
    pub fn exists(self, shape: &ModelShape) -> bool {
        match self {
            Self::Head(Head { layer, head }) => layer < shape.n_layers && head < shape.n_heads,
            Self::Mlp(layer) => HookPoint::block(layer, Site::MlpOut).check(shape).is_ok(),
        }
    }
}

impl Ablation {
    /// The change that it makes in the run.
    #[must_use]
    pub fn edit(self) -> Edit {
        let (hook, head) = match self.part {
            Part::Head(Head { layer, head }) => (HookPoint::block(layer, Site::Z), Some(head)),
            Part::Mlp(layer) => (HookPoint::block(layer, Site::MlpOut), None),
        };
        Edit {
            hook,
            head,
            pos: EditPos::All,
            op: match self.filler {
                Filler::Zero => EditOp::Zero,
                Filler::Mean => EditOp::Mean,
            },
            value: None,
        }
    }
}

/// As links write it: `3.2` for a head, `mlp1` for an MLP.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(Head { layer, head }) => write!(f, "{layer}.{head}"),
            Self::Mlp(layer) => write!(f, "mlp{layer}"),
        }
    }
}

/// As links write it: `3.2:zero` for a head, `mlp1:mean` for an MLP.
impl fmt::Display for Ablation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.part, self.filler.name())
    }
}

/// A text that names no ablation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a part such as 3.2:zero or mlp1:mean")]
pub struct ParseAblationError;

impl FromStr for Ablation {
    type Err = ParseAblationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse::<usize>().ok().ok_or(ParseAblationError);
        let (part, filler) = text.split_once(':').unwrap_or((text, "zero"));
        let filler = match filler {
            "zero" => Filler::Zero,
            "mean" => Filler::Mean,
            _ => return Err(ParseAblationError),
        };
        let part = match (part.strip_prefix("mlp"), part.split_once('.')) {
            (Some(layer), _) => Part::Mlp(number(layer)?),
            (None, Some((layer, head))) => Part::Head(Head {
                layer: number(layer)?,
                head: number(head)?,
            }),
            (None, None) => return Err(ParseAblationError),
        };
        Ok(Self { part, filler })
    }
}

/// The ablations of a link, separated by commas.
#[must_use]
pub fn parse_list(list: &str) -> Option<Vec<Ablation>> {
    list.split(',').map(|item| item.parse().ok()).collect()
}

/// A list of ablations as links write it; `None` if it is empty.
#[must_use]
pub fn write_list(ablations: &[Ablation]) -> Option<String> {
    let items: Vec<String> = ablations.iter().map(ToString::to_string).collect();
    (!items.is_empty()).then(|| items.join(","))
}

/// A part in words.
#[must_use]
pub fn part_name(part: Part) -> String {
    match part {
        Part::Head(head) => head_name(head),
        Part::Mlp(layer) => format!("MLP {layer}"),
    }
}

impl Ablation {
    /// The part and what it gives, such as `head 3.2 = 0`.
    #[must_use]
    pub fn label(self) -> String {
        let given = match self.filler {
            Filler::Zero => "0",
            Filler::Mean => "its mean",
        };
        format!("{} = {given}", part_name(self.part))
    }
}

/// A link takes out a part that the model does not have.
#[must_use]
pub fn no_such_part(part: &str) -> String {
    format!("This model has no {part}, so nothing was taken out there.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_back_as_it_was_written() {
        let head = Part::Head(Head { layer: 3, head: 11 });
        let list = [
            Ablation {
                part: head,
                filler: Filler::Mean,
            },
            Ablation {
                part: Part::Mlp(0),
                filler: Filler::Zero,
            },
        ];
        let written = write_list(&list).unwrap();
        assert_eq!(written, "3.11:mean,mlp0:zero");
        assert_eq!(parse_list(&written).unwrap(), list);
        assert_eq!(parse_list("3.11").unwrap()[0].filler, Filler::Zero);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for bad in [
            "",
            "3",
            "3.",
            ".2",
            "3.2:half",
            "mlp",
            "mlpx:zero",
            "3.2,,1.1",
            "-1.2",
        ] {
            assert_eq!(parse_list(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_head_is_taken_out_where_it_is_mixed_in() {
        let part = Part::Head(Head { layer: 1, head: 2 });
        let filler = Filler::Mean;
        let json = serde_json::to_string(&Ablation { part, filler }.edit()).unwrap();
        assert_eq!(
            json,
            r#"{"hook":"blocks.1.attn.hook_z","head":2,"pos":"all","op":"mean"}"#
        );
    }
}
