"""The commands that README and docs print, and what the pages say of them.

A line ``$ energy-routes …`` of a block is a command.  Its remark says what comes of it: ``# exits 4``, the figures
that it prints (``# prints 333 MUSD, 0.28 Mt``), or both with a semicolon between.  A figure stands in the remark as it
stands in a sentence or a table of the same section, so that the sentence, the remark and the program agree.

What a command reads, the page gives above it: a block whose first line names a file (`` ```csv mine.csv ``), and tables
introduced by ``Sheet `nodes` ``, which are the sheets of the first workbook that the page names.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd
from typer.testing import CliRunner

from energy_routes.cli.app import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
COMMAND = re.compile(r"^\$ energy-routes (?P<words>[^#]*?)\s*(?:# (?P<remark>.*))?$")
EXITS, PRINTS = re.compile(r"exits (\d+)"), re.compile(r"prints (.*)")
NUMBER = re.compile(r"(?<![\w.])(?<!\w-)\d[\d,]*(?:\.\d+)?")
FIGURE = re.compile(rf"−?(?P<number>{NUMBER.pattern})(?: (?P<unit>\S.*))?")
FILE = re.compile(r"^```\w+ (?P<name>[\w-]+\.\w+)\n(?P<text>.*?)^```$", re.M | re.S)
SHEET = re.compile(r"^Sheet `(\w+)`.*?\n\n((?:\|[^\n]*\n)+)", re.M | re.S)
WORKBOOK = re.compile(r"`([\w-]+\.xlsx)`")


@dataclass(frozen=True)
class Figure:
    """A number that a page gives, as written there, and its unit; its sign is in the words."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".strip()

    def among(self, numbers: list[str]) -> bool:
        """Whether one of the printed numbers, which may have more digits, rounds to it."""
        digits = decimals(self.number)
        return any(decimals(n) >= digits and abs(value(n) - value(self.number)) <= 0.500001 * 10**-digits
                   for n in numbers)

    def nearest(self, numbers: list[str]) -> str:
        """The two printed numbers that come nearest, for a message."""
        order = sorted(dict.fromkeys(numbers), key=lambda n: abs(value(n) - value(self.number)))
        return " and ".join(order[:2]) or "no number"


@dataclass(frozen=True)
class Command:
    """A command as a page prints it: where, the words after ``energy-routes``, its exit code, the figures it prints."""

    page: Path
    line: int
    words: str
    code: int
    figures: tuple[Figure, ...]

    @property
    def place(self) -> str:
        return f"{label(self.page)}:{self.line}"

    @property
    def makes(self) -> set[str]:
        """The files and folders that it writes."""
        words = shlex.split(self.words)
        return {after for option, after in pairwise(words) if option in ("--out", "--map", "--plot", "init")}

    def reads(self, name: str) -> bool:
        """Whether an argument is this file or folder, or lies in it."""
        words = shlex.split(self.words)
        return name not in self.makes and any(word == name or word.startswith(f"{name}/") for word in words)

    def unsaid(self) -> list[str]:
        """Figures of the remark that the section does not give in its own words."""
        said = set(numbers(section(self)))
        return [f"{self.place}: the remark says {figure}, and no sentence or table of the section has {figure.number}"
                for figure in self.figures if figure.number not in said]

    def faults(self, code: int, output: str, folder: Path) -> list[str]:
        """What the page says of the command and a run in a folder contradicts."""
        shown, start = numbers(output), f"{self.place}: energy-routes {self.words}"
        if code != self.code:
            return [f"{start}\n  said to exit {self.code}, exits {code}:\n{output}"]
        lost = [f"{start}\n  writes no {name}" for name in self.makes if not (folder / name).exists()]
        return lost + [f"{start}\n  said to print {figure}; prints {figure.nearest(shown)} at nearest"
                + (f", and nothing in {figure.unit}" if figure.unit not in output else "")
                for figure in self.figures if not figure.among(shown) or figure.unit not in output]


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name


def value(number: str) -> float:
    return float(number.replace(",", ""))


def decimals(number: str) -> int:
    return len(number.partition(".")[2])


def numbers(text: str) -> list[str]:
    """The numbers of a text as written, without their signs."""
    return NUMBER.findall(text)


