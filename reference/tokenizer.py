"""Small tokenizers of the two kinds Headlight's own models use.

Byte-level: every one of the 256 bytes is a token, and so are some whole words;
there are no merges, and `ignore_merges` lets a word that is in the vocabulary
be one token. Word-level: words between white space, and no unknown token.
Both put a start token in front.
"""

from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE, WordLevel
from tokenizers.pre_tokenizers import ByteLevel, WhitespaceSplit
from tokenizers.processors import TemplateProcessing

from alphabet import ALPHABET

START = "<|start|>"

# Words a tiny story needs, most useful first; a leading space is part of a token.
STORY_WORDS = (
    " the| a| and| to| in|.|,| Anna| Tom| was| garden| said| put| key| box| kitchen| went| He| She|The"
    "| ball| she| he| looked| for| it| red| blue| cat| dog|!|?|\"| is| not| where|'s|'t| they| found"
    "| under| table| happy| sad|\n\n|  | because| would|Anna|Tom|One| day| of| little| home| play"
    "| big| house| saw"
).split("|")

# Whole tokens that try the splitting rule: contractions, numbers, runs, other scripts.
# The two in bytes end in the middle of a character: no text gives them, a model may.
TRICKY_WORDS = (
    [" don", "n't", "'re", "'ve", "'ll", "'d", "'m", " 12", "123", "2026", "...", " ...", "--", " --"]
    + ["   ", " \n", "\t\t", "é", " é", " café", "中文", " 你好", " мир", "🙂", " 🙂", "e\u0301", "\u00a0"]
    + [" شمس", "ő", "½", "<|", "|>", "start", " start", b" \xe2\x80", b"a\xf0\x9f"]
)


BYTE_OF = {char: byte for byte, char in enumerate(ALPHABET)}


def with_start(tokenizer):
    """Registers the start token and puts it in front of every text."""
    tokenizer.add_special_tokens([AddedToken(START, special=True, normalized=False)])
    tokenizer.post_processor = TemplateProcessing(
        single=f"{START} $A", pair=f"{START} $A {START} $B", special_tokens=[(START, 0)]
    )
    return tokenizer


def byte_level(words, size=None):
    """Start token, 256 bytes, then `words`, cut to `size` tokens when given."""
    tokens = [START, *ALPHABET]
    for word in words:
        raw = word if isinstance(word, bytes) else word.encode()
        token = "".join(ALPHABET[byte] for byte in raw)
        if token not in tokens:
            tokens.append(token)
    if size is not None:
        assert len(tokens) >= size, f"{len(tokens)} tokens, {size} wanted"
        tokens = tokens[:size]
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(BPE(vocab=vocab, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = ByteLevelDecoder()
    return with_start(tokenizer)


def word_level(words):
    """Start token, then `words`; anything else is an error of the library."""
    vocab = {word: i for i, word in enumerate([START, *words])}
    assert len(vocab) == 1 + len(words), "a word stands twice"
    tokenizer = Tokenizer(WordLevel(vocab=vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return with_start(tokenizer)


def pieces(tokenizer, ids):
    """Each id decoded alone by the library, special tokens included."""
    return [tokenizer.decode([i], skip_special_tokens=False) for i in ids]


def shown(tokenizer, ids):
    """Each id as the command line shows it: bytes that are no character as `<0xE2>`."""
    texts = pieces(tokenizer, ids)
    for n, i in enumerate(ids):
        token = tokenizer.id_to_token(i)
        if "\ufffd" in texts[n] and all(char in BYTE_OF for char in token):
            raw = bytes(BYTE_OF[char] for char in token)
            escaped = raw.decode("utf-8", errors="surrogateescape")
            texts[n] = "".join(
                f"<0x{ord(c) - 0xDC00:02X}>" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in escaped
            )
    return texts
