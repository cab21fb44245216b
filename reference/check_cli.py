"""An independent check of the `headlight` binary against the fixtures and its contract.

    python check_cli.py --headlight BIN [--fixtures ../tests/fixtures] [--model ../models/stories]
                        [--backend cpu|gpu] [--only numbers|readings|language|flash|errors]

Needs numpy and safetensors only. Prints each check that fails and the largest
error of each kind; exits 1 if any failed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from cli_errors import check_errors
from cli_flash import check_flash
from cli_language import check_language
from cli_numbers import check_numbers
from cli_process import Checker
from cli_readings import check_readings


def main():
    """Reads the options, runs the parts, prints the score."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--headlight", required=True, help="the binary")
    parser.add_argument("--fixtures", type=Path, default=root / "tests" / "fixtures")
    parser.add_argument("--model", type=Path, default=root / "models" / "stories", help="for language")
    parser.add_argument("--backend", choices=("cpu", "gpu", "auto"), default="cpu")
    parser.add_argument("--only", choices=("numbers", "readings", "language", "flash", "errors"), help="one part")
    parser.add_argument("--verbose", action="store_true", help="print the checks that pass too")
    options = parser.parse_args()

    checker = Checker(str(Path(options.headlight).resolve()), options.backend, options.verbose)
    with tempfile.TemporaryDirectory() as scratch:
        if options.only in (None, "numbers"):
            check_numbers(checker, options.fixtures.resolve(), Path(scratch))
        if options.only in (None, "readings"):
            check_readings(checker, options.fixtures.resolve())
        if options.only in (None, "language"):
            check_language(checker, options.model.resolve(), Path(scratch))
        if options.only in (None, "flash"):
            check_flash(checker, Path(scratch))
        if options.only in (None, "errors"):
            check_errors(checker, options.fixtures.resolve(), Path(scratch))
    for kind, error in sorted(checker.worst.items()):
        print(f"largest error, {kind}: {error:.3g}")
    print(f"{checker.passed} passed, {checker.failed} failed")
    sys.exit(checker.failed > 0)


if __name__ == "__main__":
    main()
