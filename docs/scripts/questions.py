"""Write ``docs/questions.md``: every question solved, and answered from what came out.

    python docs/scripts/questions.py [oil 3 | gas 4]      the page; of one question, what it would say

No number of an answer is typed in: sentences are templates over plans.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from gas_questions import GAS
from oil_questions import OIL
from question_book import Answer, Book, section

import energy_routes as er
from energy_routes.answer.certainty import certainty_of

PAGE = Path(__file__).resolve().parent.parent / "questions.md"
ASKED: Mapping[str, Mapping[int, Callable[[Book], Answer]]] = {"oil": OIL, "gas": GAS}
HEAD = """# Questions and answers

Each question has a model to solve and change. Tables give changes against their first heading. *Netback* is what exports
earn in a year, less all costs on the way; home deliveries earn nothing. An *estimate* is our own figure.
"""


def page(book: Book) -> str:
    """The whole page."""
    lines = [HEAD]
    for family, asked in ASKED.items():
        lines += [f"## {family.capitalize()}", "", *estimated(book, family)]
        for number, answer in asked.items():
            lines += section(number, answer(book))
    return "\n".join(lines).rstrip() + "\n"


def estimated(book: Book, family: str) -> list[str]:
    """How much of the money of a family's plan of 2024 rests on estimates."""
    plan = book.plan(f"{family}-2024")
    share = certainty_of(plan, er.sources(plan)).estimated
    return [f"Estimates carry {100 * share:.0f} % of the money.", ""]


def main(family: str = "", number: str = "") -> None:
    """Write the page, or print one answer."""
    if family:
        print("\n".join(section(int(number), ASKED[family][int(number)](Book()))))
    else:
        PAGE.write_text(page(Book()), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
