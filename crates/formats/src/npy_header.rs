//! The header of an `npy` file: a Python dictionary of three entries.

/// What the header says of the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) bytes_per_number: usize,
    pub(crate) byte_order: ByteOrder,
    pub(crate) is_fortran_order: bool,
    pub(crate) shape: Vec<usize>,
}

/// Which byte of a number comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// Why a header is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Something else stands where an entry should go on.
    #[error("found {found:?} where {expected} was expected")]
    Syntax {
        /// The next few characters.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
    /// An entry is missing.
    #[error("has no {name:?}, expected descr, fortran_order and shape")]
    Missing {
        /// Its key.
        name: &'static str,
    },
    /// Not floats that can be read.
    #[error("numbers of type {found:?}, expected floats: f2, f4 or f8")]
    Type {
        /// What `descr` says.
        found: String,
    },
    /// A length beyond any file.
    #[error("a shape with {found}, expected lengths below 2^48")]
    Length {
        /// The digits.
        found: String,
    },
    /// More axes than numpy itself has.
    #[error("a shape of more than 32 axes")]
    Axes,
}

const MOST_AXES: usize = 32;

impl Header {
    /// Reads the text of a header.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, HeaderError> {
        let text = String::from_utf8_lossy(text);
        let mut reader = Reader { rest: &text };
        let (mut descr, mut order, mut shape) = (None, None, None);
        reader.expect('{', "{")?;
        while !reader.take('}') {
            let key = reader.string("a key in quotes")?;
            reader.expect(':', "a colon")?;
            match key {
                "descr" => descr = Some(reader.descr()?),
                "fortran_order" => order = Some(reader.boolean()?),
                "shape" => shape = Some(reader.shape()?),
                _ => return Err(reader.unexpected("descr, fortran_order or shape as a key")),
            }
            if !reader.take(',') {
                reader.expect('}', "a comma or }")?;
                break;
            }
        }
        if !reader.rest.trim().is_empty() {
            reader.rest = reader.rest.trim_start();
            return Err(reader.unexpected("nothing but spaces"));
        }
        let missing = |name| HeaderError::Missing { name };
        let (byte_order, bytes_per_number) = descr.ok_or_else(|| missing("descr"))?;
        Ok(Self {
            bytes_per_number,
            byte_order,
            is_fortran_order: order.ok_or_else(|| missing("fortran_order"))?,
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }
}

/// What is left of the text.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn unexpected(&self, expected: &'static str) -> HeaderError {
        let found = self.rest.chars().take(20).collect();
        HeaderError::Syntax { found, expected }
    }

    /// Passes over a character, if it comes next.
    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(wanted) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => {
                self.rest = rest;
                false
            }
        }
    }

    fn expect(&mut self, wanted: char, expected: &'static str) -> Result<(), HeaderError> {
        if self.take(wanted) {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn string(&mut self, expected: &'static str) -> Result<&'a str, HeaderError> {
        for quote in ['\'', '"'] {
            if self.take(quote) {
                let Some((text, after)) = self.rest.split_once(quote) else {
                    break;
                };
                self.rest = after;
                return Ok(text);
            }
        }
        Err(self.unexpected(expected))
    }

    /// A type such as `<f4`.
    fn descr(&mut self) -> Result<(ByteOrder, usize), HeaderError> {
        let text = self.string("a type in quotes")?;
        let order = match text.chars().next() {
            Some('>') => ByteOrder::Big,
            _ => ByteOrder::Little,
        };
        let size = match text.trim_start_matches(['<', '>', '=', '|']) {
            "f2" => 2,
            "f4" => 4,
            "f8" => 8,
            _ => {
                let found = text.chars().take(20).collect();
                return Err(HeaderError::Type { found });
            }
        };
        Ok((order, size))
    }

    fn boolean(&mut self) -> Result<bool, HeaderError> {
        self.rest = self.rest.trim_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(after) = self.rest.strip_prefix(word) {
                self.rest = after;
                return Ok(value);
            }
        }
        Err(self.unexpected("True or False"))
    }

    /// Lengths in parentheses.
    fn shape(&mut self) -> Result<Vec<usize>, HeaderError> {
        self.expect('(', "a shape in parentheses")?;
        let mut shape = Vec::new();
        while !self.take(')') {
            let digits = self.rest.len() - self.rest.trim_start_matches(char::is_numeric).len();
            let (number, after) = self.rest.split_at(digits);
            if number.is_empty() {
                return Err(self.unexpected("a length"));
            }
            let length = number
                .parse::<u64>()
                .ok()
                .filter(|&length| length < 1 << 48);
            let length = length.and_then(|length| usize::try_from(length).ok());
            let Some(length) = length else {
                let found = number.chars().take(30).collect();
                return Err(HeaderError::Length { found });
            };
            if shape.len() == MOST_AXES {
                return Err(HeaderError::Axes);
            }
            shape.push(length);
            self.rest = after;
            // Python 2 writes its long integers so.
            self.take('L');
            if !self.take(',') {
                self.expect(')', "a comma or )")?;
                break;
            }
        }
        Ok(shape)
    }
}
