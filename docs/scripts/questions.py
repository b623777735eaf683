"""Write ``docs/questions.md``: every question solved, and answered from what came out.

Run as ``python docs/scripts/questions.py``.  No number of an answer is typed in: sentences are templates over plans.
"""

from __future__ import annotations

from pathlib import Path

from gas_questions import GAS
from oil_questions import OIL
from question_book import Book, section

PAGE = Path(__file__).resolve().parent.parent / "questions.md"
HEAD = """# Questions and answers

What analysts and ministries ask about the ways of Kazakh oil and gas, each a model that can be solved, changed and argued
with. The page is written by `docs/scripts/questions.py` from solved plans; run it again after a change of data.

How to read it. *Netback* is what export sales leave after everything paid on the way, in million dollars, for the horizon of
the model: a year, unless it says so. *Change* is against the case named in the answer or, in the table, the row that the
scenario starts from. *Re-routed* is the volume that another corridor takes over. No flow is pinned to what happened. Home
deliveries have no price in the data while carrying them costs money: more of them lowers the netback, in gas below zero.
Confidence runs from high and medium (published) over computed to low and estimate (ours).
"""


def page(book: Book) -> str:
    """The whole page."""
    lines = [HEAD]
    for title, asked in (("Oil", OIL), ("Gas", GAS)):
        lines += [f"## {title}", ""]
        for number, answer in asked.items():
            lines += section(number, answer(book))
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(Book()), "utf-8")


if __name__ == "__main__":
    main()
