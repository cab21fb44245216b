"""A plain GPT-2 forward pass in numpy f64, with named activations and edits.

Written from the paper's formulas and not from `transformers`, so that the two
can check each other. It also does what `transformers` cannot: attention-only
models, and edits in the middle of the pass. Slow and short on purpose; batch
is always 1.
"""

import math

import numpy as np


def gelu_new(x):
    """GELU by tanh, as GPT-2 has it."""
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def gelu(x):
    """Exact GELU, by erf."""
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def relu(x):
    """max(x, 0)"""
    return np.maximum(x, 0)


ACTIVATIONS = {"gelu_new": gelu_new, "gelu": gelu, "relu": relu}


def raw_weights(tensors):
    """Weights by name without the `transformer.` prefix, as f64."""
    return {
        name.removeprefix("transformer."): np.asarray(value, dtype=np.float64)
        for name, value in tensors.items()
    }


def softmax(x):
    """Softmax over the last axis; -inf entries get exactly 0."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(x):
    """Log-softmax over the last axis."""
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


class Hooks:
    """Records every named activation, and applies the edits meant for it.

    `edits` are dictionaries of the command line's edit JSON; `means` holds the
    clean run's mean over positions of each hook, for op "mean".
    """

    def __init__(self, edits=(), means=None):
        self.edits = edits
        self.means = means or {}
        self.values = {}

    def __call__(self, name, value):
        """`value` without the batch axis; returns what the pass goes on with."""
        for edit in self.edits:
            if edit["hook"] == name:
                value = self._edited(name, value.copy(), edit)
        self.values[name] = value[None]
        return value

    def _edited(self, name, value, edit):
        per_query_row = name.endswith(("attn_scores", "pattern"))
        # A view with positions (queries) first, so that writing to it writes to `value`.
        rows = value.swapaxes(0, 1) if per_query_row else value
        if "head" in edit:
            rows = rows[:, edit["head"]]
        positions = range(len(rows)) if edit["pos"] == "all" else edit["pos"]
        for pos in positions:
            if edit["op"] == "zero":
                # The causal mask is not the edit's to lift: -inf stays.
                rows[pos] = np.where(np.isneginf(rows[pos]), rows[pos], 0)
            elif edit["op"] == "mean":
                mean = self.means[name]
                rows[pos] = mean[edit["head"]] if "head" in edit else mean
            elif edit["op"] == "add":
                rows[pos] = rows[pos] + np.array(edit["value"])
            else:
                rows[pos] = np.array(edit["value"])
        return value


def forward(weights, config, tokens, edits=(), means=None, causal=True):
    """Runs the model on `tokens`; returns `(activations, logits)`.

    Activations carry a batch axis of 1; logits are `[pos, d_vocab]`.
    """
    w, eps, heads = weights, config["layer_norm_epsilon"], config["n_head"]
    n, d = len(tokens), config["n_embd"]
    act = ACTIVATIONS[config["activation_function"]]
    attn_only = config.get("attn_only", False)
    hook = Hooks(edits, means)

    def layer_norm(x, weight_name, hook_name):
        centred = x - x.mean(-1, keepdims=True)
        scale = hook(hook_name + ".hook_scale", np.sqrt((centred**2).mean(-1, keepdims=True) + eps))
        gain, bias = w[weight_name + ".weight"], w[weight_name + ".bias"]
        return hook(hook_name + ".hook_normalized", centred / scale * gain + bias)

    x = hook("hook_embed", w["wte.weight"][tokens])
    x = x + hook("hook_pos_embed", w["wpe.weight"][:n])
    for i in range(config["n_layer"]):
        h, b = f"h.{i}.", f"blocks.{i}."
        x = hook(b + "hook_resid_pre", x)

        normalized = layer_norm(x, h + "ln_1", b + "ln1")
        qkv = normalized @ w[h + "attn.c_attn.weight"] + w[h + "attn.c_attn.bias"]
        q, k, v = (part.reshape(n, heads, d // heads) for part in np.split(qkv, 3, axis=1))
        q, k, v = hook(b + "attn.hook_q", q), hook(b + "attn.hook_k", k), hook(b + "attn.hook_v", v)
        scores = np.einsum("qhd,khd->hqk", q, k) / math.sqrt(d // heads)
        if causal:
            scores = np.where(np.tri(n, dtype=bool), scores, -np.inf)
        pattern = softmax(hook(b + "attn.hook_attn_scores", scores))
        pattern = hook(b + "attn.hook_pattern", pattern)
        z = hook(b + "attn.hook_z", np.einsum("hqk,khd->qhd", pattern, v))
        attn_out = z.reshape(n, d) @ w[h + "attn.c_proj.weight"] + w[h + "attn.c_proj.bias"]
        x = x + hook(b + "hook_attn_out", attn_out)

        if not attn_only:
            x = hook(b + "hook_resid_mid", x)
            normalized = layer_norm(x, h + "ln_2", b + "ln2")
            pre = hook(b + "mlp.hook_pre", normalized @ w[h + "mlp.c_fc.weight"] + w[h + "mlp.c_fc.bias"])
            post = hook(b + "mlp.hook_post", act(pre))
            mlp_out = post @ w[h + "mlp.c_proj.weight"] + w[h + "mlp.c_proj.bias"]
            x = x + hook(b + "hook_mlp_out", mlp_out)
        x = hook(b + "hook_resid_post", x)

    normalized = layer_norm(x, "ln_f", "ln_final")
    return hook.values, normalized @ unembedding(w).T


def unembedding(weights):
    """`[d_vocab, d_model]`: the model's own, or the token embedding."""
    return weights["lm_head.weight"] if "lm_head.weight" in weights else weights["wte.weight"]


