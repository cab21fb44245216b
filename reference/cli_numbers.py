"""Numbers of `run`, `capture`, `attention` and `generate` against the fixtures."""

import json
import math
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file

import gpt2

MODELS = ("tiny-a", "tiny-b", "tiny-c", "tiny-attn")


class Tolerance:
    """The contract's limits: log-probabilities absolute, activations as relative L2."""

    def __init__(self, backend):
        exact = backend != "gpu"
        self.log_prob = 2e-4 if exact else 1e-3
        self.activation = 1e-5 if exact else 1e-3
        # Head scores are means of weights in [0, 1] and bits of entropy.
        self.score = 1e-4 if exact else 1e-3
        # Differences of logits, and what they are made of: about 1 here.
        self.logit = 1e-4 if exact else 1e-3


class Model:
    """One fixture folder, read."""

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        self.config = json.loads((folder / "config.json").read_text())
        self.weights = gpt2.raw_weights(load_file(folder / "model.safetensors"))
        self.prompts = json.loads((folder / "expected.json").read_text())["prompts"]
        tensors = load_file(folder / "expected.safetensors")
        self.tensors = [
            {key.split("/", 1)[1]: value for key, value in tensors.items() if key.startswith(f"p{n}/")}
            for n in range(len(self.prompts))
        ]

    def hooks(self):
        """Every hook name of this model."""
        return sorted(set(self.tensors[0]) - {"logits", "log_probs"})


def check_numbers(checker, fixtures, scratch):
    """Everything in this module, on every fixture model."""
    tolerance = Tolerance(checker.backend)
    for name in MODELS:
        model = Model(fixtures / name)
        for n, prompt in enumerate(model.prompts):
            label = f"{name} p{n}"
            for check in (check_run, check_attention, check_generate):
                checker.guarded(f"{label} {check.__name__}", check, label, model, n, tolerance)
            for case in prompt["edits"]:
                checker.guarded(f"{label} {case['edit']}", check_edit, label, model, prompt, case, tolerance)
            checker.guarded(f"{label} capture", check_capture, label, model, n, tolerance, scratch)
        checker.guarded(f"{name} texts", check_capture_texts, name, model, tolerance, scratch)
        checker.guarded(f"{name} two edits", check_two_edits, name, model, tolerance)
    checker.guarded("sampling", check_sampling, Model(fixtures / "tiny-b"))
    checker.guarded("one token", check_one_token, fixtures / "tiny-attn")


def arguments(model, prompt):
    """--model and --prompt of a fixture."""
    return "--model", model.folder, "--prompt", prompt["text"]


def check_run(checker, label, model, n, tolerance):
    """`run`: tokens, nll, perplexity, next (whole and cut), residual norms."""
    prompt, tensors = model.prompts[n], model.tensors[n]
    answer = checker.answer(f"{label} run", "run", *arguments(model, prompt), "--json")
    if answer is None:
        return
    backend = answer["backend"]
    checker.check(
        f"{label} backend", backend in ("cpu", "gpu") and checker.backend in ("auto", backend), backend
    )
    check_tokens(checker, label, answer["tokens"], prompt["tokens"], prompt["texts"])
    check_nll(checker, f"{label} run", answer["nll"], prompt["nll"], tolerance)
    check_next(checker, f"{label} run", answer["next"], prompt["top"], 10, tolerance)
    ratio = abs(math.log(answer["perplexity"] / prompt["perplexity"]))
    checker.close(f"{label} perplexity", "log-prob", ratio, tolerance.log_prob)
    check_residual(checker, label, answer["residual"], tensors, len(prompt["tokens"]), tolerance)

    d_vocab = model.config["vocab_size"]
    for top, count in ((1, 1), (d_vocab + 1000, d_vocab)):
        answer = checker.answer(
            f"{label} --top {top}", "run", *arguments(model, prompt), "--top", top, "--json"
        )
        if answer is not None:
            checker.check(f"{label} --top {top}", len(answer["next"]) == count, len(answer["next"]))
    if answer is not None:
        probs = {entry["id"]: entry["prob"] for entry in answer["next"]}
        order = [(-entry["prob"], entry["id"]) for entry in answer["next"]]
        checker.check(f"{label} next in order, ties to the lowest id", order == sorted(order))
        checker.close(f"{label} next sums to 1", "sum of next - 1", abs(sum(probs.values()) - 1), 1e-5)
        truth = tensors["log_probs"][-1]
        error = max(abs(math.log(probs[i]) - truth[i]) for i in range(d_vocab))
        checker.close(f"{label} next, whole vocabulary", "log-prob", error, tolerance.log_prob)


