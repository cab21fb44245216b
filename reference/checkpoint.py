"""Tiny random checkpoints, with weights large enough for a mistake to show.

They start from `transformers`' own initialisation. At that scale a wrong GELU
moves the logits by 1e-5 only, so every matrix is multiplied by 8 and every
vector (biases, gains) gets normal noise of standard deviation 0.05.
"""

import json

import torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel


def random_model(seed, **config):
    """A GPT-2 of these widths, f32, the same for the same seed."""
    torch.manual_seed(seed)
    config = {"bos_token_id": 0, "eos_token_id": None, "dtype": "float32"} | config
    for dropout in ("resid_pdrop", "embd_pdrop", "attn_pdrop"):
        config[dropout] = 0.0
    model = GPT2LMHeadModel(GPT2Config(**config)).eval()
    noise = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim >= 2:
                parameter *= 8
            else:
                parameter += 0.05 * torch.randn(parameter.shape, generator=noise)
    return model


def save(model, folder):
    """As `transformers` saves it: names with `transformer.`, a tied head left out."""
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def save_like_the_hub(model, folder):
    """As old GPT-2 files on the hub: f16, no prefix, no head, causal buffers.

    Layer 0 has `attn.bias` as f32 and `attn.masked_bias` (f16, a scalar), the
    others have `attn.bias` as bool: readers must skip them all.
    """
    save(model, folder)
    path = folder / "model.safetensors"
    tensors = {name.removeprefix("transformer."): t.half() for name, t in load_file(path).items()}
    n = model.config.n_positions
    for i in range(model.config.n_layer):
        mask = torch.ones(1, 1, n, n, dtype=torch.bool).tril()
        tensors[f"h.{i}.attn.bias"] = mask.float() if i == 0 else mask
    tensors["h.0.attn.masked_bias"] = torch.tensor(-1e4, dtype=torch.float16)
    save_file(tensors, path, metadata={"format": "pt"})
    rewrite_config(folder, lambda config: config | {"dtype": "float16"})


def drop_mlp(folder):
    """Turns a checkpoint into an attention-only one: no MLP, no second norm."""
    path = folder / "model.safetensors"
    kept = {name: t for name, t in load_file(path).items() if ".mlp." not in name and ".ln_2." not in name}
    save_file(kept, path, metadata={"format": "pt"})
    rewrite_config(folder, lambda config: config | {"attn_only": True})


def rewrite_config(folder, change):
    """Passes config.json through `change`."""
    path = folder / "config.json"
    config = change(json.loads(path.read_text()))
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
