"""Words that readers see, in English, Russian and Kazakh: texts and names from tables, numbers as each reads them.

>>> words = Words.of("ru")
>>> words("legend.width", unit=words.unit("Mt/y"))
'Толщина = поток, млн т в год'
>>> words.number(1234.5, 1)
'1\xa0234,5'

Texts stand in ``data/words/words.csv``, one row a key, one column a language; names of lines and markets beside it, of
places, countries and seas in ``data/basemap``.  A reader's own folder overlays any of these files (:meth:`Words.of`).
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, reduce
from pathlib import Path
from typing import Literal, get_args

from energy_routes.errors import Fault, UsageError, refuse
from energy_routes.pack import MINUS, SEMICOLONS, Family, as_read, data_path, in_digits, nearest

Language = Literal["en", "ru", "kk"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
VARIABLE = "ENERGY_ROUTES_WORDS"  # the environment variable that names a reader's own folder
HOLDER = re.compile(r"\{(\w+)\}")
FAMILIAR = {"family", "lower", "measure"}  # placeholders of what a family is called, which a text of its own says
FORMS = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")  # one thing or many
BRACKET = re.compile(r"(.+) \(([^()]+)\)")
# What joins the parts of a name, loosest first, and how the joint is written in any language.
JOINTS: Mapping[str, str] = {"; ": "; ", " → ": " → ", ": ": ": ", ", ": ", ", " - ": " – ", " – ": " – "}
# Thousands are set apart by a space that does not break; office fonts lack the narrow one (U+202F).
MARKS: Mapping[Language, tuple[str, str]] = {"en": (",", "."), "ru": ("\xa0", ","), "kk": ("\xa0", ",")}


@dataclass(frozen=True)
class Words:
    """The texts of one language.  Call it with a key and the values of the text's ``{placeholders}``."""

    language: Language
    texts: Mapping[str, str] = field(repr=False)
    places: Mapping[str, str] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    forms: Mapping[str, re.Pattern[str]] = field(repr=False)
    plurals: frozenset[str] = field(repr=False)
    folders: tuple[Path, ...] = field(repr=False)

    @classmethod
    def of(cls, language: str = "en", folder: str | Path | None = None, *, beside: str | Path | None = None) -> Words:
        """The words of a language (en, ru, kk).

        ``folder`` holds a reader's own files; without it the folder that ENERGY_ROUTES_WORDS names is taken; after it
        the folders ``words`` and ``basemap`` in the folder ``beside`` (a model's).  Rows of own ``words.csv``,
        ``names.csv``, ``place_names.csv`` and ``country_names.csv`` replace ours, cell by cell; an own ``labels.csv``
        or ``*.geojson`` replaces ours whole.
        Raises UsageError for an unknown language or a folder that is not there, DataError with every fault of a file.
        """
        if language not in LANGUAGES:
            offer = nearest(language, LANGUAGES)
            raise UsageError(" ".join(filter(None, (f"no language {language!r}.", offer, f"There are: {_LISTED}."))))
        own = folder or os.environ.get(VARIABLE)
        if own is not None and not Path(own).is_dir():
            raise UsageError(f"no folder of words at {str(own)!r}. Give one that holds words.csv, place_names.csv, "
                             "labels.csv or countries.geojson.")
        near = (Path(beside) / "words", Path(beside) / "basemap") if beside is not None else ()
        given = (path for path in near if path.is_dir() and path not in _homes())
        folders = (*((Path(own),) if own is not None else ()), *given)
        return _loaded(next(known for known in LANGUAGES if known == language), folders)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, its placeholders filled; a float is written as this language writes numbers.

        Raises UsageError for an unknown key (with the nearest), and when the values are not those of the text.
        """
        text = self.texts.get(key)
        if text is None:
            raise UsageError(" ".join(filter(None, (f"no text {key!r} in words.csv.", nearest(key, self.texts)))))
        if (wanted := set(HOLDER.findall(text))) != set(values):
            raise UsageError(f"text {key!r} takes {_named(wanted)}; given: {_named(values)}.")
        told = {name: self.number(value) if isinstance(value, float) else str(value) for name, value in values.items()}
        return HOLDER.sub(lambda found: told[found[1]], text)

    def of_family(self, key: str, family: Family, **values: object) -> str:
        """The text of a key about a family: ``key.oil``, or ``key.any`` where it has none of its own.

        The second has placeholders for what the family is called (``{family}``, ``{lower}``) and what its prices are
        of (``{measure}``).
        """
        if (own := f"{key}.{family.id}") in self.texts:
            return self(own, **values)
        name = family.names[LANGUAGES.index(self.language)]
        given = {"family": name, "lower": name[:1].lower() + name[1:], "measure": self.unit(family.measure), **values}
        return self(f"{key}.any", **{holder: given[holder] for holder in HOLDER.findall(self.texts[f"{key}.any"])})

    def together(self, families: Sequence[Family]) -> str:
        """What several families are called: oil and gas."""
        if (own := "family." + "+".join(family.id for family in families)) in self.texts:
            return self(own)
        first, *others = (self.of_family("family", family) for family in families)
        return reduce(lambda told, more: self("answer.and", first=told, second=more[:1].lower() + more[1:]), others,
                      first)

    def of_name(self, key: str, name: str, **values: object) -> str:
        """The text of a key about a thing: ``{name}`` as this language calls it, and of ``[carries|carry]`` the second
        where the English name is one of many things: two joined by 'and', or a name of ``plurals.csv``.
        """
        form = 2 if self.several(name) else 1
        holders = HOLDER.findall(self.texts.get(key, ""))
        told = self(key, **values, **({"name": self.name(name)} if "name" in holders else {}))
        return FORMS.sub(lambda found: found[form], told)

    def several(self, name: str) -> bool:
        """Whether an English name is one of many things: two joined by 'and', or a name of ``plurals.csv``."""
        return name in self.plurals or " and " in name

    def part(self, *prefixes: str) -> dict[str, str]:
        """The texts whose keys start so, placeholders unfilled: what a page's script is handed."""
        return {key: text for key, text in self.texts.items() if key.startswith(prefixes)}

    def known(self, key: str, default: str) -> str:
        """The text of a key made from data (a status, a ledger term), or ``default`` when there is none."""
        return self.texts.get(key, default)

    def unit(self, unit: str) -> str:
        """A unit as read: Mt → млн т, USD/1000m3 → долл./тыс. м³; one that has no text: m3 → m³."""
        return self.texts.get(f"unit.{unit}", as_read(unit))

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number as people read it: 55.4, 2.2, 0.35, 1,240; in Russian and Kazakh 55,4 and 1 240.

        Without ``decimals``: none from 100, one from 1, two significant digits below.
        """
        if decimals is None:
            size = abs(value)
            text = in_digits(value, ",.0f" if size >= 99.95 else ".1f" if size >= 0.95 else ".2g")
            text = in_digits(value, ".6f").rstrip("0").rstrip(".") if "e" in text else text
        else:
            text = in_digits(value, f",.{decimals}f")
        if not text.strip(f"{MINUS}0.,"):
            text = text.lstrip(MINUS)
        thousands, point = MARKS[self.language]
        return text.translate({ord(","): thousands, ord("."): point})

    def money(self, musd: float) -> str:
        """Money that is not known to the last dollar, in millions or thousands of millions: 499 MUSD, 43.6 bn USD."""
        if abs(musd) < 999.5:
            return f"{self.number(musd)} {self.unit('MUSD')}"
        billions = musd / 1000
        decimals = 2 if abs(billions) < 9.995 else 1 if abs(billions) < 99.95 else 0
        return f"{self.number(billions, decimals)} {self.unit('BUSD')}"

    def signed(self, value: float, decimals: int | None = None) -> str:
        """A change, its sign written always: +0.65, −2.05; no change is 0."""
        text = self.number(value, decimals)
        return f"+{text}" if value > 0 and text.strip("0.,") else text

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share of 1 as a percentage: 0.836 → 84 %."""
        return f"{self.number(100 * share, decimals)}\xa0%"

    def month(self, label: str, *, short: bool = False) -> str:
        """The month of a period label or number: "2024-03" or "03" → March, март, наурыз."""
        return self(f"month.{'short.' if short else ''}{label[-2:]}")

    def span(self, labels: Sequence[str]) -> str:
        """'2024', 'March 2024', 'January–June 2024' or '2024–2026' from period labels in order."""
        first, last = labels[0], labels[-1]
        year, until = first[:4], last[:4]
        if "-" not in first:
            return first if first == last else self("span.years", first_year=first, last_year=last)
        start, end = self.month(first), self.month(last)
        if first == last:
            return self("span.month", month=start, year=year)
        if year == until:
            return year if len(labels) == 12 else self("span.months", first=start, last=end, year=year)
        return self("span.long", first=start, first_year=year, last=end, last_year=until)

    def place(self, node: str, default: str) -> str:
        """The short name of a node by its id, else ``default``, put into this language if it is a known name."""
        return self.places.get(node) or self.name(default)

    def name(self, english: str) -> str:
        """A proper name (a line, a corridor, a market, a country) as ``names.csv`` gives it; else as it stands.

        A name that is made of known ones ('Atasu - Alashankou', 'Soyuz: Uralsk - Alexandrov Gai', 'Tengiz → Atyrau',
        one with a bracket, one of a form such as 'obligation of Atyrau') is put together from them.
        """
        return self.names.get(english, english) if self.language == "en" else self._composed(english) or english

    def _composed(self, english: str) -> str | None:
        """The name from its parts; None when one of them is not known."""
        if (whole := self.names.get(english)) is not None:
            return whole
        for key, form in self.forms.items():
            if filled := form.fullmatch(english):
                parts = {part: self._composed(text) or text for part, text in filled.groupdict().items()}
                return self(key, **parts)
        if held := BRACKET.fullmatch(english):
            outer, inner = self._composed(held[1]), self._composed(held[2])
            return f"{outer} ({inner})" if outer and inner else None
        for joint, told in JOINTS.items():
            pieces = [self._composed(part) for part in english.split(joint)] if joint in english else []
            if pieces and all(pieces):
                return told.join(filter(None, pieces))
        return None

    def amounts(self, told: str) -> str:
        """Names with an amount each, as a study tells them (``China 2.10; BTC 0.52``), as this language has them."""
        parts = (part.rpartition(" ") for part in told.split("; ") if part)
        return ", ".join(f"{self.name(name)} {self.written(amount)}" for name, _, amount in parts)

    def written(self, number: str) -> str:
        """A number with the digits that it is written with: 0.581 → 0,581."""
        return self.number(float(number), -min(0, int(Decimal(number).as_tuple().exponent)))

    def country(self, code: str) -> str:
        """A country by its ISO two-letter code; the code itself when it has no name here."""
        return self.names.get(f"iso:{code}", code)

    def labels(self) -> list[dict[str, str]]:
        """Names written on the ground of a map: kind (country, sea, lake), name, lon, lat, rank (1 is placed first)."""
        rows = _rows(self.file("labels.csv"))
        return [{**{c: row[c] for c in ("kind", "lon", "lat", "rank")}, "name": _in(row, "name", self.language)}
                for row in rows]

    def file(self, name: str) -> Path:
        """The file of that name in the reader's own folders, else ours (``countries.geojson``, ``labels.csv`` …)."""
        places = (*self.folders, *_homes())
        return next((place / name for place in places if (place / name).is_file()), places[-1] / name)


