"""What the page of questions is written with: models solved once, the words that follow their numbers, the layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from plan_figures import SEEN, changes, exported

import energy_routes as er
from energy_routes.answer.words import Words
from energy_routes.case import loading
from energy_routes.network.edit import parse_target
from energy_routes.pack import joined
from energy_routes.provenance.behind import Behind, Told
from energy_routes.provenance.figures import stale

WORDS = Words.of("en")
UNITS = {"oil": "Mt", "gas": "bcm"}
WEAKEST_FIRST = ("unsourced", "estimate", "low", "computed", "medium", "high")
CHARGE = 0.14017  # a year: annuity of 25 years at 10 %, and 3 % running cost, as options are charged
SLIGHT = 0.05  # MUSD: less is nothing
DROPPED = ("exports", "oil exports", "gas exports", "moves most")  # columns that are left out where nothing changes
PRICES = "prices="
WORLDS = ("low", "central", "high")  # scenarios of prices, the lowest first
ALSO = 1 / 3  # a second corridor is named where it moves by at least this part of the first


# ---------------------------------------------------------------- models and their plans


class Book:
    """Cases and plans by model and scenarios; each plan is solved once."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, ...], er.Plan] = {}

    def case(self, name: str, *scenarios: str) -> er.Case:
        """A model with scenarios laid over it, in order; ``prices=high`` is a scenario of prices."""
        case = loading.load(name, [laid for laid in scenarios if not laid.startswith(PRICES)])
        for world in (laid.removeprefix(PRICES) for laid in scenarios if laid.startswith(PRICES)):
            case = case.with_prices(world)
        return case

    def plan(self, name: str, *scenarios: str) -> er.Plan:
        """Its best plan."""
        key = (name, *scenarios)
        if key not in self._plans:
            self._plans[key] = er.solve(self.case(*key))
        return self._plans[key]

    def of(self, name: str) -> Model:
        """A model of this book."""
        return Model(self, name)


@dataclass(frozen=True)
class Model:
    """A model that a question is answered from: its plans, its commands and how sure its figures are."""

    book: Book
    name: str

    def plan(self, *scenarios: str) -> er.Plan:
        """The best plan with scenarios laid over the model."""
        return self.book.plan(self.name, *scenarios)

    def plans(self, *laid: Sequence[str]) -> list[er.Plan]:
        """The best plan of each list of scenarios."""
        return [self.plan(*scenarios) for scenarios in laid]

    def by_label(self, laid: Mapping[str, Sequence[str]]) -> dict[str, er.Plan]:
        """The best plan of each list of scenarios, by what it is called."""
        return dict(zip(laid, self.plans(*laid.values()), strict=True))

    def case(self, *scenarios: str) -> er.Case:
        """The model with scenarios laid over it."""
        return self.book.case(self.name, *scenarios)

    def stated(self, lever: str, unit: float = 1.0) -> list[float]:
        """A price in its last year in the scenarios low, central and high; ``unit`` is one in inner units."""
        target, _, column = lever.rpartition(".")
        table, name = parse_target(target)
        cases = [self.case(PRICES + world) for world in WORLDS]
        at = cases[0].network.ids(table).index(name)
        return [float(case.network.resolve(table, column, case.periods[-1:])[at, 0]) / unit for case in cases]

    def solve(self, *scenarios: str, prints: Sequence[str] = (), full: bool = False) -> str:
        """The command that gives a plan, and the figures of the answer that it prints; ``full``: among all tables."""
        laid = "".join(f" --{'set' if name.startswith(PRICES) else 'scenario'} {name}" for name in scenarios)
        return printed(f"solve {self.name}{laid}{' --full' if full else ''}", *prints)

    def sure(self, figures: Mapping[str, str], *more: str) -> str:
        """The two weakest of the figures that an answer hangs on, and what else makes it less sure."""
        return " ".join([f"{weakest(self.case(), figures)}.", *more])


# ---------------------------------------------------------------- words


def number(value: float) -> str:
    """``0.28``, ``12.3``, ``1,664``: as the program prints it."""
    return WORDS.number(value)


