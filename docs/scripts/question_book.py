"""What the page of questions is written with: plans solved once, and the words that follow their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import energy_routes as er
from energy_routes import loading

UNITS = {"oil": "Mt", "gas": "bcm"}
GRADES = ("high", "medium", "computed", "low", "estimate")
CHARGE = 0.14017  # a year: annuity of 25 years at 10 %, and 3 % running cost, as options are charged


@dataclass(frozen=True)
class Row:
    """A line of an answer's table: what is solved, and what it is measured against."""

    label: str
    plan: er.Plan
    against: er.Plan | None = None


@dataclass(frozen=True)
class Answer:
    """An answer: two sentences, a table, what it rests on and how to see it again."""

    asked: str
    models: Sequence[str]
    sentences: Sequence[str]
    rows: Sequence[Row]
    uncertain: str
    commands: Sequence[str] = field(default=())


class Book:
    """Cases and plans by model and scenarios; each plan is solved once."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, ...], er.Plan] = {}

    def case(self, name: str, *scenarios: str) -> er.Case:
        """A model with scenarios laid over it, in order."""
        return loading.load(name, scenarios)

    def plan(self, name: str, *scenarios: str) -> er.Plan:
        """Its best plan."""
        key = (name, *scenarios)
        if key not in self._plans:
            self._plans[key] = er.solve(self.case(*key))
        return self._plans[key]


# ---------------------------------------------------------------- numbers of a plan


def tariff(plan: er.Plan, arc: str) -> float:
    """USD/t (USD/1000 m³) that an arc charges in the first period."""
    return float(plan.flows.loc[plan.flows["arc"] == arc, "tariff"].iloc[0])


def carried(plan: er.Plan, family: str) -> list[tuple[str, float]]:
    """Corridors that carry something, the largest first: name, Mt (bcm)."""
    rows = plan.groups[(plan.groups["kind"] == "corridor") & (plan.groups["period"] == "total")]
    rows = rows[(rows["volume"] >= 0.005) & (rows["family"] == family)].sort_values("volume", ascending=False)
    return list(zip(rows["name"], rows["volume"], strict=True))


def room(plan: er.Plan, arc: str) -> float:
    """Mt (bcm) over the horizon that an arc can take."""
    return float(plan.arcs.loc[plan.arcs["arc"] == arc, "capacity"].sum())


def built(plan: er.Plan) -> list[str]:
    """What stands at the end of the horizon: ``Kenkiyak-Kumkol expansion``, ``8 × Caspian tankers``."""
    last = plan.builds[(plan.builds["year"] == plan.builds["year"].max()) & (plan.builds["built"] > 1e-6)]
    return [
        str(words) if kind == "project" and units < 1.5 else f"{units:g} × {words}"
        for words, kind, units in zip(last["name"], last["kind"], last["built"].round(1), strict=True)
    ]


def spent(plan: er.Plan) -> float:
    """MUSD of capital put into what was built."""
    return float(plan.builds["capex"].sum())


def charge(plan: er.Plan) -> float:
    """MUSD a year that the capital of what was built costs."""
    return float(plan.builds["charge"].sum()) / plan.case.years


def exported(plan: er.Plan, family: str) -> float:
    """Mt (bcm) exported over the horizon."""
    return float(plan.exports.get(family, 0.0))


def shut(plan: er.Plan, family: str) -> float:
    """Mt (bcm) that could be had and is not lifted."""
    return float(plan.shut_in.get(family, 0.0))


def flow(plan: er.Plan, arc: str, periods: Iterable[str] = ()) -> float:
    """Mt (bcm) that enter an arc."""
    rows = plan.flows[plan.flows["arc"] == arc]
    return float((rows[rows["period"].isin(list(periods))] if periods else rows)["volume"].sum())


def sold(plan: er.Plan, market: str, periods: Iterable[str] = ()) -> float:
    """Mt (bcm) delivered to a market."""
    rows = plan.deliveries[plan.deliveries["market"] == market]
    return float((rows[rows["period"].isin(list(periods))] if periods else rows)["volume"].sum())


def lifted(plan: er.Plan, commodity: str) -> float:
    """Mt (bcm) of a commodity taken from its supplies."""
    return float(plan.supplies.loc[plan.supplies["commodity"] == commodity, "lifted"].sum())


def group(plan: er.Plan, kind: str, name: str, family: str, column: str = "volume") -> float:
    """Volume, share or capacity of a group over the horizon; 0 where it carries nothing."""
    rows = plan.groups
    chosen = rows[(rows["kind"] == kind) & (rows["group"] == name) & (rows["family"] == family)]
    found = chosen.loc[chosen["period"] == "total", column]
    return float(found.iloc[0]) if len(found) else 0.0


def bound(plan: er.Plan, kind: str, limit: str) -> float:
    """What a limit allows, Mt (bcm) over the horizon."""
    rows = plan.prices[kind]
    return float(rows.loc[rows["limit"] == limit, "bound"].sum())


def worth(plan: er.Plan, kind: str, limit: str) -> float:
    """What one more unit of a limit is worth, USD/t (USD/1000 m³); 0 where it does not bind."""
    rows = plan.prices[kind]
    return float(rows.loc[rows["limit"] == limit, "price"].abs().max()) if (rows["limit"] == limit).any() else 0.0


def changes(before: er.Plan, after: er.Plan) -> list[tuple[str, float, str]]:
    """Corridors that carry more or less, the largest change first: name, change, unit."""
    table = er.compare(before, after).corridors
    table = table[table["change"].abs() >= 0.005]
    order = table["change"].abs().sort_values(ascending=False).index
    return [(str(r.corridor), float(r.change), str(r.unit)) for r in table.loc[order].itertuples(index=False)]


def rerouted(before: er.Plan, after: er.Plan) -> float:
    """Mt (bcm) that take another corridor than before: the sum of what corridors gain."""
    return sum(change for _, change, _ in changes(before, after) if change > 0)


# ---------------------------------------------------------------- words


def count(value: float) -> str:
    """``0.58``, ``12.3``, ``1,664``: three or four figures, and no sign on nothing."""
    size = abs(value)
    text = f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")


def money(value: float) -> str:
    """Million dollars, without a sign; ``nothing`` below fifty thousand dollars."""
    return "nothing" if abs(value) < 0.05 else f"{count(abs(value))} MUSD"


def gains(value: float, more: str = "gains", less: str = "loses", none: str = "changes nothing") -> str:
    """``gains 5.44 MUSD``, ``loses 270 MUSD``, or that nothing changes."""
    return none if abs(value) < 0.05 else f"{more if value > 0 else less} {money(value)}"


def volume(value: float, family: str) -> str:
    """``0.58 Mt``; ``nothing`` below a thousand tonnes."""
    return "nothing" if abs(value) < 0.001 else f"{count(abs(value))} {UNITS[family]}"


def moves(before: er.Plan, after: er.Plan, most: int = 4) -> str:
    """``CPC −2.05, Atyrau–Samara +1.15 Mt``; ``none`` where every corridor carries what it did."""
    found = changes(before, after)[:most]
    return ", ".join(f"{name} {'+' if change > 0 else ''}{count(change)}" for name, change, _ in found) or "none"


def earned(plan: er.Plan) -> str:
    """``38,796 MUSD``: the netback, as the table of an answer has it."""
    return f"{count(plan.netback)} MUSD"


def printed(command: str, *figures: str) -> str:
    """A command with the figures that it prints, as the answer says them; those of a single digit tell too little."""
    told = [words for words in figures if len(re.sub(r"\D", "", words.split(" ")[0]).lstrip("0")) > 1]
    command = f"{command} --full" if command.startswith("solve ") and told else command  # the first screen rounds
    return f"{command}  # prints {', '.join(told)}" if told else command


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def grades(case: er.Case, figures: Mapping[str, str]) -> str:
    """How sure the figures are that an answer hangs on, from the tables: ``{"arc:BTC.tariff": "the BTC tariff"}``."""
    by_grade: dict[str, list[str]] = {}
    for path, words in figures.items():
        by_grade.setdefault(_grade(case, path), []).append(words)
    words = "; ".join(f"{grade}: {listed(by_grade[grade])}" for grade in GRADES if grade in by_grade)
    return words[:1].upper() + words[1:]


def _grade(case: er.Case, path: str) -> str:
    """The confidence of a number in the last year of the case: its dated row, or else its table row."""
    from energy_routes.network import parse_target

    table, name = parse_target(path.rpartition(".")[0])
    column, tables = path.rpartition(".")[2], case.network.tables
    dated = tables["values"]
    chosen = dated[(dated["table"] == table) & (dated["id"] == name) & (dated["field"] == column)]
    chosen = chosen[chosen["period"].astype(str) == case.periods[-1].label[:4]]
    if len(chosen):
        return str(chosen["confidence"].iloc[-1])
    return str(tables[table]["confidence"].iloc[case.network.ids(table).index(name)])


# ---------------------------------------------------------------- the page


def section(number: int, answer: Answer) -> list[str]:
    """An answer as Markdown."""
    links = listed([f"[`{name}`](../models/{name}.toml)" for name in answer.models])
    lines = [f"### {number}. {answer.asked}", "", *_wrapped(" ".join(answer.sentences)), "", *table(answer.rows), ""]
    lines += _wrapped(f"*How sure.* {answer.uncertain}")
    shown = [f"$ energy-routes {command}" for command in answer.commands]
    return [*lines, "", f"{'Models' if len(answer.models) > 1 else 'Model'}: {links}", "", "```text", *shown, "```", ""]


def table(rows: Sequence[Row]) -> list[str]:
    """The plans of an answer side by side; a row without something to be measured against is the measure."""
    families = [family for family in UNITS if any(exported(row.plan, family) for row in rows)]
    unit = ", ".join(UNITS[family] for family in families)
    head = ["case", "netback, MUSD", "change", f"exports, {unit}", f"shut in, {unit}", "re-routed"]
    head += ["corridors that move"]
    lines = [f"| {' | '.join(head)} |", "|---|--:|--:|--:|--:|--:|---|"]
    for row in rows:
        out = " + ".join(count(exported(row.plan, family)) for family in families)
        lost = " + ".join(count(shut(row.plan, family)) for family in families)
        change = moved = where = "–"
        if row.against is not None:
            difference = row.plan.netback - row.against.netback
            change = f"{'+' if difference > 0.05 else ''}{count(difference)}" if abs(difference) >= 0.05 else "0"
            moved, where = count(rerouted(row.against, row.plan)), moves(row.against, row.plan)
        lines.append(f"| {' | '.join([row.label, count(row.plan.netback), change, out, lost, moved, where])} |")
    return lines


def _wrapped(text: str, width: int = 120) -> list[str]:
    """Lines of at most ``width``; a long link keeps a line of its own."""
    from textwrap import wrap

    return wrap(re.sub(r"\s+", " ", text), width, break_long_words=False, break_on_hyphens=False)
