"""The oracle: `transformers`' own GPT-2, read hook by hook.

Activations come out of the modules' inputs and outputs by forward hooks; only
what no module holds (norm scales, scores before the softmax) is computed here,
and the scores are checked against the pattern that `transformers` reports.
"""

import math

import torch
from transformers import GPT2LMHeadModel


def load(folder, dtype):
    """The checkpoint in `folder` as `transformers` reads it, in `dtype`."""
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=dtype, attn_implementation="eager")
    return model.eval()


@torch.no_grad()
def activations(model, tokens):
    """Runs `model` on one row of `tokens`; `(activations, logits [pos, d_vocab])`.

    Names and axes are TransformerLens's, with a batch axis of 1.
    """
    config, n = model.config, len(tokens)
    seen, handles = {}, []

    def record(module, key):
        def keep(_, args, output):
            seen[key + ".in"] = args[0]
            seen[key] = output[0] if isinstance(output, tuple) else output

        handles.append(module.register_forward_hook(keep))

    body = model.transformer
    record(body.wte, "wte"), record(body.wpe, "wpe"), record(body.ln_f, "ln_f")
    for i, block in enumerate(body.h):
        record(block, f"{i}")
        for name, module in block.named_modules():
            if name in (
                "ln_1",
                "ln_2",
                "attn",
                "attn.c_attn",
                "attn.c_proj",
                "mlp",
                "mlp.c_fc",
                "mlp.act",
                "mlp.c_proj",
            ):
                record(module, f"{i}.{name}")
    out = model(torch.tensor([list(tokens)]), output_attentions=True, use_cache=False)
    for handle in handles:
        handle.remove()

    def scale(x):
        return torch.sqrt(x.var(-1, unbiased=False, keepdim=True) + config.layer_norm_epsilon)

    acts = {"hook_embed": seen["wte"], "hook_pos_embed": seen["wpe"].reshape(1, n, -1)}
    mask = torch.ones(n, n, dtype=torch.bool).tril()
    for i in range(config.n_layer):
        b = f"blocks.{i}."
        heads = (1, n, config.n_head, config.n_embd // config.n_head)
        q, k, v = (part.reshape(heads) for part in seen[f"{i}.attn.c_attn"].split(config.n_embd, dim=2))
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(heads[-1])
        scores = scores.masked_fill(~mask, -math.inf)
        pattern = out.attentions[i]
        assert (scores.softmax(-1) - pattern).abs().max() < 1e-5
        acts |= {
            b + "hook_resid_pre": seen[f"{i}.in"],
            b + "ln1.hook_scale": scale(seen[f"{i}.ln_1.in"]),
            b + "ln1.hook_normalized": seen[f"{i}.ln_1"],
            b + "attn.hook_q": q,
            b + "attn.hook_k": k,
            b + "attn.hook_v": v,
            b + "attn.hook_attn_scores": scores,
            b + "attn.hook_pattern": pattern,
            b + "attn.hook_z": seen[f"{i}.attn.c_proj.in"].reshape(heads),
            b + "hook_attn_out": seen[f"{i}.attn"],
            b + "hook_resid_mid": seen[f"{i}.ln_2.in"],
            b + "ln2.hook_scale": scale(seen[f"{i}.ln_2.in"]),
            b + "ln2.hook_normalized": seen[f"{i}.ln_2"],
            b + "mlp.hook_pre": seen[f"{i}.mlp.c_fc"],
            b + "mlp.hook_post": seen[f"{i}.mlp.act"],
            b + "hook_mlp_out": seen[f"{i}.mlp"],
            b + "hook_resid_post": seen[f"{i}"],
        }
    acts["ln_final.hook_scale"] = scale(seen["ln_f.in"])
    acts["ln_final.hook_normalized"] = seen["ln_f"]
    return {name: value.numpy() for name, value in acts.items()}, out.logits[0].numpy()


@torch.no_grad()
def lens(model, stream):
    """Log-probabilities after the final norm and the unembedding of `stream`, `[1, pos, d_model]`."""
    logits = model.lm_head(model.transformer.ln_f(torch.tensor(stream)))
    return logits.log_softmax(-1)[0].numpy()


@torch.no_grad()
def attribution(model, activations, token, against, attn_only):
    """`(logit difference, {component: value})` at the last position, summand by summand.

    Each summand goes through the final norm as conventions have it: centred, times
    the gain, over the run's scale, which already holds the epsilon.
    """
    last = {name: torch.tensor(value)[0, -1] for name, value in activations.items()}
    unembed, norm = model.lm_head.weight, model.transformer.ln_f
    towards = unembed[token] - unembed[against]

    def share(summand):
        centred = summand - summand.mean()
        return float((centred * norm.weight / last["ln_final.hook_scale"]) @ towards)

    parts = {"hook_embed": share(last["hook_embed"]), "hook_pos_embed": share(last["hook_pos_embed"])}
    for i, block in enumerate(model.transformer.h):
        heads = last[f"blocks.{i}.attn.hook_z"]
        out = block.attn.c_proj
        for h, (own, rows) in enumerate(zip(heads, out.weight.split(heads.shape[1]))):
            parts[f"blocks.{i}.attn.head.{h}"] = share(own @ rows)
        parts[f"blocks.{i}.attn.b_O"] = share(out.bias)
        if not attn_only:
            parts[f"blocks.{i}.hook_mlp_out"] = share(last[f"blocks.{i}.hook_mlp_out"])
    parts["ln_final.b"] = float(norm.bias @ towards)
    return float(last["ln_final.hook_normalized"] @ towards), parts


@torch.no_grad()
def greedy(model, tokens, max_tokens):
    """`generate` without sampling, with and without its cache; both must agree."""
    ids = torch.tensor([list(tokens)])
    room = min(max_tokens, model.config.n_positions - len(tokens))
    eos = model.config.eos_token_id
    runs = [
        model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=room,
            use_cache=use_cache,
            eos_token_id=eos,
            pad_token_id=0,
        )[0, len(tokens) :].tolist()
        for use_cache in (True, False)
    ]
    assert runs[0] == runs[1], runs
    return runs[0]
