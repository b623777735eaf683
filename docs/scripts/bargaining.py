"""Write ``docs/bargaining.md``: six questions about who gains, each computed anew.

    python docs/scripts/bargaining.py [NUMBER]      the page; of one question, what it would say

No number of an answer is typed in: sentences are templates over what the studies found.  Draws are of seed 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bargaining_book import Asked, section
from game_questions import GAMES
from moved_question import MOVED
from question_book import Book
from tariff_questions import TARIFFS
from transit_question import TRANSIT

PAGE = Path(__file__).resolve().parent.parent / "bargaining.md"
ASKED: Asked = dict(sorted({**TARIFFS, **GAMES, **MOVED, **TRANSIT}.items()))
HEAD = """# Who gains

Questions of ministries about tariffs, shares and links. *Real cost* is what moving a unit really costs: published, else
a share of the tariff, with a band of 10 to 40 %. A sentence that turns within its band is not said.

What a group earns together can be divided by two rules. The *first rule* gives each what it adds on average, whoever
joins first: the Shapley value. The *second rule* leaves the least content group as content as can be: the nucleolus.
How to read the tables: [Tariff](cli.md#tariff), [Bargain](cli.md#bargain).
"""


def page(book: Book) -> str:
    """The whole page."""
    lines = [HEAD]
    for number, answer in ASKED.items():
        lines += section(number, answer(book))
    return "\n".join(lines).rstrip() + "\n"


def main(number: str = "") -> None:
    """Write the page, or print one answer."""
    if number:
        print("\n".join(section(int(number), ASKED[int(number)](Book()))))
    else:
        PAGE.write_text(page(Book()), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
