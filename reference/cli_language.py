"""Answers of `eval` and `stories`, the commands that know the Stories language.

There is no second implementation of the language here: what is checked is that
every key is there and of its type, that the figures of one answer agree with each
other, and what no figure can be.
"""

import json
import math

KINDS = ("location", "name", "pronoun", "quote", "mood", "verb", "other")
CONSTRUCTS = KINDS[:-1]
# An unreadable sentence counts as a failure of each of these.
UNREADABLE = ("pronoun", "quote", "mood", "verb")

# Keys of what is read, which are left out where nothing is.
READ = {"tokens", "model_bits_per_token", "true_bits_per_token", "kl_bits_per_token", "by_kind", "ratio"}

STORY_LABELS = {
    "mood": ("happy", "sad"),
    "heroes": ("singular", "plural"),
    "gender": ("feminine", "masculine", "neuter", "plural", None),
    "hero": str,
    "first_object": (str, None),
    "second_object": (str, None),
}
TOKEN_LABELS = {
    "tense": ("past", "present", None),
    "number": ("singular", "plural", None),
    "pronoun": ("feminine", "masculine", "neuter", "plural", None),
    "place": (str, None),
    "first_object_place": (str, None),
    "second_object_place": (str, None),
    "in_quote": (True, False),
    "verb_number": ("singular", "plural", None),
    "construct": ("location", "name", "pronoun", "quote", "mood", "verb", None),
}
# These are told by a token; until then their certainty is 0.
TOLD = ("gender", "hero", "first_object", "second_object")
# A second object is in one story of sixteen.
N_STORIES = 100
# Sums of up to a few thousand f64, in another order.
ROUNDING = 1e-9


def check_language(checker, model, scratch):
    """Everything in this module, on a model of the language."""
    config = json.loads((model / "config.json").read_text())
    checker.guarded("eval", check_eval, model)
    checker.guarded("eval of one story and unasked", check_eval_of_one, model)
    checker.guarded("eval --generate", check_generated, model, config["n_positions"])
    checker.guarded("stories", check_stories, config["vocab_size"], scratch)


def is_count(value):
    """A whole number from 0; JSON's true is none."""
    return type(value) is int and value >= 0


def is_figure(value):
    """A number or one of the two infinities' words."""
    return type(value) in (int, float) or value in ("inf", "-inf")


def evaluate(checker, name, model, *options):
    """The answer of one call of `eval`."""
    return checker.answer(name, "eval", "--model", model, *options, "--json")


def check_eval(checker, model):
    """The figures of stories that the model reads."""
    name = "eval of 12 stories"
    answer = evaluate(checker, name, model, "--documents", 12, "--seed", 3)
    if answer is None:
        return
    checker.check(f"{name}: documents and seed", (answer["documents"], answer["seed"]) == (12, 3), answer)
    checker.check(f"{name}: nothing generated", "generated" not in answer, answer)
    check_figures(checker, name, answer)
    low, high = answer["ratio_interval"]
    checker.check(f"{name}: the ratio is in its interval", low < answer["ratio"] < high, (low, high))
    again = evaluate(checker, name, model, "--documents", 12, "--seed", 3)
    checker.check(f"{name}: the same answer again", again == answer, again)
    other = evaluate(checker, name, model, "--documents", 12, "--seed", 4)
    checker.check(f"{name}: another seed, other stories", other["tokens"] != answer["tokens"], other)


def check_eval_of_one(checker, model):
    """One story has no interval; without options 200 stories of seed 1 are read."""
    answer = evaluate(checker, "eval of 1 story", model, "--documents", 1)
    if answer is not None:
        check_figures(checker, "eval of 1 story", answer)
        interval = answer["ratio_interval"]
        checker.check("eval of 1 story: no interval", interval is None, interval)
    default = evaluate(checker, "eval unasked", model)
    if default is not None:
        found = default["documents"], default["seed"]
        checker.check("eval unasked: 200 stories of seed 1", found == (200, 1), found)
        check_figures(checker, "eval unasked", default)
        smallest = min(default["by_kind_positions"].values())
        checker.check("eval unasked: every kind comes", smallest > 0, default["by_kind_positions"])


