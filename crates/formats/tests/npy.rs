//! Files as numpy writes them, and files as nobody should.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use headlight_formats::{NpyArray, NpyError, NpyHead, write_npy};
use proptest::prelude::*;

/// A file with this header and data.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn header(descr: &str, is_fortran: bool, shape: &str) -> String {
    let order = if is_fortran { "True" } else { "False" };
    format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n")
}

fn said(bytes: &[u8]) -> String {
    NpyArray::read(bytes).unwrap_err().to_string()
}

#[test]
fn floats_of_any_size_and_byte_order_are_read() {
    let expected = NpyArray {
        shape: vec![2],
        values: vec![1.5, -2.0],
    };
    let files = [
        file(&header("<f2", false, "(2,)"), &[0x00, 0x3e, 0x00, 0xc0]),
        file(&header(">f2", false, "(2,)"), &[0x3e, 0x00, 0xc0, 0x00]),
        file(
            &header("<f4", false, "(2,)"),
            &[1.5_f32, -2.0].map(f32::to_le_bytes).concat(),
        ),
        file(
            &header(">f4", false, "(2,)"),
            &[1.5_f32, -2.0].map(f32::to_be_bytes).concat(),
        ),
        file(
            &header("<f8", false, "(2,)"),
            &[1.5_f64, -2.0].map(f64::to_le_bytes).concat(),
        ),
        file(
            &header(">f8", true, "(2,)"),
            &[1.5_f64, -2.0].map(f64::to_be_bytes).concat(),
        ),
    ];
    for bytes in files {
        assert_eq!(NpyArray::read(&bytes).unwrap(), expected);
    }
}

#[test]
fn a_column_major_array_becomes_row_major() {
    let data = [1.0_f32, 4.0, 2.0, 5.0, 3.0, 6.0]
        .map(f32::to_le_bytes)
        .concat();
    let array = NpyArray::read(&file(&header("<f4", true, "(2, 3)"), &data)).unwrap();
    assert_eq!(array.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn lengths_that_python_2_wrote_as_long_integers_are_read() {
    let data: Vec<u8> = (0..8_u8).flat_map(|i| f32::from(i).to_le_bytes()).collect();
    for shape in ["(4L, 2L)", "(4L, 2)", "(4 L,2L,)"] {
        let array = NpyArray::read(&file(&header("<f4", false, shape), &data)).unwrap();
        assert_eq!(array.shape, [4, 2], "{shape}");
        assert_eq!(array.values[7], 7.0);
    }
    let single = file(&header("<f4", false, "(8L,)"), &data);
    assert_eq!(NpyArray::read(&single).unwrap().shape, [8]);
    for shape in ["(L, 8)", "(8LL,)", "(8l,)", "(8L 1L)"] {
        let said = said(&file(&header("<f4", false, shape), &data));
        assert!(said.starts_with("npy header: found"), "{shape}: {said}");
    }
}

#[test]
fn text_after_the_header_s_end_is_refused() {
    for more in ["x", ", 'shape': (1,)", "{}", "}", "\u{0}"] {
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}} {more}\n");
        assert_eq!(
            said(&file(&header, &[0; 8])),
            format!(
                "npy header: found {:?} where nothing but spaces was expected",
                format!("{more}\n")
            )
        );
    }
}

#[test]
fn a_file_in_pieces_is_the_file_in_one() {
    let data: Vec<u8> = (0..24_u8)
        .flat_map(|i| f64::from(i).to_be_bytes())
        .collect();
    for is_fortran in [false, true] {
        let bytes = file(&header(">f8", is_fortran, "(2, 3, 4)"), &data);
        let whole = NpyArray::read(&bytes).unwrap();
        for piece in [1, 3, 7, 8, 50, 500] {
            let head = NpyHead::read(&bytes).unwrap();
            assert_eq!((head.shape(), head.count()), (&[2, 3, 4][..], 24));
            let numbers = &bytes[head.numbers_at()..];
            let mut reader = head.reader(bytes.len() as u64).unwrap();
            for piece in numbers.chunks(piece) {
                reader.take(piece);
            }
            assert_eq!(reader.finish().unwrap(), whole, "pieces of {piece}");
        }
        assert_eq!(whole.values[1], if is_fortran { 6.0 } else { 1.0 });
    }
}

