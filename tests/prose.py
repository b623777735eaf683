"""The rules of plain English for pages and help texts: sentences of few words, few passives, no figures of speech.

proselint, vale's rules in Python and textstat were looked at: the first finds typography and jargon but measures no
sentence, the second downloads a program, the third gives one mark a page and no line to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 32  # words up to a full stop or a semicolon; a span of code is one word
MOST_PASSIVES = 2  # "is sold", "was built": a sentence with more is a chain
BANNED = {
    "room": "capacity, space", "floor": "layer, lower limit", "door": "entry point, interface", "house": "package",
    "backbone": "largest route", "hair": "small amount", "refuge": "alternative",
    "simply": "(leave out)", "obviously": "(leave out)", "of course": "(leave out)", "needless to say": "(leave out)",
    "utilise": "use", "leverage": "use", "in order to": "to", "due to the fact that": "because",
}  # fmt: skip
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.M | re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
BLOCK_MARK = re.compile(r"^\s*(?:#+|[-*]|\d+\.)\s+")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
CODE, MATH = re.compile(r"`+[^`]*`+"), re.compile(r"\$[^$\n]+\$")
STOP = re.compile(r"(?<=[.!?])[\"')\]*]*\s+(?=[\"'(*\[]*[A-Z0-9À-Ž])|;\s+|\s·\s")
WORD = re.compile(r"\w[\w'’.,/–-]*")
BE = r"\b(?:is|are|was|were|be|been|being)\b"
IRREGULAR = ("sold|built|paid|held|kept|told|found|made|given|taken|shut|sent|lost|read|met|set|left|put|known|shown|"
             "drawn|written|laid|chosen|bought|cut|seen|done|run|begun|hit|split|spent|borne|driven|thrown|struck")
PASSIVE = re.compile(rf"{BE}(?: (?:not|never|also|then|only|all|\w+ly))? (?:\w{{2,}}ed|{IRREGULAR})\b", re.I)


@dataclass(frozen=True)
class Fault:
    """A sentence that breaks a rule, and the line on which its block begins."""

    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.rule}: {self.sentence}"


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of paragraphs, list items, headings and cells of tables, without code and comments."""
    for hidden in (FENCE, COMMENT):
        text = hidden.sub(lambda match: "\n" * match[0].count("\n"), text)
    start, held = 1, ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        alone = line.startswith(("|", "    ")) or not line.strip()
        if held and (alone or BLOCK_MARK.match(line) or held.startswith("#")):
            yield start, BLOCK_MARK.sub("", held)
            held = ""
        if line.startswith("|"):
            yield from ((number, cell.strip()) for cell in line.strip("|").split("|"))
        elif not alone:
            start = start if held else number
            held = f"{held} {line.strip()}".strip()


def sentences(text: str) -> list[str]:
    """The sentences of a block, parted at semicolons as well; a span of code or a formula as one word."""
    return STOP.split(MATH.sub("formula", CODE.sub("Code", LINK.sub(r"\1", text))))


def faults(text: str) -> Iterator[Fault]:
    """What in a page breaks a rule, from above."""
    for line, block in blocks(text):
        for sentence in sentences(block):
            words, passives = len(WORD.findall(sentence)), len(PASSIVE.findall(sentence))
            if words > LONGEST:
                yield Fault(line, f"{words} words, at most {LONGEST}", sentence)
            if passives > MOST_PASSIVES:
                yield Fault(line, f"{passives} passives, at most {MOST_PASSIVES}", sentence)
            for word, better in BANNED.items():
                if re.search(rf"\b{word}s?\b", sentence, re.I):
                    yield Fault(line, f"{word!r}, better {better}", sentence)