def check_figures(checker, name, answer):
    """Keys, types and what the figures have to do with each other."""
    model, true = answer["model_bits_per_token"], answer["true_bits_per_token"]
    figures = (
        "kl_bits_per_token", "kl_exact_bits_per_token", "perplexity", "true_perplexity", "ratio",
    )  # fmt: skip
    for key in ("model_bits_per_token", "true_bits_per_token", *figures):
        checker.check(f"{name}: {key} is a number", is_figure(answer[key]), answer[key])
    checker.check(f"{name}: tokens is a count", is_count(answer["tokens"]) and answer["tokens"] > 0, answer)
    pairs = {
        "kl_bits_per_token": model - true,
        "perplexity": 2**model,
        "true_perplexity": 2**true,
        "ratio": 2 ** (model - true),
    }
    for key, value in pairs.items():
        error = abs(answer[key] - value) / max(1, abs(value))
        checker.close(f"{name}: {key} follows from the bits", "sum of eval", error, ROUNDING)
    check_kinds(checker, name, answer)


def check_kinds(checker, name, answer):
    """By kind: every kind once; positions and divergence add up to the whole."""
    bits, counts = answer["by_kind"], answer["by_kind_positions"]
    for table in (bits, counts):
        checker.check(f"{name}: the kinds", set(KINDS) <= set(table), sorted(table))
    checker.check(f"{name}: positions are counts", all(map(is_count, counts.values())), counts)
    checker.check(f"{name}: both by the same kinds", set(bits) == set(counts), sorted(bits))
    for kind, value in bits.items():
        holds = value is None if counts[kind] == 0 else is_figure(value) and value >= 0
        checker.check(f"{name}: divergence at {kind}, null where there is none", holds, value)
    found = sum(counts.values())
    checker.check(f"{name}: the kinds' positions are all tokens", found == answer["tokens"], found)
    total = math.fsum(bits[kind] * count for kind, count in counts.items() if count)
    error = abs(total / answer["tokens"] - answer["kl_exact_bits_per_token"])
    checker.close(f"{name}: the kinds' bits are the whole", "sum of eval", error, ROUNDING)


def check_generated(checker, model, n_positions):
    """The figures of stories that the model writes."""
    alone = {}
    for n in (1, 2, 4):
        name = f"eval --generate {n}"
        options = ("--documents", 0, "--generate", n, "--seed", 6)
        answer = evaluate(checker, name, model, *options)
        if answer is None:
            return
        checker.check(f"{name}: nothing is read", not READ & set(answer), sorted(answer))
        checker.check(f"{name}: documents and seed", (answer["documents"], answer["seed"]) == (0, 6), answer)
        check_judged(checker, name, answer["generated"], n, n_positions)
        alone[n] = answer["generated"]
        again = evaluate(checker, name, model, *options)
        checker.check(f"{name}: the same answer again", again == answer, again)
    # A story does not depend on how many are written, so more stories only add.
    for fewer, more in ((1, 2), (2, 4)):
        pairs = zip(counts_of(alone[fewer]), counts_of(alone[more]), strict=True)
        name = f"eval --generate {more}: at least what {fewer} have"
        checker.check(name, all(a <= b for a, b in pairs), (alone[fewer], alone[more]))
    both = evaluate(checker, "eval of both", model, "--documents", 2, "--generate", 2, "--seed", 6)
    plain = evaluate(checker, "eval of 2", model, "--documents", 2, "--seed", 6)
    if both is not None and plain is not None:
        checker.check("eval of both: what is written", both.pop("generated") == alone[2], both)
        checker.check("eval of both: what is read", both == plain, both)
    other = evaluate(checker, "eval --seed 7", model, "--documents", 0, "--generate", 4, "--seed", 7)
    if other is not None:
        checker.check("another seed writes other stories", other["generated"] != alone[4], other)


