"""Writes every fixture under tests/fixtures; prints the figures of README.md.

    HF_HUB_OFFLINE=1 python make_fixtures.py [--out ../tests/fixtures]

The oracle of a model is `transformers` in f64, reading the very files that are
written here; gpt2.py, in numpy, must agree with it, and gives what
`transformers` cannot (attention-only models, edits, deliberate mistakes).
"""

import argparse
import json
import math
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

import checkpoint
import gpt2
import huggingface
import tokenizer as tiny_tokenizers
import tokenizer_cases

GREEDY_TOKENS = 12
STORIES = Path(__file__).resolve().parent.parent / "models" / "stories"

# Chosen so that every greedy step has a clear winner, by 0.05 in logits or more.
SEEDS = {"tiny-a": 22, "tiny-b": 11, "tiny-c": 15, "tiny-attn": 15}
# A token that tiny-b generates ninth after its first prompt: there it must stop.
TINY_B_EOS = 89

STORY_PROMPTS = {
    "tiny-a": [
        "Tom went to the garden.",
        "Anna put the key in the box. Tom put a ball in the box. Où? Anna put",
    ],
    "tiny-b": [
        "Anna was happy",
        "The cat is under the table.\n\nShe said it's not in the garden.",
    ],
    "tiny-c": [
        "One day Tom looked",
        "The key was in the box. Tom went to the garden and said so. The key was in",
    ],
}
ATTN_WORDS = (
    "amber birch cedar delta ember fjord grove heron inlet jasper kelp lilac maple nectar olive pearl quartz river"
).split()
ATTN_PROMPTS = [
    "delta amber kelp",
    "river olive amber fjord cedar pearl heron maple inlet lilac " * 2 + "river olive amber",
]


def build_story_model(folder, words, **config):
    """A byte-level model in `folder`: config.json, model.safetensors, tokenizer.json."""
    model = checkpoint.random_model(SEEDS[folder.name], **config)
    saver = checkpoint.save_like_the_hub if folder.name == "tiny-c" else checkpoint.save
    saver(model, folder)
    write_tokenizer(folder / "tokenizer.json", tiny_tokenizers.byte_level(words, config["vocab_size"]))


def write_tokenizer(path, tokenizer):
    """tokenizer.json, indented as the library does it."""
    path.write_text(tokenizer.to_str(pretty=True) + "\n")


def build_models(out):
    """The four checkpoints, by name."""
    words = tiny_tokenizers.STORY_WORDS
    build_story_model(
        out / "tiny-a",
        words,
        vocab_size=283,
        n_embd=24,
        n_head=3,
        n_layer=2,
        n_positions=31,
        activation_function="gelu_new",
        layer_norm_epsilon=1e-5,
    )
    build_story_model(
        out / "tiny-b",
        words,
        vocab_size=293,
        n_embd=35,
        n_head=5,
        n_layer=3,
        n_positions=29,
        n_inner=51,
        activation_function="gelu",
        layer_norm_epsilon=1e-3,
        tie_word_embeddings=False,
        eos_token_id=TINY_B_EOS,
    )
    build_story_model(
        out / "tiny-c",
        words,
        vocab_size=277,
        n_embd=28,
        n_head=4,
        n_layer=2,
        n_positions=31,
        n_inner=40,
        activation_function="relu",
        layer_norm_epsilon=3e-4,
        eos_token_id=50256,
        bos_token_id=50256,
    )
    model = checkpoint.random_model(
        SEEDS["tiny-attn"],
        vocab_size=1 + len(ATTN_WORDS),
        n_embd=20,
        n_head=2,
        n_layer=2,
        n_positions=27,
        activation_function="gelu_new",
        layer_norm_epsilon=2e-4,
        tie_word_embeddings=False,
    )
    folder = out / "tiny-attn"
    checkpoint.save(model, folder)
    checkpoint.drop_mlp(folder)
    write_tokenizer(folder / "tokenizer.json", tiny_tokenizers.word_level(ATTN_WORDS))


def read(folder):
    """`(config, f64 weights by short name)` as they stand in the files."""
    config = json.loads((folder / "config.json").read_text())
    return config, gpt2.raw_weights(load_file(folder / "model.safetensors"))