_LISTED = ", ".join(LANGUAGES)


def stopped(text: str) -> str:
    """A sentence with its full stop, and no second one after a unit such as 'долл.'."""
    return text if text.endswith(".") else f"{text}."


def _loaded(language: Language, folders: Sequence[Path]) -> Words:
    """Our words, those of the folders laid over them, the first folder on top."""
    english = _ours("en").texts
    laid = reduce(lambda under, folder: _laid_over(under, folder, english), reversed(folders), _ours(language))
    return replace(laid, folders=tuple(folders))


@cache
def _ours(language: Language) -> Words:
    """The words of our own files, which stay as they are while a process lives."""
    rows = _rows(_homes()[0] / "words.csv")
    english = {row["key"]: row["en"] for row in rows}
    none = Words(language, {}, {}, {}, _forms(rows), frozenset(), ())
    return reduce(lambda under, folder: _laid_over(under, folder, english), _homes(), none)


@cache
def _homes() -> tuple[Path, Path]:
    """The folders of our own files."""
    return data_path("words"), data_path("basemap")


def _laid_over(under: Words, folder: Path, english: Mapping[str, str]) -> Words:
    """Words with those of a folder on top.  Raises DataError with every fault of its texts."""
    language, path = under.language, folder / "words.csv"
    rows, places = _rows(path), _rows(folder / "place_names.csv")
    refuse(str(path), (fault for number, row in enumerate(rows, 2) for fault in _faults(path, number, row, english)))
    texts = {row["key"]: row[language] for row in rows if row.get(language)}
    countries = _column(_rows(folder / "country_names.csv"), "iso", "name", language)
    names = {
        **_column(places, "label", "label", language),
        **_column(_rows(folder / "names.csv"), "en", "", language),
        **{f"iso:{code}": name for code, name in countries.items()},
    }
    return replace(
        under,
        texts={**under.texts, **texts},
        places={**under.places, **_column(places, "id", "label", language)},
        names={**under.names, **names},
        plurals=under.plurals.union(row["en"] for row in _rows(folder / "plurals.csv")),
    )


