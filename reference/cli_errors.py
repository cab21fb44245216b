"""Bad input to the command line: exit 2, one line on stderr that names things, no stdout."""

import json
import shutil
import struct

import numpy as np
from safetensors.numpy import load_file, save_file

MARKS_OF_A_BACKTRACE = (b"panicked", b"RUST_BACKTRACE", b"stack backtrace")


def check_errors(checker, fixtures, scratch):
    """Everything in this module."""
    model = fixtures / "tiny-a"
    groups = (model_cases, prompt_cases, option_cases, reading_cases, language_cases, capture_cases, edit_cases)
    for group in groups:
        for name, arguments, words in group(fixtures, scratch):
            refused(checker, name, checker.call(*arguments, backend=""), words)
    outcome = checker.call("run", "--model", model, "--prompt", "Tom", "--json", backend="gpu")
    if outcome.code != 0:
        refused(checker, "--backend gpu where there is none", outcome, ["gpu"])
    outcome = checker.call("run", "--model", model, "--prompt", "Tom", "--top", 0, "--json")
    if outcome.code == 0:  # the contract does not say; an empty list or a refusal will do
        checker.check("--top 0 gives no tokens", outcome.json()["next"] == [], outcome.brief())
    else:
        refused(checker, "--top 0", outcome, ["top"])
    missing = scratch / "no" / "such" / "folder" / "o.safetensors"
    arguments = (
        "capture",
        "--model",
        model,
        "--prompt",
        "Tom",
        "--hooks",
        "hook_embed",
        "--pos",
        "all",
        "--out",
        missing,
    )
    refused(checker, "--out in a missing folder", checker.call(*arguments), ["o.safetensors"], codes=(1, 2))
    for arguments in (["--help"], ["run", "--help"]):
        outcome = checker.call(*arguments, backend="")
        checker.check(f"{arguments} exits 0", outcome.code == 0 and not outcome.err, outcome.brief())


def refused(checker, name, outcome, words, codes=(2,)):
    """The rules for bad input; each of `words` must be in the line (a tuple: any of them)."""
    line = outcome.err.decode("utf-8", errors="replace")
    checker.check(f"{name}: exit code", outcome.code in codes, outcome.brief())
    checker.check(f"{name}: nothing on stdout", outcome.out == b"", outcome.brief())
    one_line = line.count("\n") <= 1 and line.strip() != "" and "\n" not in line.rstrip("\n")
    checker.check(f"{name}: exactly one line on stderr", one_line, outcome.brief())
    trace = [mark for mark in MARKS_OF_A_BACKTRACE if mark in outcome.err]
    checker.check(f"{name}: no backtrace", not trace, outcome.brief())
    for word in words:
        choices = word if isinstance(word, tuple) else (word,)
        found = any(str(choice).lower() in line.lower() for choice in choices)
        checker.check(f"{name}: names {' or '.join(map(str, choices))}", found, outcome.brief())


class Broken:
    """Copies of a fixture model, each with one thing wrong."""

    def __init__(self, source, scratch):
        self.source, self.scratch, self.count = source, scratch, 0

    def copy(self):
        """A fresh writable copy of the model."""
        self.count += 1
        folder = self.scratch / f"broken-{self.count}"
        folder.mkdir(parents=True)
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            shutil.copyfile(self.source / name, folder / name)
        return folder

    def without(self, name):
        """One file is missing."""
        folder = self.copy()
        (folder / name).unlink()
        return folder

    def bytes_of(self, name, change):
        """One file's bytes pass through `change`."""
        folder = self.copy()
        (folder / name).write_bytes(change((folder / name).read_bytes()))
        return folder

    def config(self, **changes):
        """Some keys of config.json differ; None removes a key."""

        def change(raw):
            config = json.loads(raw) | changes
            return json.dumps({k: v for k, v in config.items() if k not in changes or v is not None}).encode()

        return self.bytes_of("config.json", change)

    def tensors(self, change):
        """The tensors pass through `change`, which edits the dictionary."""
        folder = self.copy()
        tensors = load_file(folder / "model.safetensors")
        change(tensors)
        save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, folder / "model.safetensors")
        return folder


