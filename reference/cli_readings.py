"""Numbers of `lens` and `attribute` against the fixtures, and what the contract says of them."""

import math

import numpy as np

import gpt2
from cli_numbers import MODELS, Model, Tolerance, arguments


def check_readings(checker, fixtures):
    """Everything in this module, on every fixture model."""
    tolerance = Tolerance(checker.backend)
    for name in MODELS:
        model = Model(fixtures / name)
        for prompt in model.prompts:
            label = f"{name} {prompt['text'][:12]!r}"
            for check in (check_lens, check_lens_is_run, check_attribution, check_edited):
                checker.guarded(f"{label} {check.__name__}", check, label, model, prompt, tolerance)
        checker.guarded(f"{name} --top", check_lens_top, name, model)


def lens(checker, label, model, prompt, *options):
    """The rows of `lens`, or None (and a failed check)."""
    answer = checker.answer(f"{label} lens", "lens", *arguments(model, prompt), *options, "--json")
    return answer and answer["rows"]


def attribution(checker, label, model, prompt, pair, *options):
    """The answer of `attribute`, or None (and a failed check)."""
    ids = ("--token", pair[0], "--against", pair[1])
    return checker.answer(
        f"{label} attribute", "attribute", *arguments(model, prompt), *ids, *options, "--json"
    )


def last_log_probs(model, prompt, edits=()):
    """Log-probabilities after the last token, of gpt2.py, under edits."""
    means = gpt2.position_means(gpt2.forward(model.weights, model.config, prompt["tokens"])[0])
    logits = gpt2.forward(model.weights, model.config, prompt["tokens"], edits, means)[1]
    return gpt2.log_softmax(logits)[-1]


def check_lens(checker, label, model, prompt, tolerance):
    """Rows in order, five tokens each, with the probabilities of the oracle."""
    rows = lens(checker, label, model, prompt)
    if rows is None:
        return
    places = [(row["hook"], row["pos"]) for row in rows]
    wanted = [(row["hook"], row["pos"]) for row in prompt["lens"]]
    if not checker.check(f"{label} lens: every place in order", places == wanted, places[:3]):
        return
    for row, truth in zip(rows, prompt["lens"]):
        name = f"{label} lens {row['hook']} {row['pos']}"
        own = [entry["prob"] for entry in row["top"]]
        checker.check(f"{name}: five tokens", len(own) == 5, len(own))
        checker.check(f"{name}: most probable first", own == sorted(own, reverse=True), own)
        checker.check(f"{name}: texts", all(isinstance(entry["text"], str) for entry in row["top"]))
        # Rank by rank: two tokens as good as equal may stand the other way round.
        error = max(abs(math.log(mine / theirs)) for mine, (_, theirs) in zip(own, truth["top"]))
        checker.close(f"{name}: probabilities", "log-prob", error, tolerance.log_prob)
        known = dict(truth["top"])
        error = max(
            (
                abs(math.log(entry["prob"] / known[entry["id"]]))
                for entry in row["top"]
                if entry["id"] in known
            ),
            default=math.inf,
        )
        checker.close(f"{name}: ids", "log-prob", error, tolerance.log_prob)


def check_lens_is_run(checker, label, model, prompt, tolerance):
    """The last rows are the model itself: `next` of `run`, and the oracle's whole vocabulary."""
    d_vocab = model.config["vocab_size"]
    rows = lens(checker, label, model, prompt, "--top", d_vocab)
    run = checker.answer(f"{label} run", "run", *arguments(model, prompt), "--top", d_vocab, "--json")
    if rows is None or run is None:
        return
    checker.check(f"{label} the last row is run's next", rows[-1]["top"] == run["next"], rows[-1]["top"][:2])
    checker.check(f"{label} whole vocabulary", all(len(row["top"]) == d_vocab for row in rows))
    for row in rows:
        order = [(-entry["prob"], entry["id"]) for entry in row["top"]]
        checker.check(f"{label} lens in order, ties to the lowest id", order == sorted(order))
        total = sum(entry["prob"] for entry in row["top"])
        checker.close(f"{label} lens sums to 1", "sum of lens - 1", abs(total - 1), 1e-5)
    # The surprise of each next token is told by the last layer's rows.
    n = len(prompt["tokens"])
    for row, token, nll in zip(rows[-n:], prompt["tokens"][1:], run["nll"][1:]):
        prob = {entry["id"]: entry["prob"] for entry in row["top"]}[token]
        error = abs(math.log(prob) + nll)
        checker.close(f"{label} lens against nll {row['pos']}", "log-prob", error, tolerance.log_prob)


