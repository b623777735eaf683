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

PAGE = Path(__file__).resolve().parent.parent / "questions.md"
ASKED: Mapping[str, Mapping[int, Callable[[Book], Answer]]] = {"oil": OIL, "gas": GAS}
HEAD = """# Questions and answers

Eighteen questions about the routes of Kazakh oil and gas. Each has a model that you can solve and change.
`docs/scripts/questions.py` writes the page from solved plans.

*Netback* is what exports earn less all costs on the way, a year unless an answer says otherwise. A *change* is against the
nearest row above with a dash. *Moves most* names the one or two corridors that change most. An *estimate* is our own
figure. No plan repeats past flows. Home deliveries earn nothing here, so they lower the netback.
"""


def page(book: Book) -> str:
    """The whole page."""
    lines = [HEAD]
    for family, asked in ASKED.items():
        lines += [f"## {family.capitalize()}", ""]
        for number, answer in asked.items():
            lines += section(number, answer(book))
    return "\n".join(lines).rstrip() + "\n"


def main(family: str = "", number: str = "") -> None:
    """Write the page, or print one answer."""
    if family:
        print("\n".join(section(int(number), ASKED[family][int(number)](Book()))))
    else:
        PAGE.write_text(page(Book()), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
