//! Reading values from the device: several tensors in one go.

use burn::tensor::{Tensor, Transaction};

use crate::RunError;

/// Several tensors, read in one go.
#[derive(Default)]
pub(crate) struct Readback {
    transaction: Transaction,
    count: usize,
}

/// Names one tensor of a [`Readback`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot(usize);

/// The values of a [`Readback`].
pub(crate) struct ReadValues(Vec<Vec<f32>>);

impl Readback {
    pub(crate) fn add<const D: usize>(&mut self, tensor: Tensor<D>) -> Slot {
        self.transaction = std::mem::take(&mut self.transaction).register(tensor);
        self.count += 1;
        Slot(self.count - 1)
    }

    pub(crate) async fn read(self) -> Result<ReadValues, RunError> {
        let data = self.transaction.execute_async().await?;
        let values = data
            .into_iter()
            .map(|data| data.iter::<f32>().collect())
            .collect();
        Ok(ReadValues(values))
    }
}

impl ReadValues {
    pub(crate) fn take(&mut self, slot: Slot) -> Vec<f32> {
        std::mem::take(&mut self.0[slot.0])
    }
}
