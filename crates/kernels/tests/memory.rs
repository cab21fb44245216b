//! What the flash kernel takes of a GPU's memory. A test binary of its own: what other
//! tests free meanwhile would be counted.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::{Device, Distribution, Tensor};
use headlight_kernels::{Blocks, FlashForward};

fn read<const D: usize>(tensor: Tensor<D>) {
    drop(pollster::block_on(tensor.into_data_async()).unwrap());
}

/// Live bytes beside q, k, v and the output.
#[test]
fn extra_memory_is_linear_in_the_sequence() {
    let Ok(device) = Device::wgpu_options().init() else {
        println!("not run: there is no GPU here");
        return;
    };
    let d = 16;
    let bytes_in_use = || device.memory_pool_usage().unwrap().bytes_in_use;
    let extra = |n: usize| {
        let numbers = || Tensor::<4>::random([1, 1, n, d], Distribution::Default, &device);
        let [q, k, v] = [numbers(), numbers(), numbers()];
        let forward = FlashForward {
            scale: 0.25,
            is_causal: true,
            blocks: Blocks::usual(d).unwrap(),
        };
        read(q.clone() + k.clone() + v.clone());
        // Whatever was freed is gone only once the device has caught up.
        read(Tensor::<1>::zeros([1], &device));
        let before = bytes_in_use();
        let output = forward.run(&q, &k, &v).unwrap();
        let most = bytes_in_use();
        read(output.lse.clone());
        drop(output);
        let taken = most.checked_sub(before).unwrap();
        taken.checked_sub((n * d * 4) as u64).unwrap()
    };
    extra(256);
    let (small, large) = (extra(1_024), extra(8_192));
    println!("{small} bytes at 1,024 tokens, {large} at 8,192");
    let exponent = (large as f64 / small as f64).ln() / 8.0_f64.ln();
    assert!((0.9..1.1).contains(&exponent), "exponent {exponent}");
}