def check_lens_top(checker, name, model):
    """--top is obeyed, and clamped to the vocabulary."""
    prompt, d_vocab = model.prompts[0], model.config["vocab_size"]
    for top, count in ((1, 1), (d_vocab + 1000, d_vocab)):
        rows = lens(checker, f"{name} --top {top}", model, prompt, "--top", top)
        if rows is not None:
            checker.check(f"{name} lens --top {top}", {len(row["top"]) for row in rows} == {count})


def check_attribution(checker, label, model, prompt, tolerance):
    """Every component by name and in order; they sum up to what `run` says."""
    for case in prompt["attribution"]:
        pair = case["token"], case["against"]
        name = f"{label} attribute {pair}"
        answer = attribution(checker, name, model, prompt, pair)
        if answer is None:
            continue
        found = [(part["name"], part["value"]) for part in answer["components"]]
        names = [part for part, _ in case["components"]]
        if not checker.check(f"{name}: components in order", [part for part, _ in found] == names, found):
            continue
        error = max(abs(mine - truth) for (_, mine), (_, truth) in zip(found, case["components"]))
        checker.close(f"{name}: values", "component", error, tolerance.logit)
        error = abs(answer["logit_difference"] - case["logit_difference"])
        checker.close(f"{name}: logit difference", "logit difference", error, tolerance.logit)
        check_sum(checker, name, answer, tolerance)
        opposite = attribution(checker, name, model, prompt, pair[::-1])
        if opposite is not None:
            values = [-part["value"] for part in opposite["components"]]
            error = np.abs(np.array(values) - [value for _, value in found]).max()
            checker.close(f"{name}: the other way round", "component", error, tolerance.logit)


def check_sum(checker, name, answer, tolerance):
    """`sum` is the sum of the components and, but for rounding, the logit difference."""
    total = sum(part["value"] for part in answer["components"])
    checker.close(f"{name}: sum of the components", "sum", abs(answer["sum"] - total), 1e-9)
    error = abs(answer["sum"] - answer["logit_difference"])
    checker.close(f"{name}: sums to the logit difference", "sum", error, tolerance.logit)


def check_edited(checker, label, model, prompt, tolerance):
    """--edit: both commands look into the edited run."""
    last = model.config["n_layer"] - 1
    edits = [
        {"hook": "blocks.0.attn.hook_z", "head": 0, "pos": "all", "op": "zero"},
        {"hook": f"blocks.{last}.attn.hook_z", "head": 1, "pos": "all", "op": "mean"},
    ]
    options = [part for edit in edits for part in ("--edit", edit)]
    truth = last_log_probs(model, prompt, edits)
    rows = lens(checker, f"{label} edited", model, prompt, *options)
    if rows is not None:
        error = max(abs(math.log(entry["prob"]) - truth[entry["id"]]) for entry in rows[-1]["top"])
        checker.close(f"{label} edited lens", "log-prob", error, tolerance.log_prob)
        before = lens(checker, label, model, prompt)
        n = len(prompt["tokens"])
        checker.check(f"{label} edits leave what comes before them alone", rows[:n] == before[:n])
        checker.check(f"{label} edits change what comes after them", rows[n:] != before[n:])
    answer = attribution(checker, f"{label} edited", model, prompt, (1, 2), *options)
    if answer is not None:
        error = abs(answer["logit_difference"] - (truth[1] - truth[2]))
        checker.close(f"{label} edited attribute", "logit difference", error, tolerance.logit)
        check_sum(checker, f"{label} edited attribute", answer, tolerance)
        zeroed = [p["value"] for p in answer["components"] if p["name"] == "blocks.0.attn.head.0"]
        checker.check(f"{label} a head set to zero adds nothing", zeroed == [0], zeroed)
