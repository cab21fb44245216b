"""One random GPT-2 twice: as a folder that Headlight opens, and as an ONNX graph.

    python make_onnx.py gpt2 --out DIR          12 layers of width 768: 124 M parameters
    python make_onnx.py stories --out DIR       the sizes of models/stories

`cargo xtask bench` calls this and lets the engine and onnxruntime-web compute both.
What a time is worth depends on both computing the same function, so they have one set
of weights, drawn from a seed; the bench compares the answers. The graph is what a
person who wants speed would write: no batch axis, one `Gemm` per linear layer, the
operators `LayerNormalization` and `Gelu` whole, the head for the last position only.

    ids [n] i64, positions [n] i64, mask [n, past + n] f32 (0, or -inf for the future),
    past.{i}.key, past.{i}.value [n_heads, past, d_head]
    -> logits [1, d_vocab], present.{i}.key, present.{i}.value [n_heads, past + n, d_head]
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from alphabet import ALPHABET

SEED = 1
# Large enough for a wrong operator to show in the logits, small enough for f32.
MATRIX_SD = 0.05
VECTOR_SD = 0.05

GPT2 = {"vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12}
STORIES = Path(__file__).resolve().parent.parent / "models" / "stories" / "config.json"
OPSET = 20
EPSILON = 1e-5


def config_of(shape):
    """A config.json of these sizes, with everything else the same for all."""
    sizes = GPT2 if shape == "gpt2" else json.loads(STORIES.read_text())
    sizes = {name: sizes[name] for name in GPT2}
    # No end token: a random model would meet one and stop.
    return sizes | {
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "layer_norm_epsilon": EPSILON,
        "n_inner": 4 * sizes["n_embd"],
        "tie_word_embeddings": True,
        "eos_token_id": None,
    }


def random_weights(config):
    """Weights by their Hugging Face names, the same for the same sizes."""
    rng = np.random.default_rng(SEED)
    d, d_mlp = config["n_embd"], config["n_inner"]

    def matrix(*shape):
        return rng.standard_normal(shape, dtype=np.float32) * np.float32(MATRIX_SD)

    def vector(size, around=0.0):
        return (around + VECTOR_SD * rng.standard_normal(size)).astype(np.float32)

    weights = {"wte.weight": matrix(config["vocab_size"], d), "wpe.weight": matrix(config["n_positions"], d)}
    norms = {"ln_f": d}
    for i in range(config["n_layer"]):
        norms |= {f"h.{i}.ln_1": d, f"h.{i}.ln_2": d}
        linear = {"attn.c_attn": (d, 3 * d), "attn.c_proj": (d, d), "mlp.c_fc": (d, d_mlp), "mlp.c_proj": (d_mlp, d)}
        for name, shape in linear.items():
            weights[f"h.{i}.{name}.weight"] = matrix(*shape)
            weights[f"h.{i}.{name}.bias"] = vector(shape[1])
    for name, size in norms.items():
        weights[f"{name}.weight"] = vector(size, around=1.0)
        weights[f"{name}.bias"] = vector(size)
    return weights


def tokenizer(d_vocab):
    """One token per byte, their ids spread over the vocabulary; no start token."""
    step = d_vocab // 256
    vocab = {char: byte * step for byte, char in enumerate(ALPHABET)}
    return {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "vocab": vocab, "merges": [], "ignore_merges": True},
    }


class Graph:
    """Nodes in the order they are added; a value is named after the node that makes it."""

    def __init__(self, weights):
        self.nodes = []
        self.initializers = [numpy_helper.from_array(value, name) for name, value in weights.items()]

    def add(self, op, inputs, outputs=None, **attributes):
        """One node; the name of its output, or their names where several are asked for."""
        names = outputs or [f"{op}_{len(self.nodes)}"]
        self.nodes.append(helper.make_node(op, inputs, names, **attributes))
        return names[0] if len(names) == 1 else names

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.array(value), name))
        return name

    def linear(self, x, name):
        return self.add("Gemm", [x, f"{name}.weight", f"{name}.bias"])

    def norm(self, x, name):
        return self.add("LayerNormalization", [x, f"{name}.weight", f"{name}.bias"], axis=-1, epsilon=EPSILON)

    def attention(self, x, i, constants):
        """Causal attention of layer `i` over what is kept and what is new."""
        parts = self.add("Split", [self.linear(x, f"h.{i}.attn.c_attn")], [f"{c}.{i}" for c in "qkv"], axis=1, num_outputs=3)
        by_head = [self.add("Reshape", [part, constants["heads"]]) for part in parts]
        q, k, v = (self.add("Transpose", [part], perm=[1, 0, 2]) for part in by_head)
        key = self.add("Concat", [f"past.{i}.key", k], [f"present.{i}.key"], axis=1)
        value = self.add("Concat", [f"past.{i}.value", v], [f"present.{i}.value"], axis=1)
        keys = self.add("Transpose", [key], perm=[0, 2, 1])
        q = self.add("Mul", [q, constants["scale"]])
        scores = self.add("Add", [self.add("MatMul", [q, keys]), "mask"])
        z = self.add("MatMul", [self.add("Softmax", [scores], axis=-1), value])
        z = self.add("Reshape", [self.add("Transpose", [z], perm=[1, 0, 2]), constants["width"]])
        return self.linear(z, f"h.{i}.attn.c_proj")

    def mlp(self, x, i):
        hidden = self.add("Gelu", [self.linear(x, f"h.{i}.mlp.c_fc")], approximate="tanh")
        return self.linear(hidden, f"h.{i}.mlp.c_proj")


def graph_of(config, weights):
    """The model as ONNX: see the top of this file for its inputs and outputs."""
    n_heads, d = config["n_head"], config["n_embd"]
    d_head = d // n_heads
    graph = Graph(weights)
    constants = {
        "heads": graph.constant("heads", np.array([-1, n_heads, d_head], dtype=np.int64)),
        "width": graph.constant("width", np.array([-1, d], dtype=np.int64)),
        "scale": graph.constant("scale", np.float32(d_head**-0.5)),
    }
    x = graph.add("Add", [graph.add("Gather", ["wte.weight", "ids"]), graph.add("Gather", ["wpe.weight", "positions"])])
    for i in range(config["n_layer"]):
        x = graph.add("Add", [x, graph.attention(graph.norm(x, f"h.{i}.ln_1"), i, constants)])
        x = graph.add("Add", [x, graph.mlp(graph.norm(x, f"h.{i}.ln_2"), i)])
    last = graph.add("Gather", [x, graph.constant("last", np.array([-1], dtype=np.int64))])
    graph.add("Gemm", [graph.norm(last, "ln_f"), "wte.weight"], ["logits"], transB=1)

    cache = [f"{i}.{part}" for i in range(config["n_layer"]) for part in ("key", "value")]
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"]),
        helper.make_tensor_value_info("positions", TensorProto.INT64, ["n"]),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", "total"]),
    ]
    inputs += [helper.make_tensor_value_info(f"past.{x}", TensorProto.FLOAT, [n_heads, "past", d_head]) for x in cache]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, config["vocab_size"]])]
    outputs += [helper.make_tensor_value_info(f"present.{x}", TensorProto.FLOAT, [n_heads, "total", d_head]) for x in cache]
    proto = helper.make_graph(graph.nodes, "gpt2", inputs, outputs, graph.initializers)
    return helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", choices=["gpt2", "stories"])
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    config = config_of(arguments.shape)
    weights = random_weights(config)
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    model = graph_of(config, weights)
    onnx.checker.check_model(model)
    onnx.save(model, out / "model.onnx")
    save_file({f"transformer.{name}": value for name, value in weights.items()}, out / "model.safetensors", {"format": "pt"})
    (out / "tokenizer.json").write_text(json.dumps(tokenizer(config["vocab_size"])))
    # Last: a folder that has it is whole.
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    n_parameters = sum(value.size for value in weights.values())
    print(f"{out}: {n_parameters} parameters")


if __name__ == "__main__":
    main()