def commands(page: Path) -> Iterator[Command]:
    """The commands of a page from above."""
    for line, text in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if match := COMMAND.match(text):
            try:
                code, figures = remark(match["remark"] or "")
            except ValueError as error:
                raise ValueError(f"{label(page)}:{line}: {error}") from None
            yield Command(page, line, match["words"], code, figures)


def remark(text: str) -> tuple[int, tuple[Figure, ...]]:
    """Exit code and figures of ``exits 4; prints 333 MUSD, 0.28 Mt``."""
    code, figures = 0, ()
    for part in filter(None, text.split("; ")):
        if found := EXITS.fullmatch(part):
            code = int(found[1])
        elif found := PRINTS.fullmatch(part):
            figures = tuple(figure(words) for words in found[1].split(", "))
        else:
            raise ValueError(f"the remark {part!r} is neither 'exits CODE' nor 'prints FIGURE, FIGURE'")
    return code, figures


def figure(words: str) -> Figure:
    found = FIGURE.fullmatch(words)
    if not found or len(found["number"].replace(",", "").replace(".", "").lstrip("0")) < 2:
        raise ValueError(f"{words!r} is no number of two digits or more with its unit: a single digit stands anywhere")
    return Figure(found["number"], found["unit"] or "")


def walks(page: Path) -> list[list[Command]]:
    """Commands that read what earlier ones of the page write go together, in order; all others stand alone."""
    found: list[list[Command]] = []
    for command in commands(page):
        before = [walk for walk in found if any(command.reads(name) for earlier in walk for name in earlier.makes)]
        if before:
            before[-1].append(command)
        else:
            found.append([command])
    return found


def runs(pages: Iterable[Path]) -> list[list[list[Command]]]:
    """What is to be run: equal walks of all pages as one, unless they read what their page gives."""
    found: dict[tuple[str, ...], list[list[Command]]] = {}
    for walk in (walk for page in pages for walk in walks(page)):
        own = [walk[0].place] if any(command.reads(name) for command in walk for name in given(command)) else []
        found.setdefault((*own, *(command.words for command in walk)), []).append(walk)
    return list(found.values())


def section(command: Command) -> str:
    """The text between the headings around a command, without the lines of commands."""
    lines, heads, inside = command.page.read_text("utf-8").splitlines(), [0], False
    for at, line in enumerate(lines):
        inside ^= line.startswith("```")  # a comment in a block is no heading
        if line.startswith("#") and not inside:
            heads.append(at)
    start = max(at for at in heads if at < command.line)
    end = min((at for at in heads if at >= command.line), default=len(lines))
    return "\n".join(line for line in lines[start:end] if not COMMAND.match(line))


# ---- running -------------------------------------------------------------------------------------------------------


def sheets(text: str) -> dict[str, pd.DataFrame]:
    """The tables of a text that are sheets of a workbook, numbers as numbers."""
    found = {}
    for name, table in SHEET.findall(text):
        header, _, *rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()]
        frame = pd.DataFrame(rows, columns=header)
        for column in frame:
            cells = pd.to_numeric(frame[column], errors="coerce")
            frame[column] = frame[column] if cells.isna().any() else cells
        found[name] = frame
    return found


def write_book(file: Path, frames: Mapping[str, pd.DataFrame]) -> Path:
    with pd.ExcelWriter(file) as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return file


def given(command: Command) -> dict[str, str | dict[str, pd.DataFrame]]:
    """The files that a page gives above a command: texts, and sheets of a workbook."""
    above = "".join(command.page.read_text("utf-8").splitlines(keepends=True)[: command.line - 1])
    files: dict[str, str | dict[str, pd.DataFrame]] = {block["name"]: block["text"] for block in FILE.finditer(above)}
    if frames := sheets(above):
        files[WORKBOOK.findall(above)[0]] = frames
    return files


def write(files: Mapping[str, str | dict[str, pd.DataFrame]], folder: Path) -> None:
    """Write the files of a page."""
    for name, content in files.items():
        if isinstance(content, str):
            (folder / name).write_text(content, "utf-8")
        else:
            write_book(folder / name, content)


def run(words: str) -> tuple[int, str]:
    """Exit code and all that a command prints, in this process."""
    done = CliRunner().invoke(app, shlex.split(words))
    return done.exit_code, done.output