def check_tokens(checker, label, found, ids, texts=None):
    """Token ids, and their texts."""
    found_ids = [token["id"] for token in found]
    checker.check(f"{label} token ids", found_ids == list(ids), f"{found_ids}, expected {ids}")
    if texts is not None:
        found_texts = [token["text"] for token in found]
        checker.check(f"{label} token texts", found_texts == texts, f"{found_texts}, expected {texts}")


def check_nll(checker, label, found, truth, tolerance):
    """Negative log-probabilities of the prompt's own tokens; the first has none."""
    if not checker.check(
        f"{label} nll length, first null", len(found) == len(truth) and found[0] is None, found
    ):
        return
    error = max((abs(a - b) for a, b in zip(found[1:], truth[1:])), default=0)
    checker.close(f"{label} nll", "log-prob", error, tolerance.log_prob)


def check_next(checker, label, found, truth, count, tolerance):
    """The most probable tokens; two whose truth is closer than the tolerance may swap."""
    if not checker.check(f"{label} next count", len(found) == count, len(found)):
        return
    known = dict((i, p) for i, p in truth)
    least = truth[-1][1]
    for entry, (expected_id, prob) in zip(found, truth):
        own = known.get(entry["id"], least)
        error = abs(math.log(entry["prob"] / own))
        checker.close(f"{label} next {entry['id']}", "log-prob", error, tolerance.log_prob)
        near = abs(math.log(own / prob)) <= 2 * tolerance.log_prob
        checker.check(
            f"{label} next order", entry["id"] == expected_id or near, f"{entry}, expected {expected_id}"
        )
        checker.check(f"{label} next has a text", isinstance(entry["text"], str), entry)


RESIDUAL = ("hook_resid_pre", "hook_resid_mid", "hook_resid_post", "hook_attn_out", "hook_mlp_out")


def check_residual(checker, label, found, tensors, n, tolerance):
    """L2 norms of the residual stream and what is added to it, at every position."""
    norms = {(row["hook"], row["pos"]): row["norm"] for row in found}
    wanted = [name for name in tensors if name == "hook_embed" or name.endswith(RESIDUAL)]
    keys = {(name, pos) for name in wanted for pos in range(n)}
    checker.check(f"{label} residual hooks", keys <= set(norms), f"missing {sorted(keys - set(norms))[:5]}")
    checker.check(f"{label} residual once each", len(norms) == len(found), len(found))
    for name in wanted:
        truth = np.linalg.norm(tensors[name][0].astype(np.float64), axis=-1)
        ours = np.array([norms[name, pos] for pos in range(n)])
        error = np.linalg.norm(ours - truth) / np.linalg.norm(truth)
        checker.close(f"{label} residual {name}", "residual norm", error, tolerance.activation)


def check_edit(checker, label, model, prompt, case, tolerance):
    """`run --edit` and, for edits at all positions, greedy `generate --edit`."""
    edit = case["edit"]
    label = f"{label} edit {edit['op']} {edit['hook']}"
    answer = checker.answer(label, "run", *arguments(model, prompt), "--top", 5, "--edit", edit, "--json")
    if answer is not None:
        check_nll(checker, label, answer["nll"], case["nll"], tolerance)
        check_next(checker, label, answer["next"], case["top"], 5, tolerance)
    if "greedy" in case:
        greedy = ("--temperature", 0, "--max-tokens", 12)
        answer = checker.answer(
            label, "generate", *arguments(model, prompt), *greedy, "--edit", edit, "--json"
        )
        if answer is not None:
            check_tokens(checker, f"{label} greedy", answer["tokens"], case["greedy"])


