"""The first screen of a plan: the answer, what changes, how sure that is, the corridors, the limits worth most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from energy_routes import studies
from energy_routes.answer import SEEN, TOLD, Answer, Fate, Spans, Turn, Words, limit_key, moved
from energy_routes.cli.tables.limit_view import KINDS
from energy_routes.cli.tables.money_view import premium
from energy_routes.cli.tables.plan_view import corridors_of
from energy_routes.cli.tables.render import BLANK, table
from energy_routes.cli.tables.unit_choice import Units
from energy_routes.results import binding

LINES, WIDE = 30, 80
MOST_LIMITS, MOST_CHANGES, FEWEST_ROWS = 5, 5, 3
HEAD = 2  # lines of a table above its rows
GAP = 3  # columns between two of a table
HINT = "More: --full, or --show routes,ledger,limits,…"


def print_brief(screen: Console, answer: Answer, units: Units) -> None:
    """Print it in at most LINES lines of at most WIDE columns."""
    screen.width = min(screen.width, WIDE)
    words = Words.of()
    case = answer.plan.case
    said = list(_said(answer, units, words))
    limits = _limits(answer, units, words)
    rows, foot = list(_rows(answer)), _foot(answer)
    used = sum(_height(screen, line) for line in (case.title or case.name, *said, foot))
    used += 1 + (1 + HEAD + limits.row_count if limits else 0) + 1 + HEAD  # a blank line above each part
    question = _height(screen, case.question) if case.question else 0
    told = question if question and used + question + min(len(rows), FEWEST_ROWS + _own(rows)) <= LINES else 0
    screen.print(f"[bold]{escape(case.title or case.name)}[/bold]")
    if told:
        screen.print(escape(case.question))
    screen.print()
    for line in said:
        screen.print(escape(line))
    screen.print()
    if rows:
        screen.print(_corridors(answer, units, words, rows, LINES - used - told))
        screen.print()
    if limits:
        screen.print(limits)
    screen.print(escape(foot), style="dim")


def _height(screen: Console, line: str) -> int:
    return len(Text(line).wrap(screen, screen.width))


def _said(answer: Answer, units: Units, words: Words) -> Iterator[str]:
    """The answer, what caps cost, what changes, what could be otherwise, at which price it turns, how sure it is;
    volume that goes in a loop.
    """
    yield answer.sentence(words, units)
    if asked := premium(answer.plan, units):
        yield asked
    yield from (f"Warning: {one['message']} ({one['where']})" for one in answer.plan.warnings if one["code"] == "loop")
    if answer.change:
        changes = _changes(answer, units, words)
        more = f" and {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
        yield f"Against {answer.change.base}: {', '.join(changes[:MOST_CHANGES]) or 'nothing changes'}{more}."
    if other := Spans(answer.plan, words, units).sentence():
        yield f"{other} (--show ranges)."
    yield from turned(answer.turns)
    if sure := answer.certainty.sentence(words):
        yield f"How sure: {sure}"
    if units.note:
        yield f"Units: {units.note}."


def turned(turns: Iterable[Turn]) -> Iterator[str]:
    """A line for each price at which the answer turns within the stated ones."""
    yield from (f"Turns: {turn}." for turn in turns)


def _changes(answer: Answer, units: Units, words: Words) -> list[str]:
    """What changes; of plans with the same periods also what it is lost by, and what force majeure waives."""
    before = answer.before
    if before is None or before.case.periods != answer.plan.case.periods:
        return answer.changes(words, units)
    return studies.compare(before, answer.plan).changes(words, units)


def _foot(answer: Answer) -> str:
    notes = sum(warning["code"] != "loop" for warning in answer.plan.warnings)
    count = f"; {notes} note{'s' if notes > 1 else ''} (--show notes)" if notes else ""
    return f"{HINT}{count}"


Row = tuple[Fate, bool]  # a corridor or a part of the subject, and whether it is the subject


def _rows(answer: Answer) -> Iterator[Row]:
    """The subject, whatever it carries; then the corridors that carry most, of all families."""
    now = answer.now
    own = [fate for target in answer.subject for fate in now.moved(target)]
    yield from ((fate, True) for fate in own)
    seen = {(fate.target, fate.family) for fate in own}
    for family in answer.exports:
        rows = corridors_of(answer.plan, family).sort_values("volume", ascending=False, kind="stable")
        kept = answer.change.families[family].corridors if answer.change and family in answer.change.families else {}
        for group, name, volume in zip(rows["group"], rows["name"], rows["volume"], strict=True):
            if volume <= SEEN and abs(kept.get(str(name), 0.0)) <= TOLD:
                continue  # carries nothing, and did not before
            yield from ((fate, False) for fate in now.moved(f"corridor:{group}")
                        if fate.family == family and (fate.target, family) not in seen)


def _own(rows: list[Row]) -> int:
    return sum(own for _, own in rows)


def _corridors(answer: Answer, units: Units, words: Words, rows: list[Row], room: int) -> Table:
    """Volume, share of what it can carry and of exports; the change against the plan before where there is one."""
    several = len(answer.exports) > 1
    unit = "volume" if several else units.volume_names[next(iter(answer.exports))]
    changed = answer.change.families if answer.change else {}
    open_ = Spans(answer.plan, words, units)
    spans = [open_.volume(*fate.target.partition(":")[::2], fate.family) for fate, _ in rows]
    out = table("* asked about" if _own(rows) else "corridor", f"{unit}", "used, %", "of exports, %",
                *(["could be"] if any(spans) else []), *(["change"] if changed else []))  # fmt: skip
    kept = rows if len(rows) <= room else rows[: max(room - 1, _own(rows))]
    before = answer.earlier if changed else None
    for (fate, own), span in zip(kept, spans, strict=False):
        full = fate.volume / fate.capacity if 0 < fate.capacity < float("inf") else float("nan")
        was = [f.volume for f in before.moved(fate.target) if f.family == fate.family] if before else []
        change = fate.volume - sum(was) if fate.family in changed else float("nan")
        size, more = _size(fate, change, units, words)
        unit_of = f" {units.volume_names[fate.family]}" if several and fate.unit != "1" else ""
        out.add_row(f"{'* ' if own else ''}{escape(fate.name)}", size + unit_of, _percent(full, words),
                    _percent(fate.share, words), *([span or BLANK] if any(spans) else []),
                    *([more] if changed else []))  # fmt: skip
    if len(kept) < len(rows):
        rest = rows[len(kept):]
        out.add_row(f"{len(rest)} more (--show corridors)", *[""] * (len(out.columns) - 1))
    return _one_line(out)


def _size(fate: Fate, change: float, units: Units, words: Words) -> tuple[str, str]:
    """Volume and change as read; of a build whether it is built, of a concentration the index."""
    if fate.phrase == "build":
        return "built" if fate.volume > SEEN else "not built", BLANK
    digits, factor = (3, 1.0) if fate.phrase == "spread" else (None, units.volume_factors[fate.family])
    told = change if moved(change, fate.volume, fate.volume - change) else 0.0
    size = words.number(fate.volume * factor, digits)
    return size, BLANK if change != change else words.signed(told * factor, digits)


def _percent(share: float, words: Words) -> str:
    return BLANK if share != share else words.number(100 * share)


def _limits(answer: Answer, units: Units, words: Words) -> Table | None:
    """The bounds that were asked for, then the limits whose next unit is worth most; an estimate is said to be one."""
    tight = binding(answer.plan)
    tight = tight.loc[(tight["kind"] != "policy").sort_values(kind="stable").index]
    minimum = (tight["price"] < 0) & (tight["kind"] == "policy") & (tight["limit"] != tight["family"])
    pays = (tight["price"] > 0) & (tight["kind"] != "supply")
    tight = tight[(pays | minimum) & tight["family"].isin([*answer.exports, "all"])]
    if tight.empty:
        return None
    families = [str(family) for family in dict.fromkeys(tight["family"].head(MOST_LIMITS))]
    common = units.value_names[families[0]] if len(families) == 1 else ""
    out = table("limits worth most", "kind", f"worth, {common}" if common else "worth", text=2)
    for row in tight.head(MOST_LIMITS).to_dict("records"):
        unsure = limit_key(row["kind"], row["target"]) in answer.doubtful
        factor, unit = units.of_limit(row)
        worth = words.number(row["price"] * factor)
        kind = KINDS.get(row["kind"], row["kind"]) + (" (estimate)" if unsure else "")
        out.add_row(escape(str(row["name"])), kind, worth if unit == common else f"{worth} {unit}")
    return _one_line(out)


def _one_line(out: Table) -> Table:
    """The table with each row on one line: a long name is cut, and stands whole in the sections; figures never are."""
    name, *figures = out.columns
    widths = [max(map(len, (str(column.header), *map(str, column.cells)))) for column in figures]
    name.no_wrap, name.overflow, name.max_width = True, "ellipsis", WIDE - sum(width + GAP for width in widths)
    return out
