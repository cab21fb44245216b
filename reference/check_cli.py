"""An independent check of the `headlight` binary against the fixtures and its contract.

    python check_cli.py --headlight BIN --fixtures ../tests/fixtures [--backend cpu|gpu] [--only numbers|errors]

Needs numpy and safetensors only. Prints each check that fails and the largest
error of each kind; exits 1 if any failed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from cli_errors import check_errors
from cli_numbers import check_numbers
from cli_process import Checker


def main():
    """Reads the options, runs both halves, prints the score."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(__file__).resolve().parent.parent / "tests" / "fixtures"
    parser.add_argument("--headlight", required=True, help="the binary")
    parser.add_argument("--fixtures", type=Path, default=default)
    parser.add_argument("--backend", choices=("cpu", "gpu", "auto"), default="cpu")
    parser.add_argument("--only", choices=("numbers", "errors"), help="one half")
    parser.add_argument("--verbose", action="store_true", help="print the checks that pass too")
    options = parser.parse_args()

    checker = Checker(str(Path(options.headlight).resolve()), options.backend, options.verbose)
    with tempfile.TemporaryDirectory() as scratch:
        if options.only != "errors":
            check_numbers(checker, options.fixtures.resolve(), Path(scratch))
        if options.only != "numbers":
            check_errors(checker, options.fixtures.resolve(), Path(scratch))
    for kind, error in sorted(checker.worst.items()):
        print(f"largest error, {kind}: {error:.3g}")
    print(f"{checker.passed} passed, {checker.failed} failed")
    sys.exit(checker.failed > 0)


if __name__ == "__main__":
    main()
