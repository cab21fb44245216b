"""`headlight flash` against softmax attention in numpy's 64-bit floats."""

import numpy as np

CASES = [
    # n_q, n_k, d, causal, options
    (1, 1, 1, False, ["--algorithm", "fa2", "--block-q", "1", "--block-k", "1"]),
    (37, 37, 16, True, ["--algorithm", "fa2", "--block-q", "8", "--block-k", "5"]),
    (37, 37, 16, True, ["--algorithm", "fa2", "--block-q", "8", "--block-k", "5", "--reverse-keys"]),
    (37, 37, 16, True, ["--algorithm", "fa2", "--block-q", "8", "--block-k", "5", "--lazy-rescale"]),
    (37, 37, 16, True, ["--algorithm", "fa1", "--block-q", "8", "--block-k", "5", "--reverse-keys"]),
    (9, 50, 64, True, ["--algorithm", "fa1", "--sram-bytes", "16384"]),
    (50, 9, 64, True, ["--algorithm", "fa2", "--sram-bytes", "16384"]),
    (64, 64, 256, False, ["--algorithm", "fa2", "--block-q", "1000", "--block-k", "7"]),
    (64, 64, 8, True, ["--algorithm", "standard"]),
    (300, 300, 32, False, ["--algorithm", "fa1", "--block-q", "64", "--block-k", "96"]),
]


def check_flash(checker, scratch):
    """Output, log-sum-exp and ledger of every case, in f2, f4 and f8 and both orders."""
    random = np.random.default_rng(7)
    for number, (n_q, n_k, d, causal, options) in enumerate(CASES):
        dtype = ["<f4", "<f8", ">f4", "<f2"][number % 4]
        order = "F" if number % 3 == 0 else "C"
        size = 1 if number % 2 else 4
        arrays = {
            name: np.asarray(size * random.normal(size=(rows, d)), dtype=dtype, order=order)
            for name, rows in [("q", n_q), ("k", n_k), ("v", n_k)]
        }
        arguments = [*options, *(["--causal"] if causal else [])]
        for name, array in arrays.items():
            path = scratch / f"{name}.npy"
            np.save(path, array)
            arguments += [f"--{name}", path]
        label = f"flash {' '.join(options)} {n_q}x{n_k}x{d} {dtype}{order}"
        outputs = ["--out", scratch / "o.npy", "--lse", scratch / "lse.npy"]
        outcome = checker.call("flash", "--json", *arguments, *outputs, backend="cpu")
        if checker.check(f"{label}: exits 0", outcome.code == 0, outcome.brief()):
            checker.guarded(label, check_case, scratch, arrays, causal, outcome.json(), label)


def check_case(checker, scratch, arrays, causal, answer, label):
    """One case's numbers."""
    q, k, v = (arrays[name].astype("f4").astype("f8") for name in "qkv")
    (n_q, d), n_k = q.shape, len(k)
    scores = q @ k.T / np.sqrt(d)
    if causal:
        hidden = np.arange(n_k)[None, :] > np.arange(n_q)[:, None] + n_k - n_q
        scores = np.where(hidden, -np.inf, scores)
    seen = np.isfinite(scores).any(axis=1)
    largest = np.where(seen, scores.max(axis=1), 0.0)
    weights = np.exp(scores - largest[:, None])
    sums = weights.sum(axis=1)
    want = np.divide(weights @ v, sums[:, None], out=np.zeros((n_q, d)), where=seen[:, None])
    with np.errstate(divide="ignore"):
        lse = np.where(seen, largest + np.log(sums), np.inf)
    got, got_lse = np.load(scratch / "o.npy"), np.load(scratch / "lse.npy")
    scale = max(4.0, np.abs(scores[np.isfinite(scores)]).max())
    largest_value = max(1.0, np.abs(v).max())
    error = np.abs(got - want).max()
    checker.check(f"{label}: O is f4", got.dtype == np.float32, got.dtype)
    checker.close(f"{label}: O", "flash O, of its scale", error / scale / largest_value, 2.5e-6)
    same = np.array_equal(np.isinf(got_lse), ~seen)
    checker.check(f"{label}: log-sum-exp is infinite where nothing is seen", same)
    gap = np.abs(got_lse[seen] - lse[seen]).max()
    checker.close(f"{label}: log-sum-exp", "flash log-sum-exp, of its scale", gap / scale, 2.5e-6)
    told = answer["max_abs_error"]
    checker.check(f"{label}: tells its error", abs(told - error) < 1e-12, f"says {told}, is {error}")
    moved = answer["elements_read"] + answer["elements_written"]
    checker.check(f"{label}: read and written add up", moved == answer["elements_moved"], moved)