def check_judged(checker, name, found, n, n_positions):
    """Keys, types and sums of what is written."""
    counts = ("stories", "tokens", "ended", "sentences", "unreadable_sentences")
    keys = {*counts, "impossible_tokens", "unread_tokens", *CONSTRUCTS}
    checker.check(f"{name}: the keys", keys <= set(found), sorted(found))
    for key in counts:
        checker.check(f"{name}: {key} is a count", is_count(found[key]), found[key])
    checker.check(f"{name}: stories", found["stories"] == n, found["stories"])
    checker.check(f"{name}: ended", found["ended"] <= n, found["ended"])
    tokens = found["tokens"]
    checker.check(f"{name}: tokens fit the context", n <= tokens <= n * (n_positions - 1), tokens)
    shares = found["impossible_tokens"], found["unread_tokens"]
    checker.check(f"{name}: shares", min(shares) >= 0 and sum(shares) <= 1, shares)
    for share in shares:
        error = abs(share * tokens - round(share * tokens))
        checker.close(f"{name}: a share is of whole tokens", "share of tokens", error, ROUNDING)
    unreadable = found["unreadable_sentences"]
    checker.check(f"{name}: unreadable", unreadable <= found["sentences"], found)
    # A sentence without a reading has an impossible token.
    checker.check(f"{name}: unreadable is impossible", unreadable <= round(shares[0] * tokens), found)
    for construct in CONSTRUCTS:
        least = unreadable if construct in UNREADABLE else 0
        check_score(checker, f"{name} {construct}", found[construct], construct, least)


def check_score(checker, name, score, construct, n_unreadable):
    """One construct: how often it came, how often it was right, and the rate."""
    keys = {"n", "correct", "rate"} | ({"expected_rate"} if construct == "mood" else set())
    checker.check(f"{name}: the keys", keys <= set(score), sorted(score))
    n, correct, rate = score["n"], score["correct"], score["rate"]
    holds = is_count(n) and is_count(correct) and correct <= n - n_unreadable
    checker.check(f"{name}: counts", holds, score)
    holds = rate is None if n == 0 else abs(rate - correct / n) < ROUNDING
    checker.check(f"{name}: rate, null where there is none", holds, score)
    if construct == "mood":
        expected = score["expected_rate"]
        # Endings whose mood is less clear than 0.6 do not count.
        holds = expected is None if n == n_unreadable else 0.6 <= expected <= 1
        checker.check(f"{name}: expected rate", holds, score)


def counts_of(found):
    """Every count of what is written, in a fixed order."""
    top = ("stories", "tokens", "ended", "sentences", "unreadable_sentences")
    shares = (round(found[key] * found["tokens"]) for key in ("impossible_tokens", "unread_tokens"))
    scores = (found[kind][key] for kind in CONSTRUCTS for key in ("n", "correct"))
    return [*(found[key] for key in top), *shares, *scores]


def write_stories(checker, scratch, documents, *options):
    """The lines of the file that `stories` writes, and its bytes."""
    out = scratch / "stories.jsonl"
    out.unlink(missing_ok=True)
    outcome = checker.call("stories", "--documents", documents, *options, "--out", out, backend="")
    name = f"stories {documents} {options}"
    done = outcome.code == 0 and not outcome.err
    checker.check(f"{name}: exits 0, silent on stderr", done, outcome.brief())
    raw = out.read_bytes()
    lines = [json.loads(line) for line in raw.decode("utf-8").splitlines()]
    checker.check(f"{name}: a line per story", len(lines) == documents, len(lines))
    return lines, raw


