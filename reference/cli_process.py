"""Runs the `headlight` binary and keeps the score of what was checked."""

import json
import subprocess
from dataclasses import dataclass


@dataclass
class Outcome:
    """How one call of the binary ended; stdout and stderr as bytes."""

    arguments: list
    code: int
    out: bytes
    err: bytes

    def json(self):
        """The one JSON object on stdout. NaN and Infinity, which are no JSON, are refused."""

        def refuse(word):
            raise ValueError(f"{word} is not JSON")

        value = json.loads(self.out.decode("utf-8"), parse_constant=refuse)
        if not isinstance(value, dict):
            raise ValueError(f"expected an object, found {type(value).__name__}")
        return value

    def brief(self):
        """The end of the story in a few words, for a failed check."""
        return f"exit {self.code}, stderr {self.err[-300:]!r}, stdout {self.out[:120]!r}"


class Checker:
    """Calls the binary, counts checks, prints those that fail."""

    def __init__(self, binary, backend, verbose=False):
        self.binary, self.backend, self.verbose = binary, backend, verbose
        self.passed = self.failed = 0
        self.worst = {}

    def call(self, *arguments, backend=None, seconds=120):
        """`headlight ARGUMENTS --backend B`; pass backend="" to leave that option out."""
        backend = self.backend if backend is None else backend
        command = [self.binary, *map(as_argument, arguments)]
        command += ["--backend", backend] if backend else []
        try:
            done = subprocess.run(command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return Outcome(list(arguments), -1, b"", f"still running after {seconds} s".encode())
        return Outcome(list(arguments), done.returncode, done.stdout, done.stderr)

    def answer(self, name, *arguments):
        """The JSON of a call that must succeed, or None (and a failed check)."""
        outcome = self.call(*arguments)
        try:
            value = outcome.json() if outcome.code == 0 else None
        except ValueError as error:
            value = None
            outcome.err += f" ({error})".encode()
        self.check(name + ": exits 0 with one JSON object", value is not None, outcome.brief())
        return value

    def check(self, name, holds, detail=""):
        """Counts one check; `detail` says what was found."""
        if holds:
            self.passed += 1
            if self.verbose:
                print("ok  ", name)
        else:
            self.failed += 1
            print("FAIL", name, "-", detail)
        return holds

    def close(self, name, kind, error, tolerance):
        """A check of a number; remembers the largest error of its kind."""
        self.worst[kind] = max(self.worst.get(kind, 0.0), float(error))
        return self.check(name, error <= tolerance, f"error {error:.3g}, tolerance {tolerance:.3g}")

    def guarded(self, name, function, *arguments):
        """Runs a group of checks; a missing key or a wrong shape is one failed check."""
        try:
            function(self, *arguments)
        except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
            self.check(name, False, f"{type(error).__name__}: {error}")


def as_argument(value):
    """Edits are given as dictionaries; bytes stay bytes."""
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value if isinstance(value, bytes) else str(value)