def money(value: float) -> str:
    """``9.3 MUSD``, ``2.82 bn USD``, without a sign; ``nothing`` below fifty thousand dollars."""
    return "nothing" if abs(value) < SLIGHT else WORDS.money(abs(value))


def gains(value: float, more: str = "gains", less: str = "loses", none: str = "does not change") -> str:
    """``gains 5.4 MUSD``, ``loses 270 MUSD``, or that nothing changes."""
    return none if abs(value) < SLIGHT else f"{more if value > 0 else less} {money(value)}"


def brings(value: float) -> str:
    """``brings 5.4 MUSD``, ``costs 270 MUSD``, ``brings nothing``."""
    return gains(value, "brings", "costs", "brings nothing")


def volume(value: float, family: str) -> str:
    """``0.28 Mt``; ``nothing`` below a thousand tonnes."""
    return "nothing" if abs(value) < 0.001 else f"{number(abs(value))} {UNITS[family]}"


def falls(before: float, after: float, family: str) -> str:
    """``fall by 0.28 Mt``, ``rise by 2.5 Mt``, ``stay the same``: said of many things."""
    lost = before - after
    return "stay the same" if abs(lost) < SEEN else f"{'fall' if lost > 0 else 'rise'} by {volume(lost, family)}"


def signed(change: float, slight: float) -> str:
    """``+0.65``, ``−2.1``; ``0`` below what counts as nothing."""
    return "0" if abs(change) < slight else WORDS.signed(change)


def takers(before: er.Plan, after: er.Plan, most: int = 2) -> str:
    """The corridors that gain most: ``Atyrau–Samara and Kazakhstan–China``; blank where none does."""
    return joined([name for name, change in changes(before, after) if change > 0][:most])


def moves(before: er.Plan, after: er.Plan) -> str:
    """The one or two corridors that change most: ``CPC −2.1, Atyrau–Samara +1.2``; ``none``."""
    found = changes(before, after)[:2]
    return ", ".join(f"{name} {WORDS.signed(change)}" for name, change in found
                     if abs(change) >= ALSO * abs(found[0][1])) or "none"


def turning(at: float | None, stated: Sequence[float], unit: str, digits: int = 0) -> str:
    """At which price an answer turns, and whether that is within the stated ones: ``It turns at 9.94 USD/MMBtu, …``."""
    low, high = (f"{value:.{digits}f}" for value in (stated[0], stated[-1]))
    if at is None:
        return f"No price tried turns it; {low} to {high} {unit} are stated."
    where = "within" if stated[0] <= at <= stated[-1] else "above" if at > stated[-1] else "below"
    return f"It turns at {at:.{digits}f} {unit}, {where} the stated {low} to {high}."


def printed(command: str, *figures: str | None) -> str:
    """A command with the figures that it prints, as the answer says them; those of a single digit tell too little."""
    told = [words for words in figures if words and len(re.sub(r"\D", "", words.split(" ")[0]).lstrip("0")) > 1]
    return f"{command}  # prints {', '.join(told)}" if told else command


def block(commands: Iterable[str]) -> list[str]:
    """Commands as a block of Markdown."""
    return ["```text", *(f"$ energy-routes {command}" for command in commands), "```", ""]


def weakest(case: er.Case, figures: Mapping[str, str], most: int = 2) -> str:
    """The figures that are least sure, with their grade: ``Estimate: freight and the fleet``, ``Low: …; medium: …``.

    ``figures`` says what each is: ``{"arc:BTC.tariff": "the BTC tariff"}``; the first of a grade come first.
    A price or charge of long ago has its year: ``the price at Orenburg (stale: of 2013)``.
    """
    told = {path: _behind(case, path) for path in figures}
    order = sorted(figures, key=lambda path: WEAKEST_FIRST.index(told[path].confidence))[:most]
    by_grade: dict[str, list[str]] = {}
    for path in order:
        target, _, column = path.rpartition(".")
        old = stale(parse_target(target)[0], column, told[path].year, case.periods[0].year)
        year = f" (stale: of {told[path].year})" if old else ""
        by_grade.setdefault(told[path].confidence, []).append(figures[path] + year)
    words = "; ".join(f"{grade}: {joined(named)}" for grade, named in by_grade.items())
    return words[:1].upper() + words[1:]


