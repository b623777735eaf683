"""A programme as LP text, block by block: what the golden files hold.

Rows, bounds and terms are sorted, so that the text says what the mathematics is and not in which order it was built.
Rewrite the golden files, after a change that is meant, with ``python tests/golden_lp.py``; ``git diff`` then shows it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from energy_routes.linear.programme import Program

FOLDER = Path(__file__).parent / "golden"


def lp_texts(program: Program) -> dict[str, str]:
    """The text of each rule by its name, and of the ``objective`` and the ``bounds``."""
    names, labels = program.column_names(), program.row_names()
    matrix = program.matrix.tocsr()
    texts = {}
    for rows in program.rows:
        at = range(program.row_slice(rows.name).start, program.row_slice(rows.name).stop)
        lines = []
        for row in at:
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            low, high = float(program.row_lower[row]), float(program.row_upper[row])
            lines += _row(labels[row], _sum(names, matrix.indices[part], matrix.data[part]), low, high)
        texts[rows.name] = _text("Subject To", sorted(lines))
    costs = [f" {t.name}: {_sum(names, *_terms(t.expr.coefficients(len(names))))}" for t in program.terms]
    texts["objective"] = _text(f"\\ {program.sense}imise the sum of", costs)
    bounds = zip(names, program.col_lower, program.col_upper, strict=True)
    texts["bounds"] = _text("Bounds", sorted(f" {_number(lo)} <= {name} <= {_number(hi)}" for name, lo, hi in bounds))
    return texts


def _terms(dense: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    at = np.flatnonzero(dense)
    return at, dense[at]


def _row(label: str, expression: str, low: float, high: float) -> list[str]:
    """One line an equation or a side of a row: LP files have no rows with two sides."""
    if low == high:
        return [f" {label}: {expression} = {_number(low)}"]
    sides = [(">=", low, ".low"), ("<=", high, ".high")]
    both = np.isfinite(low) and np.isfinite(high)
    return [f" {label}{end if both else ''}: {expression} {sign} {_number(bound)}"
            for sign, bound, end in sides if np.isfinite(bound)]


def _sum(names: list[str], columns: np.ndarray, values: np.ndarray) -> str:
    terms = sorted((names[c], float(v)) for c, v in zip(columns, values, strict=True))
    return " ".join(f"{'-' if v < 0 else '+'} {_number(abs(v))} {name}" for name, v in terms) or "0"


def _number(value: float) -> str:
    return f"{value:.12g}"


def _text(head: str, lines: list[str]) -> str:
    return "\n".join([head, *lines, "End", ""])


def rewrite() -> None:
    """Write every golden file anew."""
    from test_formulation_golden import golden_texts

    with tempfile.TemporaryDirectory() as folder:
        texts = golden_texts(Path(folder))
    for old in FOLDER.glob("*.lp"):
        old.unlink()
    for name, text in texts.items():
        (FOLDER / f"{name}.lp").write_text(text, "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    rewrite()
