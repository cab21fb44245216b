//! What the CPU computes by programs of our own, on tensors of Burn's own CPU backend.
//!
//! They are for WebAssembly, whose vectors are four floats: there Burn's products run at
//! two thirds of what the machine can do, and its exponential is taken number by number.
//! A native build keeps Burn's own, which know wider vectors: see `platform.rs`.

mod activation;
mod product;
mod softmax;
#[cfg(test)]
mod tests;

use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::{DType, Tensor, TensorData};

use product::{Matrix, product};

/// `a b` as [`crate::matmul()`] has it; `None` where the factors are not f32 on the CPU.
pub(crate) fn product_of<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> Option<Tensor<D>> {
    let (a, b) = (on_host(a)?, on_host(b)?);
    let batches = Batches::of(&a, &b)?;
    let mut out = vec![0.0; batches.count * batches.rows * batches.columns];
    if !out.is_empty() {
        let parts = out.chunks_exact_mut(batches.rows * batches.columns);
        for (index, part) in parts.enumerate() {
            product(
                matrix(&a, &batches, index)?,
                matrix(&b, &batches, index)?,
                part,
            );
        }
    }
    let mut shape = batches.shape;
    shape.extend([batches.rows, batches.columns]);
    Some(from_host(out, shape))
}

/// A matrix with its columns one after another in memory; `None` where it is not f32
/// on the CPU.
pub(crate) fn column_major(matrix: &Tensor<2>) -> Option<Tensor<2>> {
    let transposed = on_host(&matrix.clone().swap_dims(0, 1))?.to_contiguous();
    Some(Tensor::from_primitive::<Flex>(transposed).swap_dims(0, 1))
}

/// `x` through GELU in its tanh form; `None` where it is not f32 on the CPU.
pub(crate) fn gelu_tanh<const D: usize>(x: &Tensor<D>) -> Option<Tensor<D>> {
    let x = on_host(x)?.to_contiguous();
    let shape = x.layout().shape().to_vec();
    let mut values = contiguous_values(&x)?.to_vec();
    activation::gelu_tanh(&mut values);
    Some(from_host(values, shape))
}

/// `-log softmax(logits)[target]` row by row; `None` where they are not f32 on the CPU.
pub(crate) fn negative_log_likelihood(logits: &Tensor<2>, targets: &[u32]) -> Option<Tensor<1>> {
    let [n, d_vocab] = logits.dims();
    assert_eq!(n, targets.len(), "one target is needed for each row");
    let logits = on_host(logits)?.to_contiguous();
    let rows = contiguous_values(&logits)?.chunks_exact(d_vocab);
    let nll = rows
        .zip(targets)
        .map(|(row, &target)| softmax::log_sum_exp(row) - row[target as usize]);
    Some(from_host(nll.collect(), vec![n]))
}

/// The values of a tensor that lie one after another, in order.
fn contiguous_values(tensor: &FlexTensor) -> Option<&[f32]> {
    let start = tensor.layout().start_offset();
    let n: usize = tensor.layout().shape().iter().product();
    tensor.storage::<f32>().get(start..start + n)
}

fn on_host<const D: usize>(tensor: &Tensor<D>) -> Option<FlexTensor> {
    let tensor = tensor.clone().try_into_primitive::<Flex>().ok()?;
    (tensor.dtype() == DType::F32).then_some(tensor)
}

fn from_host<const D: usize>(values: Vec<f32>, shape: Vec<usize>) -> Tensor<D> {
    let data = TensorData::new(values, shape);
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(data))
}

/// The products that one product of tensors is made of.
struct Batches {
    /// Lengths of the leading axes, broadcast.
    shape: Vec<usize>,
    /// Number of products of matrices.
    count: usize,
    rows: usize,
    columns: usize,
}

impl Batches {
    /// `None` if the shapes do not fit: Burn's own product says it better.
    fn of(a: &FlexTensor, b: &FlexTensor) -> Option<Self> {
        let (a, b) = (a.layout().shape(), b.layout().shape());
        let (a_leading, &[rows, inner]) = a.split_last_chunk::<2>()?;
        let (b_leading, &[other_inner, columns]) = b.split_last_chunk::<2>()?;
        let fits = |(&a, &b): (&usize, &usize)| a == b || a == 1 || b == 1;
        if inner != other_inner || !a_leading.iter().zip(b_leading).all(fits) {
            return None;
        }
        let longer = |(&a, &b): (&usize, &usize)| if a == 1 { b } else { a };
        let shape: Vec<usize> = a_leading.iter().zip(b_leading).map(longer).collect();
        Some(Self {
            count: shape.iter().product(),
            shape,
            rows,
            columns,
        })
    }
}

/// One factor of one of the products; `None` if its strides run backwards.
fn matrix<'a>(of: &'a FlexTensor, batches: &Batches, index: usize) -> Option<Matrix<'a>> {
    let layout = of.layout();
    let (leading, &[rows, columns]) = layout.shape().split_last_chunk::<2>()?;
    let (leading_strides, &[row_stride, column_stride]) =
        layout.strides().split_last_chunk::<2>()?;
    let mut start = layout.start_offset();
    let mut left = index;
    for ((&len, &own_len), &stride) in batches.shape.iter().zip(leading).zip(leading_strides).rev()
    {
        if own_len > 1 {
            start += (left % len) * usize::try_from(stride).ok()?;
        }
        left /= len;
    }
    Some(Matrix {
        data: of.storage::<f32>().get(start..)?,
        rows,
        columns,
        row_stride: usize::try_from(row_stride).ok()?,
        column_stride: usize::try_from(column_stride).ok()?,
    })
}
