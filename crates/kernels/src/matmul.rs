//! The product of matrices.

use burn::tensor::Tensor;

use crate::host;
use crate::platform::HAS_NARROW_VECTORS;

/// `a b`: `[.., row, inner]` by `[.., inner, column]`, leading axes broadcast.
///
/// On a GPU it is one program, named here. Burn would choose among a dozen when it
/// runs, so all of them would be part of the build: a seventh of what a browser
/// fetches for the engine. The one named is the one that Burn takes in browsers, and
/// wherever else a GPU has no matrix units of its own.
///
/// # Panics
///
/// Panics if the shapes do not fit.
#[must_use]
pub fn matmul<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    #[cfg(feature = "gpu")]
    if let Some(product) = named::on_gpu(&a, &b) {
        return product;
    }
    if HAS_NARROW_VECTORS && let Some(product) = host::product_of(&a, &b) {
        return product;
    }
    elsewhere(a, b)
}

/// A matrix of weights `[inner, column]` as it lies best in memory for [`matmul`] to
/// multiply rows with: the same numbers under the same indices.
///
/// In WebAssembly on the CPU that is column by column: a single row, as each token of a
/// generation is, then takes the numbers as fast as memory has them. Elsewhere nothing
/// changes.
#[must_use]
pub fn laid_out_for_products(weights: Tensor<2>) -> Tensor<2> {
    if HAS_NARROW_VECTORS && let Some(laid_out) = host::column_major(&weights) {
        return laid_out;
    }
    weights
}

/// With gradients, or where there is no other backend: Burn's own.
#[cfg(any(feature = "autodiff", not(feature = "gpu")))]
fn elsewhere<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    a.matmul(b)
}

/// Burn's method would bring the programs for the GPU along.
#[cfg(all(feature = "gpu", not(feature = "autodiff")))]
fn elsewhere<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    use burn::backend::Flex;
    use burn::backend::ops::FloatTensorOps;
    match (
        a.try_into_primitive::<Flex>(),
        b.try_into_primitive::<Flex>(),
    ) {
        (Ok(a), Ok(b)) => Tensor::from_primitive::<Flex>(Flex::float_matmul(a, b)),
        (Err(error), _) | (_, Err(error)) => panic!("{error:?}: both on one device"),
    }
}

#[cfg(feature = "gpu")]
mod named {
    use burn::backend::Cube;
    use burn::backend::cubecl::dtype_to_storage_type;
    use burn::tensor::Tensor;
    use burn_cubecl::kernel::matmul::init_matmul_output;
    use cubek::matmul::definition::{MatmulElems, MatmulGlobalElems};
    use cubek::matmul::multi_level::routines::batch::{launch, simple_unit::SimpleUnitAlgorithm};
    use cubek::matmul::routine::BlueprintStrategy;
    use cubek::std::InputBinding;

    type Program = BlueprintStrategy<(), SimpleUnitAlgorithm>;

    /// The product; `None` if the factors do not lie on a GPU.
    pub(super) fn on_gpu<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> Option<Tensor<D>> {
        let on_gpu = |tensor: &Tensor<D>| tensor.clone().try_into_primitive::<Cube>().ok();
        let (lhs, rhs) = (on_gpu(a)?, on_gpu(b)?);
        let out = init_matmul_output(&lhs, &rhs, lhs.dtype);
        let element = dtype_to_storage_type(lhs.dtype);
        let mut elements = MatmulElems::from_globals(&MatmulGlobalElems {
            lhs: element,
            rhs: element,
            out: element,
        });
        let launched = launch::launch_ref(
            &out.client.clone(),
            InputBinding::new(lhs.binding(), element),
            InputBinding::new(rhs.binding(), element),
            out.clone().binding(),
            &Program::default(),
            &mut elements,
        );
        match launched {
            Ok(()) => Some(Tensor::from_primitive::<Cube>(out)),
            Err(error) => panic!("the product of matrices on the GPU: {error:?}"),
        }
    }
}
