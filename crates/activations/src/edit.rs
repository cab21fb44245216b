//! Edits: changes to activations, made in the next run.
//!
//! An edit is data. It can be written down, shown as a chip, put into a link
//! and replayed; the model applies it where the hook point is computed, before
//! anything downstream reads the value. Editing nothing changes nothing.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Axis, HookError, HookPoint, ModelShape, Quoted};

/// One change to one activation.
///
/// As JSON: `{"hook": "blocks.0.attn.hook_z", "head": 1, "pos": "all", "op": "zero"}`,
/// with `"value": [..]` for `add` and `set`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Hook point whose value is changed.
    pub hook: HookPoint,
    /// Which head, for hooks that have heads; absent means all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<usize>,
    /// At which positions (queries, for the two matrices).
    pub pos: EditPos,
    /// What to do there.
    pub op: EditOp,
    /// The vector of `add` and `set`: one number for each entry of the hook's
    /// last axis, used at every position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Vec<f32>>,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditOp {
    /// Sets the value to 0.
    Zero,
    /// Sets the value to its mean over the positions of this prompt's clean run.
    Mean,
    /// Adds the vector.
    Add,
    /// Replaces the value by the vector.
    Set,
}

/// Where along the sequence an edit applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditPos {
    /// Everywhere, generated tokens included.
    All,
    /// At these positions, counted from 0.
    At(Vec<usize>),
}

impl EditPos {
    /// True if `pos` is covered.
    #[must_use]
    pub fn contains(&self, pos: usize) -> bool {
        match self {
            Self::All => true,
            Self::At(positions) => positions.contains(&pos),
        }
    }
}

impl Serialize for EditPos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::At(positions) => positions.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for EditPos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Word(String),
            List(Vec<usize>),
        }
        let expected = "pos is neither \"all\" nor a list of positions from 0";
        match Form::deserialize(deserializer)
            .ok()
            .ok_or_else(|| de::Error::custom(expected))?
        {
            Form::Word(word) if word == "all" => Ok(Self::All),
            Form::Word(word) => Err(de::Error::custom(format!(
                "pos is \"{}\", expected \"all\" or a list of positions from 0",
                Quoted(&word)
            ))),
            Form::List(positions) => Ok(Self::At(positions)),
        }
    }
}

/// An edit that does not fit the model or the prompt.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The hook does not exist in this model.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// Norm denominators cannot be edited.
    #[error("edit of `{hook}`: a norm's scale can be read but not edited")]
    Scale {
        /// The hook asked for.
        hook: HookPoint,
    },
    /// A head was given for a hook without heads.
    #[error("edit of `{hook}` names head {head}, but this hook has no heads")]
    NoHeads {
        /// The hook asked for.
        hook: HookPoint,
        /// The head asked for.
        head: usize,
    },
    /// The head is out of range.
    #[error("edit of `{hook}` names head {head}, expected a head from 0 to {}", n_heads - 1)]
    NoSuchHead {
        /// The hook asked for.
        hook: HookPoint,
        /// The head asked for.
        head: usize,
        /// Number of heads at the hook point.
        n_heads: usize,
    },
    /// A position is out of range.
    #[error("edit of `{hook}` names position {pos}, expected a position from 0 to {}", seq_len - 1)]
    NoSuchPosition {
        /// The hook asked for.
        hook: HookPoint,
        /// The position asked for.
        pos: usize,
        /// Number of positions of the run.
        seq_len: usize,
    },
    /// Scores and patterns can only be set to zero.
    #[error("edit of `{hook}` is {op:?}, expected zero: scores and patterns allow nothing else")]
    OnlyZero {
        /// The hook asked for.
        hook: HookPoint,
        /// The operation asked for.
        op: EditOp,
    },
    /// `add` and `set` need a vector.
    #[error("edit of `{hook}` has no value, expected a list of {expected} numbers")]
    MissingValue {
        /// The hook asked for.
        hook: HookPoint,
        /// Length of the hook's last axis.
        expected: usize,
    },
    /// The vector has the wrong length.
    #[error("edit of `{hook}` has a value of {found} numbers, expected {expected}")]
    ValueLength {
        /// The hook asked for.
        hook: HookPoint,
        /// Length of the value given.
        found: usize,
        /// Length of the hook's last axis.
        expected: usize,
    },
    /// The vector holds something that is not a finite number.
    #[error("edit of `{hook}` has value[{index}] = {value}, expected a finite number")]
    ValueNotFinite {
        /// The hook asked for.
        hook: HookPoint,
        /// Where in the vector.
        index: usize,
        /// What stands there.
        value: f32,
    },
    /// `zero` and `mean` take no vector.
    #[error("edit of `{hook}` has a value, but {op:?} takes none")]
    UnusedValue {
        /// The hook asked for.
        hook: HookPoint,
        /// The operation asked for.
        op: EditOp,
    },
}

impl Edit {
    /// Checks that this edit makes sense for a model and a sequence of at most
    /// `seq_len` positions.
    ///
    /// # Errors
    ///
    /// Returns the first thing that does not fit, naming what was found and
    /// what the model allows.
    pub fn check(&self, shape: &ModelShape, seq_len: usize) -> Result<(), EditError> {
        let hook = self.hook;
        hook.check(shape)?;
        if hook.is_scale() {
            return Err(EditError::Scale { hook });
        }
        match (self.head, hook.n_heads(shape)) {
            (Some(head), None) => return Err(EditError::NoHeads { hook, head }),
            (Some(head), Some(n_heads)) if head >= n_heads => {
                return Err(EditError::NoSuchHead {
                    hook,
                    head,
                    n_heads,
                });
            }
            _ => {}
        }
        if let EditPos::At(positions) = &self.pos
            && let Some(&pos) = positions.iter().find(|&&pos| pos >= seq_len)
        {
            return Err(EditError::NoSuchPosition { hook, pos, seq_len });
        }
        self.check_value(shape)
    }