def lens_hooks(config):
    """Where the logit lens looks, in the order of the stream."""
    return ["blocks.0.hook_resid_pre"] + [f"blocks.{i}.hook_resid_post" for i in range(config["n_layer"])]


def lens(weights, config, stream):
    """Log-probabilities `[pos, d_vocab]` of `stream` `[1, pos, d_model]` through the final norm."""
    x = stream[0] - stream[0].mean(-1, keepdims=True)
    x = x / np.sqrt((x**2).mean(-1, keepdims=True) + config["layer_norm_epsilon"])
    return log_softmax((x * weights["ln_f.weight"] + weights["ln_f.bias"]) @ unembedding(weights).T)


def attribution(weights, config, activations, token, against):
    """What each component adds to a difference of logits at the last position: `{name: value}`.

    By one direction for all summands, where huggingface.py takes each through the norm.
    """
    towards = unembedding(weights)[token] - unembedding(weights)[against]
    gained = weights["ln_f.weight"] * towards
    direction = (gained - gained.mean()) / activations["ln_final.hook_scale"][0, -1, 0]
    last = lambda name: activations[name][0, -1]
    parts = {name: last(name) @ direction for name in ("hook_embed", "hook_pos_embed")}
    for i in range(config["n_layer"]):
        b, h = f"blocks.{i}.", f"h.{i}.attn.c_proj."
        readout = weights[h + "weight"] @ direction
        for head, (z, own) in enumerate(zip(last(b + "attn.hook_z"), np.split(readout, config["n_head"]))):
            parts[f"{b}attn.head.{head}"] = z @ own
        parts[b + "attn.b_O"] = weights[h + "bias"] @ direction
        if not config.get("attn_only"):
            parts[b + "hook_mlp_out"] = last(b + "hook_mlp_out") @ direction
    parts["ln_final.b"] = weights["ln_f.bias"] @ towards
    return {name: float(value) for name, value in parts.items()}


def position_means(activations):
    """The mean over positions of every hook that has a position axis first."""
    return {
        name: value[0].mean(axis=0)
        for name, value in activations.items()
        if not name.endswith(("attn_scores", "pattern"))
    }


def greedy(weights, config, tokens, max_tokens, edits=(), means=None):
    """Greedy decoding without a cache: `(new ids, smallest top-1 gap in logits)`.

    Stops after an eos id that exists in the vocabulary, and when the prompt and
    the new tokens fill the context.
    """
    tokens, new, gap = list(tokens), [], math.inf
    eos = config.get("eos_token_id")
    while len(new) < max_tokens and len(tokens) < config["n_positions"]:
        logits = forward(weights, config, tokens, edits, means)[1][-1]
        second, first = np.sort(logits)[-2:]
        gap = min(gap, first - second)
        new.append(int(logits.argmax()))
        tokens.append(new[-1])
        if new[-1] == eos:
            break
    return new, float(gap)