def check_stories(checker, d_vocab, scratch):
    """Lines of `stories`: keys, types, lengths, certainties; seeds."""
    lines, raw = write_stories(checker, scratch, N_STORIES)
    for n, line in enumerate(lines):
        checker.guarded(f"story {n}", check_story, f"story {n}", line, d_vocab)
    _, again = write_stories(checker, scratch, N_STORIES, "--seed", 1)
    checker.check("stories: the default seed is 1, the bytes the same", again == raw)
    more, _ = write_stories(checker, scratch, N_STORIES + 1)
    checker.check("stories: one more only adds a line", more[:N_STORIES] == lines)
    other, _ = write_stories(checker, scratch, N_STORIES, "--seed", 2)
    texts = {line["text"] for line in lines} & {line["text"] for line in other}
    checker.check("stories: another seed, other stories", not texts, texts)
    for label, values in {**STORY_LABELS, **TOKEN_LABELS}.items():
        seen = {json.dumps(value) for line in lines for value in as_list(line["labels"][label])}
        checker.check(f"stories: {label} is not always the same", len(seen) > 1, seen)


def as_list(value):
    """A label of the whole story as a list of one."""
    return value if isinstance(value, list) else [value]


def check_story(checker, name, line, d_vocab):
    """One line."""
    keys = {"text", "tokens", "labels", "certainty"}
    checker.check(f"{name}: the keys", keys <= set(line), sorted(line))
    tokens, labels, certainty = line["tokens"], line["labels"], line["certainty"]
    checker.check(f"{name}: text", isinstance(line["text"], str) and line["text"], line["text"])
    holds = all(is_count(token) and token < d_vocab for token in tokens)
    checker.check(f"{name}: tokens are ids", holds, tokens)
    # The start token is 0 and the end token 1, and neither comes elsewhere.
    inner = set(tokens[1:-1])
    holds = (tokens[0], tokens[-1]) == (0, 1) and not inner & {0, 1}
    checker.check(f"{name}: from the start token to the end token", holds, tokens)
    names = {*STORY_LABELS, *TOKEN_LABELS}
    checker.check(f"{name}: labels", names <= set(labels), sorted(labels))
    checker.check(f"{name}: a certainty of each", set(certainty) == set(labels), sorted(certainty))
    for label, kinds in STORY_LABELS.items():
        checker.check(f"{name}: {label}", is_kind(labels[label], kinds), labels[label])
    for label, kinds in TOKEN_LABELS.items():
        values = labels[label]
        holds = len(values) == len(tokens) and all(is_kind(value, kinds) for value in values)
        checker.check(f"{name}: {label}, one to a token", holds, values)
    for label, sure in certainty.items():
        check_certainty(checker, f"{name}: certainty of {label}", label, sure, len(tokens))
    checker.check(f"{name}: mood is a coin at first", certainty["mood"][0] == 0.5, certainty["mood"][0])
    opened = any(labels["in_quote"])
    checker.check(f"{name}: quotes are in the text", opened == ('"' in line["text"]), line["text"])
    for label in ("hero", "first_object", "second_object"):
        holds = labels[label] is None or labels[label] in line["text"]
        checker.check(f"{name}: {label} is in the text", holds, labels[label])


def check_certainty(checker, name, label, sure, n_tokens):
    """Probabilities of what is true: one to a token, and sure in the end of what is told."""
    holds = len(sure) == n_tokens and all(0 <= p <= 1 + ROUNDING for p in sure)
    checker.check(f"{name}, a probability to a token", holds, sure)
    # What is true is possible all along, but for what has not been told yet.
    checker.check(f"{name}, never 0 unless it is told", label in TOLD or min(sure) > 0, min(sure))
    if label in TOLD:
        checker.close(f"{name} in the end", "certainty - 1", abs(sure[-1] - 1), ROUNDING)


def is_kind(value, kinds):
    """Whether a label is one of some values, or of a type among them."""
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    return type(value) in kinds or any(value == kind and type(value) is type(kind) for kind in kinds)
