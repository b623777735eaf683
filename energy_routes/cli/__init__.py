"""The command line: ``energy-routes VERB …``.  Data to stdout, words and progress to stderr."""

from __future__ import annotations


def main() -> None:
    """Run the command line on ``sys.argv`` and exit with its code."""
    from energy_routes.cli.app import app

    app(prog_name="energy-routes")


if __name__ == "__main__":
    main()