#[test]
fn a_file_that_grows_or_shrinks_while_it_is_read_is_refused() {
    let bytes = write_npy(&[4], &[1.0; 4]);
    for (n_bytes, found) in [(12, 12), (17, 17), (0, 0)] {
        let head = NpyHead::read(&bytes).unwrap();
        let mut reader = head.reader(bytes.len() as u64).unwrap();
        reader.take(&vec![0; n_bytes]);
        let error = reader.finish().unwrap_err();
        assert!(matches!(error, NpyError::Length { found: f, .. } if f == found));
    }
}

#[test]
fn what_is_wrong_is_said_with_what_was_found() {
    assert!(said(b"PK\x03\x04").contains("not an npy file"));
    assert!(said(b"\x93NUMPY").contains("ends within its header: 6 bytes of 8"));
    assert!(said(b"\x93NUMPY\x09\x00").contains("version 9"));
    let integers = file(&header("<i8", false, "(2,)"), &[0; 16]);
    assert_eq!(
        said(&integers),
        "npy header: numbers of type \"<i8\", expected floats: f2, f4 or f8"
    );
    let short = file(&header("<f4", false, "(2, 3)"), &[0; 20]);
    assert_eq!(
        said(&short),
        "holds 20 bytes of numbers, expected 24 for shape [2, 3]"
    );
    let records = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}";
    assert!(said(&file(records, &[0; 4])).contains("a type in quotes"));
    let bare = "{'descr': '<f4', 'shape': (1,)}";
    assert!(said(&file(bare, &[0; 4])).contains("has no \"fortran_order\""));
}

#[test]
fn a_header_that_claims_the_world_allocates_nothing() {
    let huge = file(
        &header("<f8", false, "(200000000000, 200000000000)"),
        &[0; 8],
    );
    assert!(said(&huge).contains("holds 8 bytes"));
    let mut long = b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec();
    long.extend(b"{}");
    assert_eq!(
        said(&long),
        "an npy header of 4294967295 bytes, expected at most 65536"
    );
    let cut = file(&header("<f4", false, "(2,)"), &[]);
    assert!(said(&cut[..40]).contains("ends within its header: 40 bytes of"));
    let none = header("<f4", true, "(140737488355328, 140737488355328, 0)");
    assert!(NpyArray::read(&file(&none, &[])).unwrap().values.is_empty());
    let axes = format!("({})", "1, ".repeat(40));
    assert!(said(&file(&header("<f4", false, &axes), &[0; 4])).contains("32 axes"));
}

proptest! {
    #[test]
    fn what_is_written_is_read(rows in 0_usize..9, columns in 0_usize..9, seed: u32) {
        let values: Vec<f32> = (0..rows * columns)
            .map(|index| f32::from_bits(seed.wrapping_mul(index as u32 + 1)))
            .collect();
        let bytes = write_npy(&[rows, columns], &values);
        let array = NpyArray::read(&bytes).unwrap();
        prop_assert_eq!(array.shape, [rows, columns]);
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&array.values), bits(&values));
        prop_assert_eq!((bytes.len() - 4 * rows * columns) % 64, 0);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut file = b"\x93NUMPY".to_vec();
        file.extend(bytes);
        let _either = NpyArray::read(&file);
    }

    #[test]
    fn no_header_panics(text in "[{}(),:'\" a-z0-9<>TrueFals_é]{0,80}", data in 0_usize..40) {
        let _either = NpyArray::read(&file(&text, &vec![0; data]));
    }

    #[test]
    fn no_cut_or_changed_file_panics(cut in 0_usize..200, at in 0_usize..200, byte: u8) {
        let mut bytes = write_npy(&[3, 5], &[1.0; 15]);
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(cut);
        let _either = NpyArray::read(&bytes);
    }
}
