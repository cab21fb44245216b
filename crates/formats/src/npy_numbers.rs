//! The numbers of an `npy` file: bytes in, 32-bit floats in row-major order out.

use half::f16;

use crate::npy_header::{ByteOrder, Header};

/// Numbers as far as their bytes have come.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    bytes_per_number: usize,
    byte_order: ByteOrder,
    values: Vec<f32>,
    /// Where the next number belongs, if not at the end.
    place: Option<ColumnWalk>,
    /// The start of a number whose end has not come yet.
    begun: Vec<u8>,
}

impl Numbers {
    /// Room for `count` numbers, as many as the header speaks of; `None` where the
    /// machine has too little memory.
    ///
    /// Whoever asks has seen that the file is as long as that.
    pub(crate) fn new(header: &Header, count: usize) -> Option<Self> {
        let mut values = Vec::new();
        values.try_reserve_exact(count).ok()?;
        // Without two numbers there is no order, and the lengths could be anything.
        let is_in_order = !header.is_fortran_order || count < 2;
        let place = (!is_in_order).then(|| ColumnWalk::new(&header.shape));
        if place.is_some() {
            values.resize(count, 0.0);
        }
        Some(Self {
            bytes_per_number: header.bytes_per_number,
            byte_order: header.byte_order,
            values,
            place,
            begun: Vec::new(),
        })
    }

    /// Takes the next bytes; all together must not be more than there is room for.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) {
        if !self.begun.is_empty() {
            let missing = self.bytes_per_number - self.begun.len();
            let (end, rest) = bytes.split_at(missing.min(bytes.len()));
            self.begun.extend(end);
            bytes = rest;
            if self.begun.len() < self.bytes_per_number {
                return;
            }
            let whole = std::mem::take(&mut self.begun);
            self.push(&whole);
        }
        let numbers = bytes.chunks_exact(self.bytes_per_number);
        self.begun.extend(numbers.remainder());
        for number in numbers {
            self.push(number);
        }
    }

    pub(crate) fn into_values(self) -> Vec<f32> {
        self.values
    }

    fn push(&mut self, bytes: &[u8]) {
        let number = self.number(bytes);
        match &mut self.place {
            None => self.values.push(number),
            Some(place) => {
                self.values[place.at] = number;
                place.advance();
            }
        }
    }

    fn number(&self, bytes: &[u8]) -> f32 {
        let mut number = [0; 8];
        let place = &mut number[..bytes.len()];
        place.copy_from_slice(bytes);
        if self.byte_order == ByteOrder::Big {
            place.reverse();
        }
        let bits = u64::from_le_bytes(number);
        match self.bytes_per_number {
            2 => f16::from_bits(bits as u16).to_f32(),
            4 => f32::from_bits(bits as u32),
            _ => f64::from_bits(bits) as f32,
        }
    }
}

/// Walks a row-major array along its columns: the first axis runs fastest.
#[derive(Clone, Debug)]
struct ColumnWalk {
    at: usize,
    /// Length, index and stride of each axis.
    axes: Vec<(usize, usize, usize)>,
}

impl ColumnWalk {
    /// The first number of an array that has at least one.
    fn new(shape: &[usize]) -> Self {
        let mut stride = 1;
        let mut axes: Vec<(usize, usize, usize)> = Vec::with_capacity(shape.len());
        for &length in shape.iter().rev() {
            axes.push((length, 0, stride));
            stride *= length;
        }
        axes.reverse();
        Self { at: 0, axes }
    }

    fn advance(&mut self) {
        for (length, index, stride) in &mut self.axes {
            *index += 1;
            self.at += *stride;
            if index < length {
                return;
            }
            self.at -= *stride * *length;
            *index = 0;
        }
    }
}
