"""The command line: ``energy-routes VERB …``.  Data to stdout, words and progress to stderr."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from energy_routes.cli.streams import leave_on_interrupt, show_all, stand_in


def main() -> None:
    """Run the command line on ``sys.argv`` and exit with its code."""
    # What a command imports stays until it ends.  To look through it for garbage again and again takes a tenth of a
    # solve; studies of many solves still have theirs collected.
    gc.set_threshold(500_000, 20, 100)
    stand_in()
    show_all()
    leave_on_interrupt()
    os.environ["MPLBACKEND"] = "agg"  # pictures are files here; matplotlib refuses to be imported with a wrong word
    app = import_module("energy_routes.cli.app").app
    if "--debug" not in sys.argv:
        # What cannot clean up after itself while we leave (a half-written workbook on a full disk) has no more to say.
        sys.unraisablehook = lambda _: None
    try:
        app(prog_name="energy-routes")
    except OSError as error:  # of the help or the version; verbs have their own guard
        sys.exit(import_module("energy_routes.cli.guard").ended(error))
    finally:
        gc.freeze()  # to look through all of it once more before it is given back would take a quarter second
