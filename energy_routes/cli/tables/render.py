"""Tables for people: thin lines, numbers to the right, the unit in the header, at most 100 columns."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from energy_routes.pack import MINUS, OIL, in_digits, spanned

WIDEST = 100
BLANK = "–"


class Screen(Console):
    """A console that lets a closed pipe be handled where every error is, in :mod:`energy_routes.cli.guard`."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

    def say(self, *sentences: str) -> None:
        """Sentences: wrapped between words on a terminal; elsewhere on one line, so that they can be searched for."""
        for words in sentences:
            self.print(words, markup=False, soft_wrap=not sys.stdout.isatty())

    def note(self, notes: Iterable[object]) -> None:
        """The notes of what was found, a sentence each."""
        self.say(*(f"Note: {note}" for note in notes))


def console() -> Screen:
    """Stdout: the terminal's width up to 100 columns, 100 on a pipe; colour on a terminal only."""
    width = min(Console().width, WIDEST) if sys.stdout.isatty() else WIDEST
    colours: Any = None if os.environ.get("NO_COLOR") else "auto"  # None: no bold or dim either
    return Screen(highlight=False, emoji=False, width=width, color_system=colours)  # ':CHINA:' is a name, no flag


def number(value: float | None, digits: int = 2) -> str:
    """``12,345.68``; a dash where undefined, 'unlimited' for infinity; what rounds to zero is 0 without a sign."""
    if value is None or value != value:
        return BLANK
    if value in (float("inf"), float("-inf")):
        return "unlimited"
    text = in_digits(float(f"{value:.10g}"), f",.{digits}f")  # sums that differ in the last bit must not round apart
    return text if text.strip(f"{MINUS}0.,") else text.lstrip(MINUS)


def percent(value: float | None) -> str:
    """``61.1`` for a share of 0.611."""
    return BLANK if value is None or value != value else number(100 * value, 1)


def digits_for(values: Iterable[float]) -> int:
    """Decimals that leave the largest of some volumes three or four figures: 55.43, 5.533, 0.3250."""
    largest = max((abs(v) for v in values if v == v and abs(v) != float("inf")), default=0.0)
    return 1 if largest >= 1000 else 2 if largest >= 10 else 3 if largest >= 1 else 4


def table(*columns: str, text: int = 1) -> Table:
    """An empty table whose first ``text`` columns hold words (the first may fold) and whose others hold numbers.

    A column written ``name>`` holds words too, after numbers.
    """
    out = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, header_style="", border_style="dim", show_edge=False, padding=(0, 1),
    )  # fmt: skip
    for at, column in enumerate(columns):
        words = at < text or column.endswith(">")
        out.add_column(
            column.removesuffix(">"), justify="left" if words else "right", no_wrap=not words, overflow="fold",
            min_width=12 if words and at == 0 else None,
        )  # fmt: skip
    return out


def model_list(models: Sequence[Mapping[str, Any]]) -> None:
    """The bundled models by what they route: first the years as they are, then the questions asked of them."""
    screen = console()
    if not models:
        screen.print("No models are installed.")
    width = max((len(model["model"]) for model in models), default=0)
    kinds = {tuple(model["families"]) for model in models}
    for families in sorted(kinds, key=lambda some: (len(some), some != (OIL.id,))):
        chosen = [model for model in models if tuple(model["families"]) == families]
        screen.print(" and ".join(families).capitalize(), style="bold")
        screen.print(_listed(sorted(chosen, key=lambda model: model["extends"] is not None), width))
        screen.print()


def _listed(models: Sequence[Mapping[str, Any]], width: int) -> Table:
    """Name and question of each, and the scenarios that can be laid over it."""
    out = table("model", "question", text=2)
    out.columns[0].no_wrap, out.columns[0].min_width = True, width
    for model in models:
        words = Text(model["question"] or model["title"])
        if model["scenarios"]:
            words.append(f"\nscenarios: {', '.join(model['scenarios'])}", style="dim")
        out.add_row(model["model"], words)
    return out


def counts(result: Mapping[str, Any]) -> None:
    """What a check has read, and that it is sound."""
    screen = console()
    for pack in result["packs"]:
        screen.print(f"{pack['title']} ({pack['pack']})", style="bold", markup=False)
        out = table("table", "rows")
        for name, rows in pack["rows"].items():
            out.add_row(name, f"{rows:,}")
        screen.print(out)
        for doubt in pack["doubts"]:
            screen.print(f"Note: {doubt}", markup=False)
        screen.print()
    if result["kind"] == "model":
        periods, scenarios = result["periods"], result["scenarios"]
        span = spanned(periods) + (f" ({len(periods)} periods)" if len(periods) > 1 else "")
        screen.print(f"{result['title']}. Periods: {span}; edits: {result['edits']}")
        screen.print(f"Scenarios: {', '.join(scenarios) or 'none'}")
    screen.print(f"{result['target']}: ok")


def health(report: Mapping[str, Any]) -> None:
    """What the doctor has found."""
    screen = console()
    out = table("part", "version", text=2)
    out.add_row("Python", report["python"])
    for name, found in report["versions"].items():
        out.add_row(name, found or "not installed")
    screen.print(out)
    screen.print()
    screen.print(f"System:  {report['platform']}")
    screen.print(f"Solvers: {', '.join(report['solvers'])}")
    screen.print(f"Packs:   {', '.join(report['packs']) or 'none'}")
    screen.print(f"Models:  {', '.join(report['models']) or 'none'}")
    test = report["self_test"]
    if test["passed"]:
        screen.print(f"Self-test: passed (a published problem: optimum {test['expected']}, found {test['found']:.6g})")
    else:
        what = test["error"] or f"expected {test['expected']}, found {test['found']}"
        screen.print(f"Self-test: FAILED ({what}). Reinstall energy-routes.")