def oracle(folder, dtype):
    """By `transformers`: tokens to (activations, logits), greedy decoding, and the model itself."""
    config, weights = read(folder)
    if config.get("attn_only"):
        model = attn_only_as_gpt2(folder, dtype)
    else:
        model = huggingface.load(folder, dtype)

    def run(tokens):
        activations, logits = huggingface.activations(model, tokens)
        if config.get("attn_only"):
            assert all(not v.any() for name, v in activations.items() if name.endswith("hook_mlp_out"))
            mlp = ("resid_mid", "ln2", ".mlp.", "mlp_out")
            activations = {k: v for k, v in activations.items() if not any(part in k for part in mlp)}
        return activations, logits

    return run, lambda tokens: huggingface.greedy(model, tokens, GREEDY_TOKENS), model


def attn_only_as_gpt2(folder, dtype):
    """A whole GPT-2 with the attention-only weights and an MLP that outputs 0."""
    config, weights = read(folder)
    model = checkpoint.random_model(0, **{k: config[k] for k in SHAPE_KEYS})
    state = model.state_dict()
    for name in state:
        short = name.removeprefix("transformer.")
        if short in weights:
            state[name] = torch.tensor(weights[short])
        elif ".mlp.c_proj." in name:
            state[name] = torch.zeros_like(state[name])
        else:
            assert ".mlp.c_fc." in name or ".ln_2." in name, name
    model.load_state_dict(state)
    model.set_attn_implementation("eager")
    return model.to(dtype).eval()


SHAPE_KEYS = (
    "vocab_size n_embd n_head n_layer n_positions activation_function layer_norm_epsilon tie_word_embeddings"
).split()


def prompt_fixture(folder, run, greedy, model, text, figures):
    """`(entry of expected.json, tensors of expected.safetensors)` of one prompt."""
    config, weights = read(folder)
    tokenizer = tiny_tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens = tokenizer.encode(text).ids
    assert len(tokens) <= config["n_positions"], (folder.name, len(tokens))
    activations, logits = run(tokens)
    log_probs = gpt2.log_softmax(logits)

    # The independent implementation agrees, to the last few bits of f64.
    mine, my_logits = gpt2.forward(weights, config, tokens)
    assert mine.keys() == activations.keys(), mine.keys() ^ activations.keys()
    for name, value in mine.items():
        assert value.shape == activations[name].shape, name
        assert relative_l2(value, activations[name]) < 1e-12, name
    assert np.abs(my_logits - logits).max() < 1e-11
    figures.mistakes(weights, config, tokens, activations, log_probs)

    new, gap = gpt2.greedy(weights, config, tokens, GREEDY_TOKENS)
    assert new == greedy(tokens), (new, greedy(tokens))
    assert gap > 0.05, f"{folder.name}: a greedy step is too close to call: {gap}"
    stopped = "end" if new and new[-1] == config.get("eos_token_id") else None
    stopped = stopped or ("context" if len(tokens) + len(new) == config["n_positions"] else "max_tokens")
    figures.greedy(gap)

    nll = [None] + [-log_probs[i, tokens[i + 1]] for i in range(len(tokens) - 1)]
    probs = np.exp(log_probs[-1])
    top = sorted(range(len(probs)), key=lambda i: (-probs[i], i))[:10]
    entry = {
        "text": text,
        "tokens": tokens,
        "texts": tiny_tokenizers.shown(tokenizer, tokens),
        "nll": nll,
        "perplexity": math.exp(np.mean(nll[1:])),
        "top": [[i, probs[i]] for i in top],
        "greedy": new,
        "greedy_text": tokenizer.decode(new),
        "stopped": stopped,
        "edits": [
            edited(weights, config, tokens, edit) for edit in edits_for(config, len(tokens), activations)
        ],
        "lens": lens_rows(model, weights, config, activations, log_probs),
        "attribution": attributions(model, weights, config, activations, logits),
    }
    tensors = {name: value.astype(np.float32) for name, value in activations.items()}
    tensors |= {"logits": logits.astype(np.float32), "log_probs": log_probs}
    return entry, tensors


