"""Checks models/stories/tokenizer.json by the `tokenizers` library, against the `headlight` binary.

    python check_stories_tokenizer.py --headlight BIN [--model ../models/stories] [--documents 500] [--seed 1]

The library must give each story of `headlight stories` the story's own tokens
but the end token, and give the text back; and it must give odd texts (emoji,
right-to-left, control characters, spaces) the tokens that `headlight run`
shows. Exits 1 if any differ.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer

from cli_process import Checker
from tokenizer_cases import BYTE_LEVEL_TEXTS, STORIES_TEXTS


def check_documents(checker, tokenizer, documents, seed, scratch):
    """Stories: the same tokens, and the same text back."""
    file = scratch / "stories.jsonl"
    outcome = checker.call("stories", "--documents", documents, "--seed", seed, "--out", file, backend="")
    if not checker.check("headlight stories exits 0", outcome.code == 0, outcome.brief()):
        return
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    checker.check("one line per story", len(lines) == documents, f"{len(lines)} lines")
    for line in lines:
        ids, tokens = tokenizer.encode(line["text"]).ids, line["tokens"]
        ends = tokenizer.id_to_token(tokens[0]) == "<|story|>" and tokenizer.id_to_token(tokens[-1]) == "<|end|>"
        checker.check("a story starts and ends with the special tokens", ends, str(tokens))
        checker.check("a story's tokens but the end", ids == tokens[:-1], line["text"])
        checker.check("a story's text", tokenizer.decode(tokens) == line["text"], line["text"])


def check_texts(checker, tokenizer, model):
    """Odd texts: the tokens of `headlight run`, which refuses texts without tokens of their own."""
    for text in (*BYTE_LEVEL_TEXTS, *STORIES_TEXTS):
        ids = tokenizer.encode(text).ids
        if ids == tokenizer.encode("").ids or "\0" in text:  # an argument cannot hold a zero byte
            continue
        answer = checker.answer(f"run {text!r}", "run", "--model", model, "--prompt", text, "--top", 1, "--json")
        if answer is not None:
            found = [token["id"] for token in answer["tokens"]]
            checker.check(f"tokens of {text!r}", found == ids, f"{found}, the library {ids}")


def main():
    """Reads the options, checks, prints the score."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(__file__).resolve().parent.parent / "models" / "stories"
    parser.add_argument("--headlight", required=True, help="the binary")
    parser.add_argument("--model", type=Path, default=default)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    checker = Checker(str(Path(options.headlight).resolve()), "cpu")
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    with tempfile.TemporaryDirectory() as scratch:
        check_documents(checker, tokenizer, options.documents, options.seed, Path(scratch))
    check_texts(checker, tokenizer, options.model)
    print(f"{checker.passed} passed, {checker.failed} failed")
    sys.exit(checker.failed > 0)


if __name__ == "__main__":
    main()
