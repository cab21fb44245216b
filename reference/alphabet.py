"""GPT-2's printable stand-ins for the 256 bytes: what a byte-level vocabulary is written in."""


def byte_alphabet():
    """GPT-2's printable stand-in for each byte, in byte order."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = iter(range(0x100, 0x200))
    return [chr(byte) if byte in kept else chr(next(moved)) for byte in range(256)]


ALPHABET = byte_alphabet()
