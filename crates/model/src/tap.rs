//! Where the forward pass is read and changed.
//!
//! The forward pass hands every hook point's value to [`Tap::at`] and goes on
//! with what comes back. Without an edit for that hook and without anybody
//! wanting it, the value comes back untouched, at no cost.

use std::ops::Range;

use burn::tensor::{Tensor, TensorData};
use headlight_activations::{Capture, CapturePos, EditPos, HookPoint};

/// An edit whose `mean` has been replaced by the numbers it stands for.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedEdit {
    pub(crate) hook: HookPoint,
    pub(crate) head: Option<usize>,
    pub(crate) pos: EditPos,
    pub(crate) op: ResolvedOp,
}

/// What a resolved edit does. A vector has the length of the hook's last axis,
/// or that times the number of heads.
#[derive(Clone, Debug)]
pub(crate) enum ResolvedOp {
    Zero,
    Add(Vec<f32>),
    Set(Vec<f32>),
}

/// One captured activation, still on the device.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) hook: HookPoint,
    /// Axes as in [`HookPoint::axes`], less the position axis if one position was taken.
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Tensor<1>,
}

/// Edits to make and values to take during one pass.
#[derive(Debug, Default)]
pub(crate) struct Tap<'a> {
    edits: &'a [ResolvedEdit],
    capture: Option<&'a Capture>,
    /// Position in the sequence of the pass's first token.
    first_pos: usize,
    taken: Vec<Taken>,
}

impl<'a> Tap<'a> {
    pub(crate) fn new(
        edits: &'a [ResolvedEdit],
        capture: Option<&'a Capture>,
        first_pos: usize,
    ) -> Self {
        Self {
            edits,
            capture,
            first_pos,
            taken: Vec::new(),
        }
    }

    /// True if somebody reads or changes this hook.
    pub(crate) fn touches(&self, hook: HookPoint) -> bool {
        self.wants(hook) || self.edits.iter().any(|edit| edit.hook == hook)
    }

    pub(crate) fn into_taken(self) -> Vec<Taken> {
        self.taken
    }

    fn wants(&self, hook: HookPoint) -> bool {
        self.capture.is_some_and(|capture| capture.wants(hook))
    }

    /// Changes and reads the value at a hook point, in this order.
    ///
    /// The axes are those of [`HookPoint::axes`].
    pub(crate) fn at<const D: usize>(&mut self, hook: HookPoint, value: Tensor<D>) -> Tensor<D> {
        let value = self.edited(hook, value);
        self.take(hook, &value);
        value
    }

    /// Changes the value without reading it.
    pub(crate) fn edited<const D: usize>(&self, hook: HookPoint, value: Tensor<D>) -> Tensor<D> {
        self.edits
            .iter()
            .filter(|edit| edit.hook == hook)
            .fold(value, |value, edit| edit.apply(value, self.first_pos))
    }

    /// Reads the value without changing it.
    pub(crate) fn take<const D: usize>(&mut self, hook: HookPoint, value: &Tensor<D>) {
        let Some(capture) = self.capture.filter(|capture| capture.wants(hook)) else {
            return;
        };
        let axis = position_axis(hook);
        let n = value.dims()[axis];
        let value = value.clone();
        let (value, is_reduced) = match capture.pos {
            CapturePos::All => (value, false),
            CapturePos::Last => (value.narrow(axis, n - 1, 1), true),
            CapturePos::At(pos) => (value.narrow(axis, pos, 1), true),
            CapturePos::Mean => (value.mean_dim(axis), true),
        };
        let mut shape = value.dims().to_vec();
        let count: usize = shape.iter().product();
        if is_reduced {
            shape.remove(axis);
        }
        self.taken.push(Taken {
            hook,
            shape,
            values: value.reshape([count]),
        });
    }
}

/// The axis of positions, or of queries for the two matrices.
pub(crate) fn position_axis(hook: HookPoint) -> usize {
    if hook.is_matrix() { 2 } else { 1 }
}

/// The axis of heads of a value of rank 4.
fn head_axis(hook: HookPoint) -> usize {
    if hook.is_matrix() { 1 } else { 2 }
}

impl ResolvedEdit {
    /// Applies the edit to a value whose first position is `first_pos`.
    fn apply<const D: usize>(&self, value: Tensor<D>, first_pos: usize) -> Tensor<D> {
        let dims = value.dims();
        let axis = position_axis(self.hook);
        let mut region: [Range<usize>; D] = dims.map(|len| 0..len);
        if let Some(head) = self.head {
            region[head_axis(self.hook)] = head..head + 1;
        }
        match &self.pos {
            EditPos::All => self.apply_to(value, region),
            EditPos::At(positions) => positions
                .iter()
                .filter_map(|&pos| pos.checked_sub(first_pos))
                .filter(|&row| row < dims[axis])
                .fold(value, |value, row| {
                    region[axis] = row..row + 1;
                    self.apply_to(value, region.clone())
                }),
        }
    }

    fn apply_to<const D: usize>(&self, value: Tensor<D>, region: [Range<usize>; D]) -> Tensor<D> {
        let before = value.clone().slice(region.clone());
        let after = match &self.op {
            ResolvedOp::Zero => before.zeros_like(),
            ResolvedOp::Set(vector) => self.spread(vector, &before),
            ResolvedOp::Add(vector) => self.spread(vector, &before) + before,
        };
        value.slice_assign(region, after)
    }

    /// The vector, repeated over all positions (and heads) of `like`.
    fn spread<const D: usize>(&self, vector: &[f32], like: &Tensor<D>) -> Tensor<D> {
        let dims = like.dims();
        let mut shape = [1; D];
        shape[D - 1] = dims[D - 1];
        if vector.len() != dims[D - 1] {
            let axis = head_axis(self.hook);
            shape[axis] = dims[axis];
        }
        let data = TensorData::new(vector.to_vec(), shape);
        Tensor::<D>::from_data(data, &like.device()).expand(dims)
    }
}