def model_cases(fixtures, scratch):
    """Model folders with something missing, cut, or of another kind."""
    broken = Broken(fixtures / "tiny-a", scratch)
    wpe, c_fc, gain = "transformer.wpe.weight", "transformer.h.1.mlp.c_fc.weight", "transformer.ln_f.weight"

    def narrower(tensors):
        tensors[wpe] = tensors[wpe][:, :-1]

    def transposed(tensors):
        tensors[c_fc] = tensors[c_fc].T

    def integers(tensors):
        tensors[gain] = np.ones(tensors[gain].shape, dtype=np.int32)

    def not_a_number(tensors):
        tensors[gain][3] = np.nan

    file = "model.safetensors"
    folders = [
        ("a missing folder", scratch / "nowhere", ["nowhere"]),
        ("a file for a folder", fixtures / "tiny-a" / "config.json", ["config.json"]),
        ("no model.safetensors", broken.without(file), [file]),
        ("no config.json", broken.without("config.json"), ["config.json"]),
        ("no tokenizer.json", broken.without("tokenizer.json"), ["tokenizer.json"]),
        ("half of model.safetensors", broken.bytes_of(file, lambda raw: raw[: len(raw) // 2]), [file]),
        ("model.safetensors cut in its header", broken.bytes_of(file, lambda raw: raw[:100]), [file]),
        ("5 bytes of model.safetensors", broken.bytes_of(file, lambda raw: raw[:5]), [file]),
        ("an empty model.safetensors", broken.bytes_of(file, lambda raw: b""), [file]),
        ("bytes after the last tensor", broken.bytes_of(file, lambda raw: raw + b"\0" * 8), [file]),
        (
            "a header length of 2^62",
            broken.bytes_of(file, lambda raw: struct.pack("<Q", 1 << 62) + raw[8:]),
            [file],
        ),
        ("a header that is no JSON", broken.bytes_of(file, lambda raw: raw[:8] + b"!" + raw[9:]), [file]),
        ("a tensor of another width", broken.tensors(narrower), ["wpe.weight", ("23", "[31, 23]"), "24"]),
        ("a transposed tensor", broken.tensors(transposed), ["mlp.c_fc.weight", "24", "96"]),
        ("a missing tensor", broken.tensors(lambda tensors: tensors.pop(gain)), ["ln_f.weight"]),
        ("an integer tensor", broken.tensors(integers), ["ln_f.weight", ("i32", "int32")]),
        (
            "a weight that is not a number",
            broken.tensors(not_a_number),
            [("ln_f.weight", file, "nan", "finite")],
        ),
        ("an unknown model_type", broken.config(model_type="mamba9"), ["mamba9", "gpt2"]),
        ("neither model_type nor architectures", broken.config(model_type=None, architectures=None), ["model_type"]),
        ("an unknown activation_function", broken.config(activation_function="swash"), ["swash", "gelu_new"]),
        ("heads that do not divide the width", broken.config(n_head=5), [("n_head", "heads"), "5", "24"]),
        ("no heads", broken.config(n_head=0), [("n_head", "heads")]),
        ("n_layer beyond the weights", broken.config(n_layer=3), ["h.2"]),
        ("n_layer of a million", broken.config(n_layer=10**6), []),
        ("n_embd of 2^40", broken.config(n_embd=3 * 2**40), []),
        ("a negative n_embd", broken.config(n_embd=-24), ["config.json"]),
        ("n_embd a word", broken.config(n_embd="wide"), ["config.json"]),
        ("no n_embd", broken.config(n_embd=None), ["n_embd"]),
        ("vocab_size unlike the weights", broken.config(vocab_size=300), ["300", "283"]),
        (
            "config.json that is no UTF-8",
            broken.bytes_of("config.json", lambda raw: b"\xff\xfe" + raw),
            ["config.json"],
        ),
        (
            "half of config.json",
            broken.bytes_of("config.json", lambda raw: raw[: len(raw) // 2]),
            ["config.json"],
        ),
        ("config.json a list", broken.bytes_of("config.json", lambda raw: b"[]"), ["config.json"]),
        (
            "tokenizer.json with broken UTF-8",
            broken.bytes_of("tokenizer.json", lambda raw: raw.replace(b"garden", b"gard\xc3\x28", 1)),
            ["tokenizer.json"],
        ),
        (
            "half of tokenizer.json",
            broken.bytes_of("tokenizer.json", lambda raw: raw[: len(raw) // 2]),
            ["tokenizer.json"],
        ),
        (
            "tokenizer.json of nothing",
            broken.bytes_of("tokenizer.json", lambda raw: b"{}"),
            ["tokenizer.json"],
        ),
        (
            "a tokenizer with more ids than the model",
            broken.bytes_of(
                "tokenizer.json",
                lambda raw: raw.replace(
                    '\u0120the": 257'.encode(),
                    '\u0120the": 5001'.encode(),
                ),
            ),
            [("5001", "283")],
        ),
    ]
    for name, folder, words in folders:
        yield name, ("run", "--model", folder, "--prompt", "Tom put a key in the box", "--json"), words


def prompt_cases(fixtures, scratch):
    """Prompts that are empty, too long, or cannot be encoded."""
    model, words_model = fixtures / "tiny-a", fixtures / "tiny-attn"
    long = "box " * 40
    commands = (
        ["run"],
        ["attention", "--layer", 0, "--head", 0],
        ["lens"],
        ["attribute", "--token", 1, "--against", 2],
        ["generate"],
    )
    for command in commands:
        start = (*command, "--model", model, "--json", "--prompt")
        yield f"{command[0]}: an empty prompt", (*start, ""), ["prompt"]
        yield f"{command[0]}: a prompt beyond the context", (*start, long), ["31"]
        yield f"{command[0]}: a prompt that is no UTF-8", (*start, b"caf\xe9"), [("utf-8", "utf8", "prompt")]
    out = scratch / "o.safetensors"
    capture = ("capture", "--model", model, "--hooks", "hook_embed", "--pos", "all", "--out", out, "--prompt")
    yield "capture: an empty prompt", (*capture, ""), ["prompt"]
    yield "capture: a prompt beyond the context", (*capture, long), ["31"]
    words = ("run", "--model", words_model, "--json", "--prompt")
    yield "a word outside a word-level vocabulary", (*words, "amber zebra"), [("zebra", "unk", "vocabulary")]


def option_cases(fixtures, scratch):
    """Options that are unknown, missing, no numbers, or out of range."""
    model = fixtures / "tiny-a"
    common = ("--model", model, "--prompt", "Tom went to the garden.", "--json")
    run, attention, generate = ("run", *common), ("attention", *common), ("generate", *common)
    yield "no command", (), []
    yield "an unknown command", ("fly",), ["fly"]
    yield "an unknown option", (*run, "--frobnicate"), ["--frobnicate"]
    yield "a stray argument", (*run, "stray"), ["stray"]
    yield "no --model", ("run", "--prompt", "Tom", "--json"), ["--model"]
    yield "no --prompt", ("run", "--model", model, "--json"), ["--prompt"]
    yield "--prompt twice", (*run, "--prompt", "again"), ["--prompt"]
    yield "--model without a value", ("run", "--prompt", "Tom", "--json", "--model"), ["--model"]
    yield "an option value of two lines", (*run, "--top", "3\n4"), ["--top"]
    yield "--top a word", (*run, "--top", "many"), ["--top", "many"]
    yield "--top negative", (*run, "--top=-1"), ["--top"]
    yield "--backend unknown", (*run, "--backend", "abacus"), ["--backend", "abacus"]
    # A value out of range names the range.
    yield "--layer too high", (*attention, "--layer", 2, "--head", 0), ["layer", "2", "0", "1"]
    yield "--head too high", (*attention, "--layer", 0, "--head", 3), ["head", "3", "0", "2"]
    yield "--layer negative", (*attention, "--layer=-1", "--head", 0), ["layer", "-1"]
    yield "--layer a word", (*attention, "--layer", "last", "--head", 0), ["--layer", "last"]
    yield "--layer beyond u64", (*attention, "--layer", 2**70, "--head", 0), ["--layer"]
    yield "no --head", (*attention, "--layer", 0), ["--head"]
    for option, value in (
        ("--temperature", "-1"), ("--temperature", "NaN"), ("--temperature", "inf"), ("--temperature", "hot"),
        ("--top-p", "1.5"), ("--top-p", "-0.1"), ("--top-p", "NaN"), ("--top-k", "-3"), ("--top-k", "few"),
        ("--max-tokens", "-2"), ("--max-tokens", "all"), ("--seed", "x"),
    ):  # fmt: skip
        yield f"generate {option} {value}", (*generate, f"{option}={value}"), [option]


def reading_cases(fixtures, scratch):
    """Options of `lens` and `attribute`; an id out of range names the range."""
    common = ("--model", fixtures / "tiny-a", "--prompt", "Tom went to the garden.", "--json")
    lens, attribute = ("lens", *common), ("attribute", *common)
    for value in ("-1", "many", "1.5", "", 2**70):
        yield f"lens --top {value}", (*lens, f"--top={value}"), ["--top", value]
    for option, other in (("--token", "--against"), ("--against", "--token")):
        start = (*attribute, f"{other}=0")
        for value in (283, 2**32 - 1):
            yield f"attribute {option} {value}", (*start, f"{option}={value}"), [option, value, "0", "282"]
        for value in ("-1", "Tom", "1.5", "1e2", "", 2**70):
            yield f"attribute {option} {value}", (*start, f"{option}={value}"), [option, value]
        yield f"attribute without {option}", start, [option]
    same = (*attribute, "--token", 5, "--against", 5)
    yield "attribute: a token against itself", same, ["--against", "5"]
    for command in (lens, (*attribute, "--token", 5, "--against", 6)):
        scale = {"hook": "ln_final.hook_scale", "pos": "all", "op": "zero"}
        high = {"hook": "blocks.2.hook_resid_pre", "pos": "all", "op": "zero"}
        yield f"{command[0]}: edit hook_scale", (*command, "--edit", scale), ["hook_scale"]
        yield f"{command[0]}: edit of a layer too high", (*command, "--edit", high), ["2", "0", "1"]
        yield f"{command[0]}: an edit that is no JSON", (*command, "--edit", "{"), ["--edit"]
        yield f"{command[0]}: a stray argument", (*command, "stray"), ["stray"]
        yield f"{command[0]}: --layer", (*command, "--layer", 0), ["--layer"]
        yield f"{command[0]}: --backend unknown", (*command, "--backend", "abacus"), ["--backend"]
        yield f"{command[0]} without --model", (command[0], *command[3:]), ["--model"]


def language_cases(fixtures, scratch):
    """Options of `eval` and `stories`, and models that they do not apply to."""
    model, out = fixtures / "tiny-a", scratch / "s.jsonl"
    evaluate = ("eval", "--model", model, "--json")
    stories = ("stories", "--out", out, "--documents")
    yield "eval of a model without a language", evaluate, ["tiny-a", "headlight_language", "stories"]
    poems = Broken(model, scratch / "language").config(headlight_language="poems")
    yield "eval of another language", ("eval", "--model", poems), ["headlight_language", "poems", "stories"]
    short = Broken(model, scratch / "context").config(headlight_language="stories")
    yield "eval with a context too short", ("eval", "--model", short), ["n_positions", "31"]
    yield "eval without --model", ("eval", "--json"), ["--model"]
    yield "eval of nothing", (*evaluate, "--documents", 0), ["--documents", "0", "--generate"]
    nothing = ("--documents", 0, "--generate", 0)
    yield "eval of nothing, said twice", (*evaluate, *nothing), ["--documents", "--generate"]
    for option in ("--documents", "--generate", "--seed"):
        for value in ("-1", "1.5", "1e3", "some", "", 2**70):
            yield f"eval {option} {value}", (*evaluate, f"{option}={value}"), [option, value]
    for option in ("--documents", "--generate"):
        yield f"eval {option} beyond its range", (*evaluate, option, 10**9), [option, 10**9, "10000000"]
    for value in ("0", "-3", "1.5", "1e3", "some", "", 2**70, 10**9):
        yield f"stories --documents {value}", (*stories[:-1], f"--documents={value}"), ["--documents", value]
    yield "stories --seed a word", (*stories, 1, "--seed", "one"), ["--seed", "one"]
    yield "stories without --documents", stories[:-1], ["--documents"]
    yield "stories without --out", ("stories", "--documents", 1), ["--out"]
    missing = scratch / "no" / "such" / "s.jsonl"
    yield "stories in a missing folder", ("stories", "--documents", 1, "--out", missing), ["s.jsonl"]
    yield "stories in a folder", ("stories", "--documents", 1, "--out", scratch), [scratch.name]


def capture_cases(fixtures, scratch):
    """Hooks, positions and files of `capture`."""
    model, out = fixtures / "tiny-a", scratch / "o.safetensors"
    text = ("--prompt", "Tom went to the garden.")
    start = ("capture", "--model", model, "--out", out)

    def texts(name, raw):
        path = scratch / f"{name}.jsonl"
        path.write_bytes(raw)
        return "--texts", path

    def hooks(*names, pos="all"):
        return "--hooks", ",".join(names), "--pos", pos

    good = hooks("hook_embed")
    yield "a bad hook name", (*start, *text, *hooks("blocks.0.hook_foo")), ["blocks.0.hook_foo"]
    yield "one bad hook among good ones", (*start, *text, *hooks("hook_embed", "nope")), ["nope"]
    yield "no hook at all", (*start, *text, *hooks("")), ["hook"]
    yield (
        "a hook of a layer too high",
        (*start, *text, *hooks("blocks.2.hook_resid_pre")),
        ["blocks.2.hook_resid_pre", "0", "1"],
    )
    attn_only = ("capture", "--model", fixtures / "tiny-attn", "--prompt", "amber", "--out", out)
    for name in (
        "blocks.0.hook_mlp_out",
        "blocks.0.hook_resid_mid",
        "blocks.0.ln2.hook_scale",
        "blocks.0.mlp.hook_pre",
    ):
        yield f"{name} of an attention-only model", (*attn_only, *hooks(name)), [name]
    yield "--pos a word", (*start, *text, *hooks("hook_embed", pos="first")), ["--pos", "first"]
    yield (
        "--pos negative",
        ("capture", "--model", model, "--out", out, *text, "--hooks", "hook_embed", "--pos=-1"),
        ["--pos"],
    )
    yield "--pos beyond the row", (*start, *text, *hooks("hook_embed", pos=9)), [("row", "line"), "9"]
    yield (
        "--pos mean of scores",
        (*start, *text, *hooks("blocks.0.attn.hook_attn_scores", pos="mean")),
        ["hook_attn_scores"],
    )
    short = texts("short", b'{"text": "Tom went to the garden."}\n{"text": "Tom"}\n')
    yield (
        "--pos beyond the second row",
        (*start, *short, *hooks("hook_embed", pos=6)),
        [("row 1", "row 2", "line 2"), "6"],
    )
    yield "both --prompt and --texts", (*start, *text, *short, *good), ["--texts"]
    yield "neither --prompt nor --texts", (*start, *good), [("--texts", "--prompt")]
    yield "no --out", ("capture", "--model", model, *text, *good), ["--out"]
    yield "no --hooks", (*start, *text, "--pos", "all"), ["--hooks"]
    yield "--texts that is not there", (*start, "--texts", scratch / "gone.jsonl", *good), ["gone.jsonl"]
    files = {
        "empty": b"",
        "no_json": b'{"text": "Tom"}\nTom went\n',
        "no_text": b'{"text": "Tom"}\n{"words": "Tom"}\n',
        "text_a_number": b'{"text": 3}\n',
        "no_utf8": b'{"text": "caf\xe9"}\n',
        "an_empty_text": b'{"text": "Tom"}\n{"text": ""}\n',
        "too_long": json.dumps({"text": "box " * 40}).encode() + b"\n",
    }
    for name, raw in files.items():
        yield f"--texts {name}", (*start, *texts(name, raw), *good), [f"{name}.jsonl"]


def edit_cases(fixtures, scratch):
    """Edits outside the contract: "anything else exits 2"."""
    run = ("run", "--model", fixtures / "tiny-a", "--prompt", "Tom went to the garden.", "--json")
    z, resid = "blocks.0.attn.hook_z", "blocks.1.hook_resid_pre"
    scores, pattern = "blocks.0.attn.hook_attn_scores", "blocks.0.attn.hook_pattern"

    def edit(**fields):
        """A good edit with some fields changed; None removes one."""
        fields = {"hook": resid, "pos": "all", "op": "zero"} | fields
        return {key: value for key, value in fields.items() if value is not None}

    cases = [
        ("no JSON", "{hook: 3", ["--edit"]),
        ("an empty string", "", ["--edit"]),
        ("a list", [edit()], ["--edit"]),
        ("no hook", edit(hook=None), ["hook"]),
        ("no op", edit(op=None), ["op"]),
        ("no pos", edit(pos=None), ["pos"]),
        ("an unknown key", edit(strength=2), ["strength"]),
        ("an unknown op", edit(op="double"), ["double"]),
        ("an unknown hook", edit(hook="blocks.0.hook_nothing"), ["blocks.0.hook_nothing"]),
        ("a layer too high", edit(hook="blocks.2.hook_resid_pre"), ["blocks.2.hook_resid_pre", "0", "1"]),
        ("hook_scale", edit(hook="blocks.0.ln1.hook_scale"), ["hook_scale"]),
        ("ln_final.hook_scale", edit(hook="ln_final.hook_scale"), ["hook_scale"]),
        ("set without a value", edit(op="set"), ["value"]),
        ("add without a value", edit(op="add"), ["value"]),
        ("a value too short", edit(op="add", value=[1.0] * 23), ["23", "24"]),
        ("a value too long", edit(op="set", value=[1.0] * 25), ["25", "24"]),
        (
            "a head's value as wide as the model",
            edit(hook=z, head=0, op="set", value=[1.0] * 24),
            ["24", "8"],
        ),
        ("a value with a word", edit(op="set", value=["one"] * 24), ["--edit"]),
        ("a value with null", edit(op="set", value=[None] * 24), ["--edit"]),
        ("a value beyond f32", edit(op="set", value=[1e300] * 24), []),
        ("a head where there is none", edit(head=0), [resid]),
        ("a head in hook_attn_out", edit(hook="blocks.0.hook_attn_out", head=0), ["hook_attn_out"]),
        ("a head too high", edit(hook=z, head=3), ["head", "3", "0", "2"]),
        ("a negative head", edit(hook=z, head=-1), ["head"]),
        ("a position too high", edit(pos=[0, 9]), ["9", ("pos", "position")]),
        ("a negative position", edit(pos=[-1]), ["pos"]),
        ("a position by a word", edit(pos="last"), ["pos"]),
        ("scores with mean", edit(hook=scores, op="mean"), ["hook_attn_scores", "zero"]),
        ("scores with set", edit(hook=scores, op="set", value=[0.0] * 9), ["hook_attn_scores", "zero"]),
        ("pattern with add", edit(hook=pattern, head=0, op="add", value=[0.1] * 9), ["hook_pattern", "zero"]),
        ("pattern with mean", edit(hook=pattern, op="mean"), ["hook_pattern", "zero"]),
    ]
    for name, value, words in cases:
        yield f"edit: {name}", (*run, "--edit", value), words
    generate = ("generate", *run[1:], "--max-tokens", 2)
    yield "generate: edit hook_scale", (*generate, "--edit", edit(hook="ln_final.hook_scale")), ["hook_scale"]
    mlp = edit(hook="blocks.0.hook_mlp_out")
    attn_only = ("run", "--model", fixtures / "tiny-attn", "--prompt", "amber", "--json", "--edit", mlp)
    yield "edit: hook_mlp_out of an attention-only model", attn_only, ["hook_mlp_out"]
