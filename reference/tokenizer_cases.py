"""Texts that try a tokenizer, and what the `tokenizers` library makes of them."""

import json

import tokenizer as tiny_tokenizers

BYTE_LEVEL_TEXTS = [
    "",
    " ",
    "  ",
    "   ",
    "Anna put the key in the box.",
    "Tom went to the garden, and Anna went to the kitchen.",
    " the cat",
    "the cat",
    "The  cat   was    happy     .",
    "Hello World",
    "...",
    "what?!... no --- yes -- \u2014 \u2026",
    "He said, \"Where is it?\" 'Here,' she said.",
    "\u201cquoted\u201d \u2018text\u2019 don\u2019t",
    "don't can't won't",
    "I'm you're we've they'll he'd it's",
    "DON'T I'M 'LL 'S 'Re",
    "'s's 't'll x'sy ' s",
    "Anna's Tom's",
    "12 123 2026 3.14 1,000 007",
    "a1b2 12a x123 ½ Ⅷ ٣ ²",
    "\t",
    "\ta\t\tb \tc",
    "\n",
    "line one\nline two\r\nline three\n\n\nend",
    "a \n b",
    "a  \n\n  b",
    "trailing ",
    "trailing   ",
    "trailing\n",
    "trailing \n",
    "trailing\t \n ",
    "é",
    "e\u0301",
    "un café, deux cafés",
    "naïve coöperation à côté",
    "中文",
    "中文 你好 世界。",
    "привет мир",
    "שלום עולם",
    "السلام عليكم شمس",
    "हिन्दी में",
    "ไทย ภาษา",
    "한국어 日本語 テスト",
    "🙂",
    "a🙂b 🙂 🙂🙂",
    "👩\u200d👩\u200d👧 family",
    "🏳\ufe0f\u200d🌈🇩🇪👍🏽",
    "a\u00a0b \u00a0 c\u00a0",
    "a\u2028b\u2029c\u0085d",
    "a\u200bb\ufeffc",
    "\u3000wide\u3000space\u2009thin",
    "z\u0335\u0327a\u0300\u0301l\u0337g\u0338o\u0336",
    "\x00\x01\x7f\x1b[0m",
    "\ufffd \U0010ffff \ue000",
    "<|start|>",
    "a<|start|>b",
    "Tom <|start|> Anna<|start|>",
    "<|start|><|start|> the",
    "<|start| > <|START|> |start|",
    "<0xE2> Ġthe Ċ",
    "https://example.org/a?b=c&d=%20#e",
    'fn main() { println!("{x:?}"); }',
    "$5.00 + 10% = ~€4_2^3",
    "AnnaAnna TomAnna. Anna",
]

# For models/stories: its own words, whole and cut, beside the texts above.
STORIES_TEXTS = [
    "Once upon a time, there was a girl named Anna.",
    "Once upon a time, there was a girl named Anna. She had a red ball.",
    "once upon a time there were two boys",
    "ONCE UPON A TIME",
    '"Where is my ball?" she asked. "It is in the kitchen," said Tom.',
    '"Where is my ball?"she asked."It is in the kitchen,"said Tom.',
    "They were very happy .  They  were very sad\t.",
    "the kitchens, the kitchenette, a ki tchen",
    " Anna\u00a0went\u2009home\n\n Tom\r\n",
    "<|story|>",
    "<|end|>",
    "a<|end|> b <|story|>c",
    "<|story|><|story|> the",
    "<| story|> <|end |> <|END|>",
    "\u202eOnce upon\u202c a time \u200fשלום\u200e.",
    "\x00Once\x07 upon\x1b a\x7f time\x80\x9f",
    "🙂Anna🙂 👩\u200d👩\u200d👧said",
    "Zoë and Łukasz went to the café.",
]