    fn check_value(&self, shape: &ModelShape) -> Result<(), EditError> {
        let (hook, op) = (self.hook, self.op);
        if hook.is_matrix() && op != EditOp::Zero {
            return Err(EditError::OnlyZero { hook, op });
        }
        let needs_value = matches!(op, EditOp::Add | EditOp::Set);
        match &self.value {
            Some(_) if !needs_value => Err(EditError::UnusedValue { hook, op }),
            None if needs_value => Err(EditError::MissingValue {
                hook,
                expected: last_axis(hook, shape),
            }),
            None => Ok(()),
            Some(value) => {
                let (found, expected) = (value.len(), last_axis(hook, shape));
                if found != expected {
                    return Err(EditError::ValueLength {
                        hook,
                        found,
                        expected,
                    });
                }
                match value.iter().position(|x| !x.is_finite()) {
                    Some(index) => Err(EditError::ValueNotFinite {
                        hook,
                        index,
                        value: value[index],
                    }),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Length of the hook's last axis; for the two matrices, which take no value, 0.
fn last_axis(hook: HookPoint, shape: &ModelShape) -> usize {
    hook.axes()
        .last()
        .and_then(|&axis: &Axis| shape.len_of(axis))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Site;

    const SHAPE: ModelShape = ModelShape {
        n_layers: 2,
        n_heads: 4,
        n_kv_heads: 4,
        d_model: 8,
        d_head: 2,
        d_mlp: 32,
        d_vocab: 50,
        n_ctx: 16,
    };

    fn check(json: &str) -> Result<(), String> {
        let edit: Edit = serde_json::from_str(json).map_err(|e| e.to_string())?;
        edit.check(&SHAPE, 5).map_err(|e| e.to_string())
    }

    #[test]
    fn edits_that_fit_are_accepted() {
        for json in [
            r#"{"hook":"blocks.1.attn.hook_z","head":3,"pos":"all","op":"zero"}"#,
            r#"{"hook":"blocks.1.attn.hook_q","head":0,"pos":[0,4],"op":"set","value":[1,2]}"#,
            r#"{"hook":"hook_embed","pos":"all","op":"mean"}"#,
            r#"{"hook":"blocks.0.attn.hook_pattern","pos":[2],"op":"zero"}"#,
            r#"{"hook":"blocks.0.hook_resid_post","pos":[],"op":"add","value":[0,0,0,0,0,0,0,1]}"#,
        ] {
            assert_eq!(check(json), Ok(()), "{json}");
        }
    }

    #[test]
    fn edits_that_do_not_fit_say_why() {
        for (json, part) in [
            (
                r#"{"hook":"blocks.2.attn.hook_z","pos":"all","op":"zero"}"#,
                "from 0 to 1",
            ),
            (
                r#"{"hook":"blocks.0.ln1.hook_scale","pos":"all","op":"zero"}"#,
                "scale",
            ),
            (
                r#"{"hook":"hook_embed","head":0,"pos":"all","op":"zero"}"#,
                "no heads",
            ),
            (
                r#"{"hook":"blocks.0.attn.hook_z","head":4,"pos":"all","op":"zero"}"#,
                "from 0 to 3",
            ),
            (
                r#"{"hook":"hook_embed","pos":[5],"op":"zero"}"#,
                "from 0 to 4",
            ),
            (
                r#"{"hook":"blocks.0.attn.hook_pattern","pos":"all","op":"mean"}"#,
                "expected zero",
            ),
            (
                r#"{"hook":"hook_embed","pos":"all","op":"add"}"#,
                "list of 8",
            ),
            (
                r#"{"hook":"hook_embed","pos":"all","op":"set","value":[1]}"#,
                "1 numbers, expected 8",
            ),
            (
                r#"{"hook":"hook_embed","pos":"all","op":"zero","value":[1]}"#,
                "takes none",
            ),
            (
                r#"{"hook":"hook_embed","pos":"some","op":"zero"}"#,
                "expected \"all\"",
            ),
            (r#"{"hook":"hook_embed","pos":-1,"op":"zero"}"#, "neither"),
            (
                r#"{"hook":"hook_embed","pos":"all","op":"zero","extra":1}"#,
                "unknown field",
            ),
            (
                r#"{"hook":"embed","pos":"all","op":"zero"}"#,
                "not a hook name",
            ),
        ] {
            let error = check(json).unwrap_err();
            assert!(error.contains(part), "{json}: {error}");
        }
    }

    #[test]
    fn an_edit_reads_back_as_it_was_written() {
        let edit = Edit {
            hook: HookPoint::block(1, Site::Z),
            head: Some(2),
            pos: EditPos::At(vec![0, 3]),
            op: EditOp::Set,
            value: Some(vec![0.5, -1.0]),
        };
        let json = serde_json::to_string(&edit).unwrap();
        assert_eq!(serde_json::from_str::<Edit>(&json).unwrap(), edit);
    }
}
