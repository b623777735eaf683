"""The command line: ``energy-routes VERB …``.  Data to stdout, words and progress to stderr."""

from __future__ import annotations

import sys

from energy_routes.cli.app import app


def main() -> None:
    """Run the command line on ``sys.argv`` and exit with its code."""
    if "--debug" not in sys.argv:
        # What cannot clean up after itself while we leave (a half-written workbook on a full disk) has no more to say.
        sys.unraisablehook = lambda _: None
    app(prog_name="energy-routes")