def check_two_edits(checker, name, model, tolerance):
    """Two --edit at once; means are those of the clean run."""
    prompt = model.prompts[1]
    last = model.config["n_layer"] - 1
    edits = [
        {"hook": "blocks.0.hook_attn_out", "pos": [1, 2], "op": "zero"},
        {"hook": f"blocks.{last}.attn.hook_z", "head": 1, "pos": "all", "op": "mean"},
    ]
    means = gpt2.position_means(gpt2.forward(model.weights, model.config, prompt["tokens"])[0])
    log_probs = gpt2.log_softmax(gpt2.forward(model.weights, model.config, prompt["tokens"], edits, means)[1])
    nll = [None] + [-log_probs[i, token] for i, token in enumerate(prompt["tokens"][1:])]
    options = [part for edit in edits for part in ("--edit", edit)]
    answer = checker.answer(f"{name} two edits", "run", *arguments(model, prompt), *options, "--json")
    if answer is not None:
        check_nll(checker, f"{name} two edits", answer["nll"], nll, tolerance)


def relative_l2(found, truth):
    """Relative L2 error over finite entries; infinite when -inf stands elsewhere."""
    if found.shape != truth.shape or (np.isneginf(found) != np.isneginf(truth)).any():
        return math.inf
    finite = np.isfinite(truth)
    found, truth = found[finite].astype(np.float64), truth[finite].astype(np.float64)
    return np.linalg.norm(found - truth) / np.linalg.norm(truth)


def compare_tensor(checker, label, kind, found, truth, tolerance):
    """Shape, dtype and values of one captured tensor."""
    checker.check(f"{label} is f32", found.dtype == np.float32, found.dtype)
    if checker.check(f"{label} shape", found.shape == truth.shape, f"{found.shape}, expected {truth.shape}"):
        same = (np.isneginf(found) == np.isneginf(truth)).all()
        checker.check(f"{label} -inf where it belongs", same)
        checker.close(label, kind, relative_l2(found, truth), tolerance)


def query_axis(name):
    """Which axis, batch included, holds positions (or queries)."""
    return 2 if name.endswith(("hook_attn_scores", "hook_pattern")) else 1


def check_capture(checker, label, model, n, tolerance, scratch):
    """`capture --prompt` of every hook at all positions, the last, one, and their mean."""
    tensors, count = model.tensors[n], len(model.prompts[n]["tokens"])
    hooks = model.hooks()
    no_scores = [name for name in hooks if not name.endswith("hook_attn_scores")]
    for pos in ("all", "last", "0", "2", "mean"):
        names = no_scores if pos == "mean" else hooks
        found = capture(
            checker, f"{label} --pos {pos}", scratch, *arguments(model, model.prompts[n]), names, pos
        )
        if found is None:
            continue
        extra = set(found) - set(names) - {"lengths"}
        checker.check(
            f"{label} --pos {pos} one tensor per hook", set(names) <= set(found) and not extra, extra
        )
        if pos == "all":
            lengths = found["lengths"]
            checker.check(
                f"{label} lengths", lengths.dtype == np.int64 and lengths.tolist() == [count], lengths
            )
        for name in names:
            truth = tensors[name]
            if pos == "mean":
                truth = truth.astype(np.float64).mean(axis=query_axis(name))
            elif pos != "all":
                truth = truth.take(count - 1 if pos == "last" else int(pos), axis=query_axis(name))
            compare_tensor(
                checker, f"{label} --pos {pos} {name}", "activation", found[name], truth, tolerance.activation
            )