WORD_LEVEL_TEXTS = [
    "",
    " ",
    "amber",
    "amber birch cedar",
    "river river river",
    "  amber   birch  ",
    "amber\tbirch\ncedar\r\ndelta",
    "amber\u00a0birch\u2028cedar\u3000delta\u0085ember",
    "<|start|>",
    "<|start|> amber",
    "amber<|start|>birch",
    "amber <|start|> <|start|> birch",
    "don't é 中文 , amber",
    # Refused: the word is not in the vocabulary and there is no unknown token.
    "zebra",
    "amber zebra",
    "Amber",
    "amber,birch",
    "amber,",
    "amber\u200bbirch",
    "e\u0301",
    "<|START|>",
    "<unk>",
]


def write_stories(path, tokenizer):
    """What the shipped model's tokenizer makes of texts."""
    texts = (*BYTE_LEVEL_TEXTS, *STORIES_TEXTS)
    write_lines(path, [text_case("stories", tokenizer, text) for text in texts])


def write(folder):
    """Two tokenizer.json, cases.json (from texts) and ids.json (from ids)."""
    byte_level = tiny_tokenizers.byte_level([*tiny_tokenizers.STORY_WORDS, *tiny_tokenizers.TRICKY_WORDS])
    words = "amber birch cedar delta ember fjord grove heron inlet jasper river don't é 中文 ,".split()
    word_level = tiny_tokenizers.word_level(words)
    cases = []
    for name, tokenizer, texts in (
        ("byte-level", byte_level, BYTE_LEVEL_TEXTS),
        ("word-level", word_level, WORD_LEVEL_TEXTS),
    ):
        (folder / f"{name}.json").write_text(tokenizer.to_str(pretty=True) + "\n")
        cases += [text_case(name, tokenizer, text) for text in texts]
    write_lines(folder / "cases.json", cases)

    lead, tail = byte_level.token_to_id("Ã"), byte_level.token_to_id("©")
    smile = [byte_level.token_to_id(tiny_tokenizers.ALPHABET[byte]) for byte in "🙂".encode()]
    partial = [
        byte_level.token_to_id("".join(tiny_tokenizers.ALPHABET[byte] for byte in raw))
        for raw in (b" \xe2\x80", b"a\xf0\x9f")
    ]
    the = byte_level.token_to_id("Ġthe")
    ids = [
        ("byte-level", byte_level, row)
        for row in (
            [],
            [0],
            [0, 0, the],
            [the, 0, the],
            [lead],
            [tail],
            [lead, tail],
            [tail, lead],
            [lead, the, tail],
            smile,
            smile[:3],
            smile[:2] + [the] + smile[2:],
            smile[1:],
            partial[:1],
            partial,
            [partial[0], smile[2]],
            [partial[1], *smile[2:]],
            [lead, 0, tail],
        )
    ]
    ids += [("word-level", word_level, row) for row in ([], [0], [1], [0, 2, 1], [1, 0, 1], [12, 13, 14, 15])]
    write_lines(folder / "ids.json", [ids_case(*case) for case in ids])


def text_case(name, tokenizer, text):
    """What encoding `text` gives, or the words with which the library refuses it."""
    case = {"tokenizer": name, "text": text}
    try:
        ids = tokenizer.encode(text).ids
    except Exception as error:  # the library raises nothing more specific
        return case | {"error": str(error)}
    return case | decoded(tokenizer, ids)


def ids_case(name, tokenizer, ids):
    """What decoding `ids` gives."""
    return {"tokenizer": name} | decoded(tokenizer, ids)


def decoded(tokenizer, ids):
    """ids, their text without special tokens, and each of them alone."""
    return {
        "ids": ids,
        "decoded": tokenizer.decode(ids, skip_special_tokens=True),
        "pieces": tiny_tokenizers.pieces(tokenizer, ids),
        "shown": tiny_tokenizers.shown(tokenizer, ids),
    }


def write_lines(path, cases):
    """A JSON list with one case per line; ASCII, so that every character can be told."""
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