def _behind(case: er.Case, path: str) -> Told:
    """What the pack says of a number in the last period of the case: of its months, the weakest."""
    target, _, column = path.rpartition(".")
    table, name = parse_target(target)
    behind = Behind(replace(case.network, edits=()), case.periods[-1:])
    return behind.of(table, column, behind.rows(table))[case.network.ids(table).index(name)][0]


# ---------------------------------------------------------------- the page


@dataclass(frozen=True)
class Row:
    """A line of an answer's table; ``more``: own columns; ``against``: another plan than the answer's base."""

    label: str
    plan: er.Plan
    more: Sequence[str] = ()
    against: er.Plan | None = None


def rows(plans: Mapping[str, er.Plan], more: Callable[[er.Plan], Sequence[str]] = lambda _: ()) -> list[Row]:
    """A line a plan, with the own columns that ``more`` reads off it."""
    return [Row(label, plan, more(plan)) for label, plan in plans.items()]


@dataclass(frozen=True)
class Answer:
    """An answer: some short sentences, a table (none without ``rows``), what it rests on and how to see it again.

    The table gives changes against ``base``, which ``called`` names: of netback, and of what ``tells`` says (exports,
    and the corridors that move most).  ``more`` heads the own columns of the rows.
    """

    asked: str
    model: Model
    sentences: Sequence[str]
    called: str
    base: er.Plan
    rows: Sequence[Row]
    sure: str
    commands: Sequence[str]
    more: Sequence[str] = ()
    tells: Sequence[str] = ("exports", "routes")


def numbered(*questions: Callable[[Book], Answer]) -> dict[int, Callable[[Book], Answer]]:
    """The questions of a family by their numbers on the page."""
    return dict(enumerate(questions, 1))


def section(number: int, answer: Answer) -> list[str]:
    """An answer as Markdown."""
    name = answer.model.name
    sure = f"*How sure.* {answer.sure} [`{name}`](../models/{name}.toml)"
    told = [*table(answer), ""] if answer.rows else []
    return [f"### {number}. {answer.asked}", "", *wrapped(" ".join(answer.sentences)), "", *told, *wrapped(sure), "",
            *block(answer.commands)]


def table(answer: Answer) -> list[str]:
    """What each plan does otherwise than its base; a column of exports or corridors is left out where none changes."""
    pairs = [(row.against or answer.base, row.plan) for row in answer.rows]
    columns = {f"against {answer.called}": [row.label for row in answer.rows],
               "netback, MUSD": [signed(after.netback - before.netback, SLIGHT) for before, after in pairs]}
    families = [family for family in UNITS if any(exported(plan, family) > SEEN for pair in pairs for plan in pair)]
    for family in families if "exports" in answer.tells else ():
        head = f"{f'{family} ' if len(families) > 1 else ''}exports, {UNITS[family]}"
        columns[head] = [signed(exported(after, family) - exported(before, family), SEEN) for before, after in pairs]
    columns |= {head: [row.more[at] for row in answer.rows] for at, head in enumerate(answer.more)}
    if "routes" in answer.tells:
        columns["moves most"] = [moves(before, after) for before, after in pairs]
    told = {head: cells for head, cells in columns.items()
            if not head.startswith(DROPPED) or set(cells) - {"0", "none"}}
    align = ["---" if at == 0 or head == "moves most" else "--:" for at, head in enumerate(told)]
    return grid(list(told), zip(*told.values(), strict=True), align)


def grid(head: Sequence[str], rows: Iterable[Sequence[str]], align: Sequence[str] = ()) -> list[str]:
    """A Markdown table."""
    return [f"| {' | '.join(head)} |", f"|{'|'.join(align or ['---'] * len(head))}|",
            *(f"| {' | '.join(row)} |" for row in rows)]


def wrapped(text: str, width: int = 120, hang: str = "") -> list[str]:
    """Lines of at most ``width``, those after the first behind ``hang``; a long link keeps a line of its own."""
    return wrap(re.sub(r"\s+", " ", text), width, subsequent_indent=hang, break_long_words=False,
                break_on_hyphens=False)