def lens_rows(model, weights, config, activations, log_probs):
    """The five most probable tokens of every place along the stream, at every position."""
    rows = []
    for hook in gpt2.lens_hooks(config):
        seen = huggingface.lens(model, activations[hook])
        assert np.abs(seen - gpt2.lens(weights, config, activations[hook])).max() < 1e-11, hook
        for pos, row in enumerate(np.exp(seen)):
            top = sorted(range(len(row)), key=lambda i: (-row[i], i))[:5]
            rows.append({"hook": hook, "pos": pos, "top": [[i, row[i]] for i in top]})
    # The last place is the model itself.
    assert np.abs(seen - log_probs).max() < 1e-11
    return rows


def attributions(model, weights, config, activations, logits):
    """Two pairs of tokens: the two most probable ones, and the first and last ids."""
    last = logits[-1]
    best = sorted(range(len(last)), key=lambda i: (-last[i], i))
    cases = []
    for token, against in ((best[0], best[1]), (0, len(last) - 1)):
        attn_only = config.get("attn_only", False)
        difference, parts = huggingface.attribution(model, activations, token, against, attn_only)
        assert abs(difference - (last[token] - last[against])) < 1e-11
        assert abs(difference - sum(parts.values())) < 1e-11
        mine = gpt2.attribution(weights, config, activations, token, against)
        assert list(mine) == list(parts), (mine, parts)
        assert max(abs(mine[name] - parts[name]) for name in parts) < 1e-11
        case = {"token": token, "against": against, "logit_difference": difference}
        cases.append(case | {"components": list(parts.items())})
    return cases