def check_capture_texts(checker, name, model, tolerance, scratch):
    """`capture --texts`: a row per line, padded to the longest."""
    counts = [len(prompt["tokens"]) for prompt in model.prompts]
    texts = scratch / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": prompt["text"]}) + "\n" for prompt in model.prompts))
    for pos in ("all", "last", "1", "mean"):
        names = [hook for hook in model.hooks() if pos != "mean" or not hook.endswith("hook_attn_scores")]
        found = capture(
            checker, f"{name} texts {pos}", scratch, "--model", model.folder, "--texts", texts, names, pos
        )
        if found is None:
            continue
        if pos == "all":
            checker.check(f"{name} texts lengths", found["lengths"].tolist() == counts, found["lengths"])
        for hook in names:
            rows = [padded(tensors[hook], max(counts), hook) for tensors in model.tensors]
            axis = query_axis(hook)
            if pos == "mean":
                # Padding is 0 here, so the sum over all positions is the sum over real ones.
                rows = [row.astype(np.float64).sum(axis) / count for row, count in zip(rows, counts)]
            elif pos != "all":
                rows = [
                    row.take(count - 1 if pos == "last" else int(pos), axis)
                    for row, count in zip(rows, counts)
                ]
            truth = np.concatenate(rows)
            compare_tensor(
                checker, f"{name} texts {pos} {hook}", "activation", found[hook], truth, tolerance.activation
            )


def padded(value, longest, hook):
    """`value` with its position axes grown to `longest`: 0, and -inf for scores."""
    grown = [(0, 0)] * value.ndim
    for axis in (2, 3) if query_axis(hook) == 2 else (1,):
        grown[axis] = (0, longest - value.shape[axis])
    fill = -np.inf if hook.endswith("hook_attn_scores") else 0
    return np.pad(value, grown, constant_values=fill)


def capture(checker, label, scratch, *rest):
    """The tensors that `capture` wrote, or None (and a failed check)."""
    *options, names, pos = rest
    out = scratch / "captured.safetensors"
    out.unlink(missing_ok=True)
    outcome = checker.call("capture", *options, "--hooks", ",".join(names), "--pos", pos, "--out", out)
    if not checker.check(f"{label}: capture exits 0", outcome.code == 0 and out.exists(), outcome.brief()):
        return None
    with safe_open(out, "numpy") as file:
        metadata = file.metadata() or {}
    checker.check(f"{label}: metadata says weight_processing", "weight_processing" in metadata, metadata)
    return load_file(out)


def check_attention(checker, label, model, n, tolerance):
    """`attention` of every layer and head: the pattern and its scores."""
    prompt = model.prompts[n]
    for layer in range(model.config["n_layer"]):
        for head in range(model.config["n_head"]):
            name = f"{label} L{layer}H{head}"
            options = ("--layer", layer, "--head", head, "--json")
            answer = checker.answer(f"{name} attention", "attention", *arguments(model, prompt), *options)
            if answer is None:
                continue
            check_tokens(checker, name, answer["tokens"], prompt["tokens"])
            truth = model.tensors[n][f"blocks.{layer}.attn.hook_pattern"][0, head].astype(np.float64)
            pattern = np.array(answer["pattern"], dtype=np.float64)
            checker.check(f"{name} 0 above the diagonal", not np.triu(pattern, 1).any())
            checker.close(f"{name} rows sum to 1", "row sum - 1", np.abs(pattern.sum(1) - 1).max(), 1e-5)
            checker.close(f"{name} pattern", "pattern", relative_l2(pattern, truth), tolerance.activation)
            check_scores(checker, name, answer["scores"], head_scores(truth, prompt["tokens"]), tolerance)


def head_scores(pattern, tokens):
    """The scores of conventions.md section 1 ("mul"), from a pattern `[query, key]`."""
    tokens, n = np.array(tokens), len(tokens)
    duplicate = np.tril(tokens[:, None] == tokens[None, :], -1).astype(float)
    induction = np.zeros((n, n))
    induction[:, 1:] = duplicate[:, :-1]
    detectors = {"previous": np.eye(n, k=-1), "duplicate": duplicate, "induction": np.tril(induction)}
    scores = {name: (pattern * d).sum() / pattern.sum() for name, d in detectors.items()}
    scores["over_targets"] = {}
    for name, detector in detectors.items():
        has_target = detector.any(axis=1)
        weights = (pattern * detector).sum(axis=1)[has_target]
        scores["over_targets"][name] = weights.mean() if len(weights) else None
    logs = np.log2(np.where(pattern > 0, pattern, 1))
    scores["entropy"] = -(pattern * logs).sum(axis=1).mean()
    scores["sink"] = pattern[1:, 0].mean() if n > 1 else None
    return scores


