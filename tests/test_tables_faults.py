"""One broken thing for each check: it is found, told at its place with its repair; the clean pack has no fault."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from energy_routes.errors import DataError, Fault
from energy_routes.pack.pack import keys_of
from energy_routes.pack.reading.read import read_pack
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.write import write_pack

MINI = Path(__file__).parent / "fixtures" / "mini"
Break = Callable[[Path], None]


def load(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def save(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def put(table: str, key: str, /, **cells: str) -> Break:
    """Write cells into the first row whose cells, joined by '/', begin with ``key``; make missing columns."""
    def run(folder: Path) -> None:
        rows = load(folder / f"{table}.csv")
        row = next(row for row in rows if "/".join(row).startswith(f"{key}/"))
        for name, cell in cells.items():
            name = name.rstrip("_")
            if name not in rows[0]:
                for i, other in enumerate(rows):
                    other.append("" if i else name)
            row[rows[0].index(name)] = cell
        save(folder / f"{table}.csv", rows)
    return run


def add(table: str, *cells: str) -> Break:
    """Append a row, blank cells at its end left out."""
    def run(folder: Path) -> None:
        rows = load(folder / f"{table}.csv")
        save(folder / f"{table}.csv", [*rows, [*cells, *[""] * (len(rows[0]) - len(cells))]])
    return run


def drop(table: str, key: str) -> Break:
    """Take out the rows whose key begins with ``key``."""
    def run(folder: Path) -> None:
        rows = load(folder / f"{table}.csv")
        kept = [row for row in rows if not "/".join(row).startswith(key)]
        assert len(kept) < len(rows)
        save(folder / f"{table}.csv", kept)
    return run


def rename(table: str, column: str, new: str) -> Break:
    def run(folder: Path) -> None:
        rows = load(folder / f"{table}.csv")
        save(folder / f"{table}.csv", [[new if name == column else name for name in rows[0]], *rows[1:]])
    return run


def text(file: str, change: Callable[[bytes], bytes]) -> Break:
    def run(folder: Path) -> None:
        (folder / file).write_bytes(change((folder / file).read_bytes() if (folder / file).exists() else b""))
    return run


def directory(file: str) -> Break:
    def run(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).mkdir()
    return run


def both(*breaks: Break) -> Break:
    def run(folder: Path) -> None:
        for one in breaks:
            one(folder)
    return run


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(DataError) as caught:
        read_pack(folder)
    assert caught.value.exit_code == 3
    return list(caught.value.faults)


# what is broken: how, the place (file, row, column), words of the message
FILES = {
    "no arcs": (lambda f: (f / "arcs.csv").unlink(), "arcs.csv", 0, "", ["the table is missing", "Add the file"]),
    "no pack.toml": (lambda f: (f / "pack.toml").unlink(), "pack.toml", 0, "", ["missing", "title, family"]),
    "pack.toml typo": (text("pack.toml", lambda b: b.replace(b"licence", b"license")), "pack.toml", 0, "license",
                       ["no key 'license'", "'licence'"]),
    "pack.toml syntax": (text("pack.toml", lambda b: b + b"title = \n"), "pack.toml", 0, "", ["line 7"]),
    "pack.toml twice": (text("pack.toml", lambda b: b + b'title = "x"\n'), "pack.toml", 0, "", ["TOML"]),
    "pack.toml number": (text("pack.toml", lambda b: b.replace(b'"CC0-1.0"', b"1")), "pack.toml", 0, "licence",
                         ["expected text"]),
    "pack.toml without title": (text("pack.toml", lambda b: b[b.index(b"family"):]), "pack.toml", 0, "title",
                                ["missing"]),
    "pack.toml family": (text("pack.toml", lambda b: b.replace(b'"oil"', b'"coal"')), "pack.toml", 0, "family",
                         ["'coal'", "oil | gas"]),
    "pack.toml reference": (text("pack.toml", lambda b: b.replace(b'"LIGHT"', b'"LIGTH"')), "pack.toml", 0, "reference",
                            ["'LIGTH' is not in commodities.csv", "'LIGHT'"]),
    "pack.toml a directory": (directory("pack.toml"), "pack.toml", 0, "", ["a directory"]),
    "arcs a directory": (directory("arcs.csv"), "arcs.csv", 0, "", ["a directory", "expected a file"]),
    "half a row": (text("arcs.csv", lambda b: b[:len(b) // 2].rsplit(b",", 4)[0]), "arcs.csv", 5, "",
                   ["cells", "as in the header", "cut off"]),
    "an open quote": (text("nodes.csv", lambda b: b[:b.index(b"Sicily")]), "nodes.csv", 8, "",
                      ["cannot be read", "quote"]),
    "one cell more": (text("tiers.csv", lambda b: b.replace(b"MED,2,20,", b"MED,2,20,5,")), "tiers.csv", 3, "",
                      ["7 cells", "expected 6", "quotes"]),
    "empty file": (text("tiers.csv", lambda b: b""), "tiers.csv", 1, "", ["an empty file"]),
    "windows-1251": (text("nodes.csv", lambda b: b.decode().encode("cp1251", "replace")), "nodes.csv", 2, "",
                     ["byte 40 (0xd1) is not UTF-8", "Save the file as UTF-8", "Северное пол"]),
    "utf-16": (text("nodes.csv", lambda b: b.decode().encode("utf-16")), "nodes.csv", 0, "", ["UTF-16"]),
    "semicolons": (text("limit_terms.csv", lambda b: b.replace(b",", b";")), "limit_terms.csv", 1, "",
                   ["separated by ';'", "Put the table in an .xlsx sheet"]),
    "a title": (text("limit_terms.csv", lambda b: b"Terms,,\n" + b), "limit_terms.csv", 1, "",
                ["'Terms' alone", "Delete what stands above row 2."]),
    "control character": (put("nodes", "REF", name="Ref\x07inery"), "nodes.csv", 7, "name", [r"'\x07'"]),
    "unknown table": (text("arc.csv", lambda b: b"id\n1\n"), "arc.csv", 0, "", ["no table 'arc'", "Nearest: 'arcs'"]),
    "half a parquet": (text("tiers.parquet", lambda b: b"PAR1 half"), "tiers.parquet", 0, "", ["not a whole Parquet"]),
    "half a workbook": (text("more.xlsx", lambda b: b"PK\x03\x04 half"), "more.xlsx", 0, "", ["not a whole Excel"]),
    "unknown column": (rename("arcs", "tariff", "tarif"), "arcs.csv", 1, "tarif", ["no column 'tarif'", "'tariff'"]),
    "column twice": (rename("arcs", "tariff", "mode"), "arcs.csv", 1, "mode", ["stands twice"]),
    "missing column": (rename("arcs", "to", "note2"), "arcs.csv", 1, "to", ["the column is missing"]),
}
CELLS = {
    "required cell": (put("arcs", "MAIN", from_=""), "arcs.csv", 3, "from", ["a blank cell", "Fill it"]),
    "word for number": (put("arcs", "MAIN", length_km="long"), "arcs.csv", 3, "length_km", ["'long'", "finite number"]),
    "decimal comma": (put("arcs", "MAIN", tariff="38,5"), "arcs.csv", 3, "tariff", ["'38,5'", "Write 38.5"]),
    "thousands": (put("arcs", "MAIN", capacity="1 300"), "arcs.csv", 3, "capacity", ["Write 1300"]),
    "nan": (put("arcs", "MAIN", tariff="NaN"), "arcs.csv", 3, "tariff", ["'NaN'", "Leave the cell blank"]),
    "inf": (put("arcs", "MAIN", capacity="inf"), "arcs.csv", 3, "capacity", ["'inf'", "write 'unlimited'"]),
    "minus infinity": (put("arcs", "MAIN", capacity="-Infinity"), "arcs.csv", 3, "capacity", ["'-Infinity'"]),
    "overflow": (put("arcs", "MAIN", capacity="1e999"), "arcs.csv", 3, "capacity", ["'1e999'"]),
    "unlimited tariff": (put("arcs", "MAIN", tariff="unlimited"), "arcs.csv", 3, "tariff",
                         ["'unlimited'", "a number always"]),
    "Unlimited": (put("arcs", "MAIN", capacity="Unlimited"), "arcs.csv", 3, "capacity", ["Write 'unlimited'"]),
    "negative capacity": (put("arcs", "MAIN", capacity="-1"), "arcs.csv", 3, "capacity", ["'-1'", "at least 0"]),
    "availability": (put("arcs", "MAIN", availability="1.7"), "arcs.csv", 3, "availability", ["'1.7'", "[0, 1]"]),
    "availability %": (put("arcs", "MAIN", availability="170%"), "arcs.csv", 3, "availability", ["'170%'"]),
    "yield nothing": (put("lanes", "MAIN/HEAVY", yield_="0"), "lanes.csv", 3, "yield", ["(0, 1]"]),
    "latitude": (put("nodes", "REF", lat="91"), "nodes.csv", 7, "lat", ["[-90, 90]"]),
    "whole number": (put("tiers", "MED/2", tier="2.5"), "tiers.csv", 3, "tier", ["whole number"]),
    "truth": (put("markets", "MED", export="maybe"), "markets.csv", 2, "export", ["true or false"]),
    "choice": (put("arcs", "MAIN", status="operatin"), "arcs.csv", 3, "status", ["operating | idle", "'operating'"]),
    "country": (put("nodes", "REF", country="Kazakhstan"), "nodes.csv", 7, "country", ["two-letter"]),
    "country in a list": (put("arcs", "MAIN", countries="KZ;ru"), "arcs.csv", 3, "countries", ["'ru'"]),
    "id with /": (add("nodes", "A/B", "x", "hub"), "nodes.csv", 10, "id", ["'A/B'"]),
    "month 13": (put("values", "arcs/MAIN/capacity", period="2024-13"), "values.csv", 3, "period",
                 ["'2024-13'", "*-03"]),
    "contract month 0": (put("contracts", "BOOKING", from_period="2024-00"), "contracts.csv", 2, "from_period",
                         ["2024-03"]),
}
LINKS = {
    "duplicate id": (add("nodes", "HUB", "Hub again", "hub"), "nodes.csv", 10, "id", ["'HUB' stands already in row 3"]),
    "an id that looks the same": (both(add("nodes", "E\u0301", "One", "hub"), add("nodes", "\u00c9", "Two", "hub")),
                                  "nodes.csv", 11, "id", ["stands already in row 10, where its accents are other"]),
    "a reference that looks the same": (both(add("nodes", "\u00c9", "One", "hub"), put("arcs", "MAIN", to="E\u0301")),
                                        "arcs.csv", 3, "to", ["is not in nodes.csv", "which looks the same", "Copy"]),
    "a number of hundreds of digits": (put("arcs", "MAIN", year="9" * 400), "arcs.csv", 3, "year", ["1900 to 2100"]),
    "duplicate key": (add("lanes", "MAIN", "LIGHT"), "lanes.csv", 6, "", ["'MAIN/LIGHT'", "row 2"]),
    "duplicate dated": (add("values", "arcs", "MAIN", "capacity", "*-01", "49", "Mt/y"), "values.csv", 8, "",
                        ["row 3"]),
    "duplicate blank key": (add("differentials", "HEAVY", "", "-19"), "differentials.csv", 4, "", ["'HEAVY/'"]),
    "dangling node": (put("arcs", "MAIN", to="PROT"), "arcs.csv", 3, "to", ["'PROT' is not in nodes.csv", "'PORT'"]),
    "dangling in a list": (put("obligations", "REF_NEED", commodities="LIGHT;HAEVY"), "obligations.csv", 2,
                           "commodities",
                           ["'HAEVY'", "'HEAVY'"]),
    "dangling arc": (put("limit_terms", "BERTHS", arc="SHPI"), "limit_terms.csv", 2, "arc", ["'SHIP'"]),
    "dangling limit": (put("limits", "EASTSHARE", relative_to="EXPORT"), "limits.csv", 4, "relative_to", ["'EXPORTS'"]),
    "values table": (put("values", "arcs/MAIN/capacity", table="arc"), "values.csv", 3, "table", ["'arc'", "'arcs'"]),
    "values undated table": (put("values", "arcs/MAIN/capacity", table="groups"), "values.csv", 3, "table",
                             ["'groups'"]),
    "values id": (put("values", "arcs/MAIN/capacity", id="MIAN"), "values.csv", 3, "id",
                  ["'MIAN' is not in arcs", "'MAIN'"]),
    "values compound id": (put("values", "tiers/MED/2", id="MED"), "values.csv", 7, "id",
                           ["'MED' is not in tiers", "joined by '/'"]),
    "values field": (put("values", "arcs/MAIN/capacity", field="capacty"), "values.csv", 3, "field", ["'capacity'"]),
    "values text field": (put("values", "arcs/MAIN/capacity", field="status"), "values.csv", 3, "field", ["'status'"]),
    "values range": (put("values", "lanes/MAIN/HEAVY", value="120"), "values.csv", 5, "value", ["yield 1.2", "(0, 1]"]),
    "values unlimited": (put("values", "markets/MED", value="unlimited"), "values.csv", 6, "value", ["'unlimited'"]),
    "supply nowhere": (put("supplies", "NORTH", available=""), "supplies.csv", 2, "available",
                       ["a number or 'unlimited'"]),
    "estimate without note": (put("arcs", "MAIN", confidence="estimate", source="estimate"), "arcs.csv", 3, "note",
                              ["how it was estimated"]),
    "source says estimate": (put("arcs", "MAIN", confidence="low", source="computed"), "arcs.csv", 3, "note",
                             ["computed"]),
    "no source": (put("arcs", "MAIN", confidence="high"), "arcs.csv", 3, "source", ["no source", "'high'"]),
    "two families": (put("commodities", "HEAVY", family="gas"), "commodities.csv", 3, "family",
                     ["'gas' in a pack of oil"]),
    "self-loop": (put("arcs", "MAIN", to="HUB"), "arcs.csv", 3, "to", ["from 'HUB' to itself"]),
    "group without meter": (drop("meters", "transit/RU"), "groups.csv", 5, "group", ["transit 'RU' has no meter"]),
    "meter without group": (put("meters", "transit/RU", group="RUS"), "meters.csv", 6, "group", ["'RUS'"]),
    "meter of two": (put("meters", "transit/RU", market="MED"), "meters.csv", 6, "arc", ["both an arc and a market"]),
    "meter of none": (put("meters", "transit/RU", arc=""), "meters.csv", 6, "arc", ["neither"]),
    "limit without terms": (drop("limit_terms", "BERTHS"), "limits.csv", 2, "id", ["'BERTHS' has no terms"]),
    "ratio to nothing": (put("limits", "EASTSHARE", relative_to=""), "limits.csv", 4, "relative_to",
                         ["a ratio to nothing"]),
    "no ratio": (put("limits", "EASTSHARE", high_ratio=""), "limits.csv", 4, "relative_to", ["without a ratio"]),
    "ratio to itself": (put("limits", "EASTSHARE", relative_to="EASTSHARE"), "limits.csv", 4, "relative_to",
                        ["itself"]),
    "ratios crossed": (put("limits", "EASTSHARE", low_ratio="0.6"), "limits.csv", 4, "low_ratio", ["0.6, above"]),
}
FIGURES = {
    "bounds crossed": (put("limits", "BERTHS", low="51"), "limits.csv", 2, "low", ["low 51 is above high 50"]),
    "minimum hardly above capacity": (put("arcs", "EASTLINE", capacity="2", unit="Mt/y", availability="1", booked="0",
                                          minimum="2.0000001"), "arcs.csv", 5, "minimum", ["minimum of 2.0000001"]),
    "minimum above capacity": (put("arcs", "EASTLINE", minimum="1.6"), "arcs.csv", 5, "minimum", ["leaves 18", "19.2"]),
    "minimum in a season": (add("values", "arcs", "EASTLINE", "capacity", "*-02", "5", "Mt/y"), "arcs.csv", 5,
                            "minimum",
                            ["in *-02", "leaves 5", "minimum of 6"]),
    "minimum in a year": (add("values", "arcs", "EASTLINE", "availability", "2025", "30", "%"), "arcs.csv", 5,
                          "minimum",
                          ["in 2025", "18 x availability 0.3"]),
    "booked above capacity": (put("arcs", "EASTLINE", booked="1.6", minimum=""), "arcs.csv", 5, "booked",
                              ["leaves -1.2"]),
    "supply minimum": (put("supplies", "NORTH", minimum="801"), "supplies.csv", 2, "minimum", ["above available"]),
    "opening above tank": (put("storages", "TANKS", opening="901"), "storages.csv", 2, "opening", ["0.901", "0.9"]),
    "tiers fall": (put("tiers", "MED/3", discount="0.5"), "tiers.csv", 4, "discount", ["3.95 is below 6"]),
    "tiers fall in a year": (put("values", "tiers/MED/2", value="16"), "tiers.csv", 4, "discount",
                             ["in 2025", "below 16"]),
    "tier gap": (put("tiers", "MED/3", tier="4"), "tiers.csv", 4, "tier", ["4 follows 2", "expected 3"]),
    "tiers from 0": (put("tiers", "CHINA/1", tier="2"), "tiers.csv", 5, "tier", ["2 follows 0", "expected 1"]),
}
UNITS = {
    "unit of another dimension": (put("arcs", "MAIN", unit="Mt"), "arcs.csv", 3, "unit",
                                  ["'Mt' is a volume", "'Mt/y'"]),
    "unit unknown": (put("arcs", "MAIN", unit="Mtpa"), "arcs.csv", 3, "unit", ["'Mtpa' is not known"]),
    "gas unit in oil": (put("arcs", "MAIN", unit="bcm/y"), "arcs.csv", 3, "unit", ["in a pack of oil", "Mt/y"]),
    "money unit": (put("markets", "MED", price_unit="USD"), "markets.csv", 2, "price_unit", ["'USD' is not known"]),
    "dated unit": (put("values", "arcs/MAIN/capacity", unit="USD/t"), "values.csv", 3, "unit", ["is a unit value"]),
    "dated share": (put("values", "lanes/MAIN/HEAVY", unit="Mt/y"), "values.csv", 5, "unit", ["is a rate", "fraction"]),
    "no bbl/t": (both(put("commodities", "LIGHT", bbl_per_t=""), put("commodities", "HEAVY", bbl_per_t="")),
                 "supplies.csv", 2, "available", ["800 kb/d", "bbl_per_t"]),
    "no length": (put("arcs", "GATHER", money_unit="USD/t/100km", length_km=""), "arcs.csv", 2, "tariff",
                  ["length_km"]),
    "kt for Mt": (put("arcs", "GATHER", capacity="60000"), "arcs.csv", 2, "capacity",
                  ["60000 Mt/y", "Likely kt/y, not Mt/y"]),
    "Mt for kb/d": (put("arcs", "MAIN", unit="Mt/y", booked="", minimum=""), "arcs.csv", 3, "capacity", ["1300 Mt/y"]),
    "Mt for kt storage": (put("storages", "TANKS", volume_unit="Mt"), "storages.csv", 2, "working_volume",
                          ["Likely kt"]),
    "cents": (put("arcs", "GATHER", tariff="1000"), "arcs.csv", 2, "tariff", ["1000 USD/t", "1000 times too large"]),
    "t/bbl": (put("commodities", "LIGHT", bbl_per_t="0.137"), "commodities.csv", 2, "bbl_per_t",
              ["tonnes per barrel", "7.299"]),
    "dated slip": (put("values", "arcs/MAIN/capacity", value="50000"), "values.csv", 3, "value", ["Likely kt/y"]),
}
PATHS = {
    "supply without outlet": (put("arcs", "GATHER", status="idle"), "supplies.csv", 2, "node",
                              ["no available arcs lead"]),
    "outlet without capacity": (put("arcs", "GATHER", capacity="0"), "supplies.csv", 2, "node",
                                ["'NORTH' from 'FIELD'"]),
    "meter crossed twice": (add("meters", "transit", "RU", "SHIP"), "meters.csv", 9, "arc",
                            ["transit 'RU' at 'MAIN', then again at 'SHIP'"]),
    "partition crossed twice": (add("meters", "corridor", "EAST", "SHIP"), "meters.csv", 9, "arc",
                                ["the partition by corridor at 'MAIN'"]),
    "partition with a gap": (drop("meters", "corridor/EAST/EASTLINE//HEAVY"), "markets.csv", 3, "id",
                             ["HUB → EAST → CHINA", "no meter of a corridor"]),
}
ALL = {**FILES, **CELLS, **LINKS, **FIGURES, **UNITS, **PATHS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(MINI, tmp_path / "pack")
    return tmp_path / "pack"


def test_the_clean_pack_has_no_fault_and_fills_every_table() -> None:
    pack = read_pack(MINI)
    assert [name for name, frame in pack if not len(frame)] == ["families", "family_units"]  # it is of oil


@pytest.mark.parametrize("name", ALL)
def test_each_fault_is_told_at_its_place(name: str, folder: Path) -> None:
    """And once, where one mistake is one fault: in a cell, a figure, a path."""
    how, *place, words = ALL[name]
    how(folder)
    faults = faults_of(folder)
    there = [fault for fault in faults if [fault.file, fault.row, fault.column] == place]
    assert there, "\n".join(map(str, faults))
    assert any(all(word in str(fault) for word in words) for fault in there), "\n".join(map(str, there))
    assert len(there) == 1 or name not in {**CELLS, **FIGURES, **PATHS}


def test_all_faults_come_at_once_in_order(folder: Path) -> None:
    chosen = ["negative capacity", "latitude", "unit of another dimension", "tier gap", "values id", "no source",
              "group without meter"]
    for name in chosen:
        ALL[name][0](folder)
    faults = faults_of(folder)
    places = [(fault.file, fault.row) for fault in faults]
    assert {ALL[name][1] for name in chosen} <= {file for file, _ in places}
    order = [f"{name}.csv" for name in TABLES]
    assert places == sorted(places, key=lambda place: (order.index(place[0]), place[1]))


def test_capacity_may_be_dated_only(folder: Path) -> None:
    put("arcs", "SOUTHRAIL", capacity="")(folder)
    read_pack(folder)
    drop("values", "arcs/SOUTHRAIL")(folder)
    [fault] = faults_of(folder)
    assert (fault.file, fault.row, fault.column) == ("arcs.csv", 7, "capacity")
    assert "dated rows of values" in str(fault)


def test_checked_silences_a_plausible_band_and_only_that(folder: Path) -> None:
    put("arcs", "GATHER", capacity="60000", note="checked: a test of the band")(folder)
    assert read_pack(folder).tables["arcs"]["capacity"].iloc[0] == 60000.0
    put("arcs", "GATHER", availability="2")(folder)
    assert [fault.column for fault in faults_of(folder)] == ["availability"]


def test_zero_and_unlimited_are_statements_not_slips(folder: Path) -> None:
    put("arcs", "OLD", capacity="0")(folder)
    put("supplies", "SMALL", available="0")(folder)
    read_pack(folder)


def test_a_supply_of_nothing_needs_no_outlet(folder: Path) -> None:
    put("arcs", "GATHER", status="idle")(folder)
    put("supplies", "NORTH", available="0", minimum="0")(folder)
    read_pack(folder)


def test_a_table_in_two_formats_is_refused(folder: Path, tmp_path: Path) -> None:
    write_pack(read_pack(MINI), tmp_path / "copy", "parquet")
    shutil.copy(tmp_path / "copy" / "arcs.parquet", folder)
    [fault] = faults_of(folder)
    assert "also in arcs.csv" in fault.found


def test_typed_files_refuse_nan_and_inf_too(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    write_pack(read_pack(MINI), tmp_path / "copy", "parquet")
    file = tmp_path / "copy" / "lanes.parquet"
    table = pq.read_table(file)
    at = table.column_names.index("rebate")
    pq.write_table(table.set_column(at, "rebate", pa.array([float("nan"), float("inf"), 0.0, 0.0])), file)
    faults = faults_of(tmp_path / "copy")
    assert [(fault.file, fault.row, fault.found) for fault in faults] == [
        ("lanes.parquet", 2, "'nan'"), ("lanes.parquet", 3, "'inf'")]


def test_a_broken_file_is_told_without_the_echo_of_what_refers_to_it(folder: Path) -> None:
    FILES["windows-1251"][0](folder)
    assert [fault.file for fault in faults_of(folder)] == ["nodes.csv"]


@pytest.mark.parametrize("table", ["arcs", "limit_terms", "meters", "values", "commodities"])
def test_half_a_file_has_one_fault(table: str, folder: Path) -> None:
    file = folder / f"{table}.csv"
    file.write_bytes(file.read_bytes()[:-20].rsplit(b",", 1)[0])
    [fault] = faults_of(folder)
    assert fault.file == file.name
    assert "cut off" in fault.repair


def test_places_that_are_no_packs(tmp_path: Path) -> None:
    (tmp_path / "kazakhstan-oil").mkdir()
    [fault] = faults_of(tmp_path / "kazakstan-oil")
    assert "no such folder" in fault.found
    assert "kazakhstan-oil" in fault.repair
    [fault] = faults_of(MINI / "arcs.csv")
    assert "expected a folder of tables, or one .xlsx workbook" in str(fault)
    (tmp_path / "half.xlsx").write_bytes(b"PK")
    assert any("not a whole Excel workbook" in fault.found for fault in faults_of(tmp_path / "half.xlsx"))
    empty = {fault.file for fault in faults_of(tmp_path / "kazakhstan-oil")}
    assert empty == {"pack.toml", *(f"{name}.csv" for name, table in TABLES.items() if table.required)}


def test_keys_join_their_parts() -> None:
    pack = read_pack(MINI)
    assert keys_of("lanes", pack.tables["lanes"])[1] == "MAIN/HEAVY"
    assert keys_of("differentials", pack.tables["differentials"])[1] == "HEAVY/"