def edits_for(config, n, activations):
    """Edits that try each operation, each axis and both kinds of hook."""
    d_model, heads, last = config["n_embd"], config["n_head"], config["n_layer"] - 1
    wave = lambda width: [round(math.sin(k + 1), 3) for k in range(width)]
    edits = [
        {"hook": "blocks.0.attn.hook_z", "head": heads - 1, "pos": "all", "op": "zero"},
        {"hook": f"blocks.{last}.attn.hook_z", "head": 0, "pos": "all", "op": "mean"},
        {
            "hook": f"blocks.{last}.attn.hook_v",
            "head": 1,
            "pos": [1, n - 1],
            "op": "set",
            "value": wave(d_model // heads),
        },
        {"hook": "blocks.0.attn.hook_k", "pos": [0], "op": "add", "value": wave(d_model // heads)},
        {"hook": "blocks.0.attn.hook_pattern", "head": 1, "pos": "all", "op": "zero"},
        {"hook": f"blocks.{last}.attn.hook_attn_scores", "pos": [n - 1], "op": "zero"},
        {"hook": f"blocks.{last}.hook_resid_pre", "pos": "all", "op": "add", "value": wave(d_model)},
        {"hook": "hook_embed", "pos": [n - 1], "op": "mean"},
        {"hook": "ln_final.hook_normalized", "pos": [n - 1], "op": "set", "value": wave(d_model)},
        {"hook": "blocks.0.ln1.hook_normalized", "pos": [2], "op": "zero"},
    ]
    if not config.get("attn_only"):
        d_mlp = config["n_inner"] or 4 * d_model
        edits += [
            {"hook": f"blocks.{last}.hook_mlp_out", "pos": "all", "op": "mean"},
            {"hook": "blocks.0.mlp.hook_post", "pos": [n - 1], "op": "add", "value": wave(d_mlp)},
        ]
    return edits


def edited(weights, config, tokens, edit):
    """What one edit gives: nll of the prompt, five next tokens, greedy ones if the choice is clear."""
    means = gpt2.position_means(gpt2.forward(weights, config, tokens)[0])
    log_probs = gpt2.log_softmax(gpt2.forward(weights, config, tokens, [edit], means)[1])
    probs = np.exp(log_probs[-1])
    top = sorted(range(len(probs)), key=lambda i: (-probs[i], i))[:5]
    nll = [None] + [-log_probs[i, tokens[i + 1]] for i in range(len(tokens) - 1)]
    case = {"edit": edit, "nll": nll, "top": [[i, probs[i]] for i in top]}
    if edit["pos"] == "all":  # these go on while generating
        new, gap = gpt2.greedy(weights, config, tokens, GREEDY_TOKENS, [edit], means)
        case |= {"greedy": new} if gap > 0.01 else {}
    return case


def relative_l2(value, truth):
    """|value - truth| / |truth| over the finite entries; -inf must stand in the same places."""
    finite = np.isfinite(truth)
    assert (np.isfinite(value) == finite).all()
    value, truth = value[finite].astype(np.float64), truth[finite]
    return float(np.linalg.norm(value - truth) / np.linalg.norm(truth))


class Figures:
    """What README.md reports of one model."""

    def __init__(self):
        self.values = {}

    def worst(self, name, value, pick=max):
        """Keeps the largest (or smallest) of `value` over the prompts."""
        self.values[name] = pick(self.values[name], value) if name in self.values else value

    def mistakes(self, weights, config, tokens, activations, log_probs):
        """How far each deliberate mistake moves log-probabilities and activations."""
        act, eps = config["activation_function"], config["layer_norm_epsilon"]
        changed = {"eps": ({"layer_norm_epsilon": 1e-5 if eps != 1e-5 else 1e-4}, True), "mask": ({}, False)}
        if not config.get("attn_only"):
            changed["gelu"] = ({"activation_function": "gelu" if act == "gelu_new" else "gelu_new"}, True)
        for name, (change, causal) in changed.items():
            wrong, logits = gpt2.forward(weights, config | change, tokens, causal=causal)
            self.worst(f"{name} log-prob", np.abs(gpt2.log_softmax(logits) - log_probs).max(), min)
            comparable = [k for k in wrong if "scores" not in k]
            self.worst(f"{name} rel", max(relative_l2(wrong[k], activations[k]) for k in comparable), min)

    def greedy(self, gap):
        """The smallest gap between the two largest logits of a greedy step."""
        self.worst("greedy gap", gap, min)

    def single(self, run, tokens, activations, logits):
        """How far f32 `transformers` is from f64."""
        ours, our_logits = run(tokens)
        self.worst("max |logit|", np.abs(logits).max())
        error = gpt2.log_softmax(our_logits.astype(np.float64)) - gpt2.log_softmax(logits)
        self.worst("f32 log-prob", np.abs(error).max())
        self.worst("f32 rel", max(relative_l2(ours[k], activations[k]) for k in activations))


def expect(folder, texts):
    """Writes expected.json and expected.safetensors of one model; returns its figures."""
    run, greedy, model = oracle(folder, torch.float64)
    run_single, greedy_single, _ = oracle(folder, torch.float32)
    figures, entries, tensors = Figures(), [], {}
    for n, text in enumerate(texts):
        entry, own = prompt_fixture(folder, run, greedy, model, text, figures)
        figures.single(run_single, entry["tokens"], *run(entry["tokens"]))
        assert greedy_single(entry["tokens"]) == entry["greedy"]
        entries.append(entry)
        tensors |= {f"p{n}/{name}": np.ascontiguousarray(value) for name, value in own.items()}
    (folder / "expected.json").write_text(json_of({"prompts": entries}) + "\n")
    save_file(tensors, folder / "expected.safetensors")
    return figures.values


def json_of(value, indent=""):
    """JSON with numbers in full; whatever holds no objects stands on one line."""
    inner = indent + " "
    if isinstance(value, dict) and len(value) and not is_edit(value):
        rows = [f"{inner}{json.dumps(key)}: {json_of(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        rows = [inner + json_of(item, inner) for item in value]
        return "[\n" + ",\n".join(rows) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def is_edit(value):
    """Whether this object is an edit of the command line."""
    return "op" in value


def main():
    """Everything, from an empty folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).resolve().parent.parent / "tests" / "fixtures"
    parser.add_argument("--out", type=Path, default=default)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    for name in (*STORY_PROMPTS, "tiny-attn", "tokenizers"):
        shutil.rmtree(out / name, ignore_errors=True)
        (out / name).mkdir(parents=True)
    build_models(out)
    tokenizer_cases.write(out / "tokenizers")
    stories = tiny_tokenizers.Tokenizer.from_file(str(STORIES / "tokenizer.json"))
    tokenizer_cases.write_stories(out / "tokenizers" / "stories-cases.json", stories)
    for name, texts in (STORY_PROMPTS | {"tiny-attn": ATTN_PROMPTS}).items():
        print(name, {key: float(f"{value:.2g}") for key, value in expect(out / name, texts).items()})


if __name__ == "__main__":
    main()