def check_scores(checker, name, found, truth, tolerance):
    """Each score, and null exactly where there is none."""
    for key, value in truth.items():
        if isinstance(value, dict):
            check_scores(checker, f"{name} {key}", found[key], value, tolerance)
        elif value is None or found[key] is None:
            checker.check(
                f"{name} {key} null", found[key] is None and value is None, f"{found[key]}, expected {value}"
            )
        else:
            checker.close(f"{name} {key}", "head score", abs(found[key] - value), tolerance.score)


def check_generate(checker, label, model, n, tolerance):
    """Greedy `generate`: tokens, text, why it stopped, and each token's probability."""
    prompt = model.prompts[n]
    options = ("--temperature", 0, "--max-tokens", 12, "--json")
    answer = checker.answer(f"{label} generate", "generate", *arguments(model, prompt), *options)
    if answer is None:
        return
    check_tokens(checker, f"{label} greedy", answer["tokens"], prompt["greedy"])
    checker.check(f"{label} stopped", answer["stopped"] == prompt["stopped"], answer["stopped"])
    if "\ufffd" not in prompt["greedy_text"] and 0 not in prompt["greedy"]:
        checker.check(f"{label} greedy text", answer["text"] == prompt["greedy_text"], answer["text"])
    # With the cache, each token's probability is still that of the whole run without one.
    tokens = list(prompt["tokens"])
    for entry in answer["tokens"]:
        truth = gpt2.log_softmax(gpt2.forward(model.weights, model.config, tokens)[1][-1])[entry["id"]]
        error = abs(math.log(entry["prob"]) - truth)
        checker.close(f"{label} generated {entry['id']}", "log-prob", error, tolerance.log_prob)
        tokens.append(entry["id"])


def check_sampling(checker, model):
    """Seeds repeat, cuts that leave one token are greedy, --max-tokens is obeyed."""
    prompt = model.prompts[0]
    start = ("generate", *arguments(model, prompt), "--max-tokens", 7, "--json")
    greedy = prompt["greedy"][:7]
    for options in (("--top-k", 1), ("--top-p", 1e-9), ("--temperature", 0), ("--temperature", 1e-4)):
        answer = checker.answer(f"generate {options}", *start, *options)
        if answer is not None:
            check_tokens(checker, f"generate {options}", answer["tokens"], greedy)
            checker.check(f"generate {options} stopped", answer["stopped"] == "max_tokens", answer["stopped"])
    runs = [checker.answer(f"generate --seed {seed}", *start, "--seed", seed) for seed in (5, 5, 6, 7)]
    if None not in runs:
        ids = [[token["id"] for token in run["tokens"]] for run in runs]
        checker.check("the same seed, the same tokens", ids[0] == ids[1], ids)
        checker.check("other seeds, other tokens", len(set(map(tuple, ids))) == 3, ids)
    answer = checker.answer(
        "generate to the context",
        "generate",
        *arguments(model, model.prompts[1]),
        "--json",
        "--temperature",
        0,
    )
    if answer is not None:
        checker.check("stops when the context is full", answer["stopped"] == "context", answer["stopped"])


def check_one_token(checker, folder):
    """A prompt of white space is the start token alone, for a word-level tokenizer.

    The contract calls only an empty prompt bad input; refusing this one is let pass.
    """
    outcome = checker.call("run", "--model", Path(folder), "--prompt", " ", "--json")
    if outcome.code == 0:
        answer = outcome.json()
        checker.check("one token: perplexity null", answer["perplexity"] is None, answer["perplexity"])
        checker.check("one token: nll is [null]", answer["nll"] == [None], answer["nll"])
    else:
        checker.check("one token: refused as bad input", outcome.code == 2, outcome.brief())
