"""Linear probes on the residual stream of a model of the Stories language.

    python probe_stories.py --headlight BIN [--model ../models/stories] [--documents 300] [--seed 1] [--out F.json]

What does the stream know, and from which layer on? For mood, number, tense and
open quotations a logistic regression (standardised, C = 1, classes weighted evenly) is fitted on each
layer, at positions where the language's exact probabilities leave no doubt
about the label (0.99 or more), so that a miss is the model's. Stories are split,
not positions: neighbours of a training position are never tested.

A model looks up what it needs where it needs it, and need not carry it along:
before a verb the stream tells the tense, in the middle of a name it may not. So
each label is probed twice: where the next token depends on it, and anywhere.

Prints two figures of the held-out stories, with chance at 0.5 for every label
here: balanced accuracy, and the area under the ROC curve, which does not suffer
from a rare class as a threshold at probability one half does.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# The labels, and what the next token must be for its choice to depend on them; an
# open quotation decides about every token. A verb can come before its subject, so
# its number is a label of its own.
PROBES = {
    "mood, before a mood word": ("mood", "mood"),
    "mood, anywhere": ("mood", None),
    "number, before a verb": ("verb_number", "verb"),
    "number, anywhere": ("number", None),
    "tense, before a verb": ("tense", "verb"),
    "tense, anywhere": ("tense", None),
    "in_quote, anywhere": ("in_quote", None),
}
SURE = 0.99
TEST_SHARE = 0.3
# Neighbouring positions say nearly the same; this many per story keep a run short.
POSITIONS_PER_STORY = 100


def capture(headlight, model, documents, seed, scratch):
    """The stories, and their residual stream by hook: `[story, pos, d_model]`."""
    layers = json.loads((model / "config.json").read_text())["n_layer"]
    hooks = ["blocks.0.hook_resid_pre"] + [f"blocks.{i}.hook_resid_post" for i in range(layers)]
    texts, out = scratch / "stories.jsonl", scratch / "stream.safetensors"
    run(headlight, "stories", "--documents", documents, "--seed", seed, "--out", texts)
    options = ("--hooks", ",".join(hooks), "--pos", "all", "--out", out)
    run(headlight, "capture", "--model", model, "--texts", texts, *options)
    stories = [json.loads(line) for line in texts.read_text(encoding="utf-8").splitlines()]
    tensors = load_file(out)
    lengths = [len(story["tokens"]) - 1 for story in stories]
    assert lengths == tensors["lengths"].tolist(), "a row has a story's tokens without the end token"
    return stories, {hook: tensors[hook] for hook in hooks}


def run(*arguments):
    """Calls the binary; stops with its own words where it refuses."""
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr.strip())


def positions(stories, label, decided, rng):
    """`(story, pos, class)` of some positions of every story at which the label is there and sure.

    With `decided` only those before a token of that construct.
    """
    found = []
    for index, story in enumerate(stories):
        n = len(story["tokens"]) - 1
        values, certainty = story["labels"][label], story["certainty"][label]
        values = values if isinstance(values, list) else [values] * (n + 1)
        # The start token is the same in every story.
        sure = [pos for pos in range(1, n) if values[pos] is not None and certainty[pos] >= SURE]
        if decided:
            sure = [pos for pos in sure if story["labels"]["construct"][pos + 1] == decided]
        chosen = rng.permutation(sure)[:POSITIONS_PER_STORY]
        found += [(index, int(pos), str(values[int(pos)])) for pos in chosen]
    return found


def scores(x, y, is_test):
    """Of a probe fitted on the rest."""
    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000))
    fitted.fit(x[~is_test], y[~is_test])
    x, y = x[is_test], y[is_test]
    return {
        "balanced_accuracy": float(balanced_accuracy_score(y, fitted.predict(x))),
        "auroc": float(roc_auc_score(y == fitted.classes_[1], fitted.decision_function(x))),
    }


def probe(stories, streams, label, decided, held_out, rng):
    """One label's curve over the layers."""
    found = positions(stories, label, decided, rng)
    story, pos, y = (np.array(column) for column in zip(*found, strict=True))
    is_test = np.isin(story, held_out)
    curve = {hook: scores(stream[story, pos], y, is_test) for hook, stream in streams.items()}
    # A probe of labels dealt out anew finds nothing but chance.
    shuffled = y.copy()
    for half in (is_test, ~is_test):
        shuffled[half] = rng.permutation(y[half])
    last = list(streams.values())[-1][story, pos]
    return {
        "classes": {name: int((y == name).sum()) for name in sorted(set(y))},
        "n_train": int((~is_test).sum()),
        "n_test": int(is_test.sum()),
        "hooks": curve,
        "shuffled_at_last_layer": scores(last, shuffled, is_test),
    }


def table(results, hooks):
    """The curves: for each figure a block, for each label a row."""
    heads = ["embedding", *(f"layer {i}" for i in range(len(hooks) - 1)), "shuffled", "positions"]
    lines = []
    for figure in ("balanced_accuracy", "auroc"):
        lines.append(f"{figure:28}" + "".join(f"{head:>11}" for head in heads[:-1]) + f"  {heads[-1]}")
        for label, result in results.items():
            values = [*result["hooks"].values(), result["shuffled_at_last_layer"]]
            count = f"  {result['n_train']} to fit, {result['n_test']} to test"
            lines.append(f"  {label:26}" + "".join(f"{value[figure]:11.3f}" for value in values) + count)
    return "\n".join(lines)


def main():
    """Reads the options, captures, fits, prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(__file__).resolve().parent.parent / "models" / "stories"
    parser.add_argument("--headlight", type=Path, required=True, help="the binary")
    parser.add_argument("--model", type=Path, default=default)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="draws, split and shuffling")
    parser.add_argument("--out", type=Path, help="the same as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        stories, streams = capture(
            options.headlight.resolve(), options.model, options.documents, options.seed, Path(scratch)
        )
    rng = np.random.default_rng(options.seed)
    held_out = rng.permutation(len(stories))[: round(TEST_SHARE * len(stories))]
    results = {
        name: probe(stories, streams, label, decided, held_out, rng)
        for name, (label, decided) in PROBES.items()
    }
    print(table(results, list(streams)))
    if options.out:
        answer = {"documents": len(stories), "sure": SURE, "labels": results}
        options.out.write_text(json.dumps(answer, indent=1) + "\n")


if __name__ == "__main__":
    main()