def _forms(rows: Iterable[Mapping[str, str]]) -> dict[str, re.Pattern[str]]:
    """The forms that names made of data take in English, such as 'tanks at {name}', by the keys of their texts."""
    return {row["key"]: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(row["en"])))
            for row in rows if row["key"].startswith("name.")}


def _faults(path: Path, number: int, row: Mapping[str, str], english: Mapping[str, str]) -> list[Fault]:
    """What is wrong with a row: a key that we do not use, a text whose placeholders differ from the English one's.

    A family of a pack's own may have texts (``family.of.water``) and units (``unit.Mm3``) that we do not know.
    """
    key = row.get("key", "")
    any_ = english.get(f"{key.rpartition('.')[0]}.any", "" if key.startswith("unit.") else None)
    if key not in english and any_ is None:
        return [Fault(path.name, number, "key", repr(key), "a key of words.csv", nearest(key, english))]
    wanted = set(HOLDER.findall(english.get(key) or any_ or "")) - (set() if key in english else FAMILIAR)
    return [Fault(path.name, number, column, f"placeholders {_named(found)}", _named(wanted))
            for column in LANGUAGES if row.get(column) and (found := set(HOLDER.findall(row[column]))) != wanted]


def _column(rows: Iterable[Mapping[str, str]], key: str, stem: str, language: Language) -> dict[str, str]:
    """``key`` to the name in this language, rows without one left out."""
    return {row[key]: told for row in rows if row.get(key) and (told := _in(row, stem, language))}


def _in(row: Mapping[str, str], stem: str, language: Language) -> str:
    """The cell of a language: ``label_ru`` (or ``ru`` without a stem); English stands in for what is missing."""
    english = stem or "en"
    own = english if language == "en" else f"{stem}_{language}" if stem else language
    return row.get(own) or row.get(english) or ""


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table, or none when there is no such file; a spreadsheet's byte-order mark is passed over.

    Raises DataError where semicolons part the cells: no column would be found, and all rows be passed over.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        if ";" in (header := file.readline()) and "," not in header:
            refuse(path.name, [Fault(path.name, 1, "", "cells separated by ';'", "cells separated by ','",
                                     f"Replace each by ',': {SEMICOLONS}.")])
        file.seek(0)
        return [{name: (cell or "").strip() for name, cell in row.items() if name} for row in csv.DictReader(file)]


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no placeholder"
