"""Packs read alike from CSV, Parquet and Excel, in inner units, and survive being written."""

from __future__ import annotations

import csv
import json
import math
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from energy_routes.errors import DataError, UsageError
from energy_routes.pack.pack import Pack, keys_of
from energy_routes.pack.reading.read import read_pack
from energy_routes.pack.schema.tables import TABLES
from energy_routes.pack.write import write_pack

MINI = Path(__file__).parent / "fixtures" / "mini"
FORMATS = {"csv": "copy", "parquet": "copy", "excel": "copy.xlsx"}


@pytest.fixture(scope="module")
def mini() -> Pack:
    return read_pack(MINI)


def one(pack: Pack, table: str, key: str, column: str) -> object:
    frame = pack.tables[table]
    return frame[column].iloc[keys_of(table, frame).index(key)]


@pytest.mark.parametrize(("table", "key", "column", "value"), [
    ("arcs", "MAIN", "capacity", 1.3 / 7.9),  # Mt/d; two grades: the pack's reference converts
    ("arcs", "MAIN", "booked", 0.005 / 7.9),
    ("arcs", "EASTLINE", "capacity", 1.5),  # Mt/month
    ("arcs", "SHIP", "capacity", math.inf),
    ("arcs", "SHIP", "tariff", 1.5 * 7.9),
    ("arcs", "GATHER", "availability", 0.95),
    ("arcs", "GATHER", "booked", 0.0),
    ("lanes", "MAIN/HEAVY", "quality", -7.1),
    ("lanes", "MAIN/HEAVY", "tariff", 4.5 * 7.1),
    ("supplies", "NORTH", "available", 0.8 / 7.9),  # Mt/d
    ("supplies", "NORTH", "cost", 6 * 7.9),
    ("markets", "CHINA", "price", 78 * 7.1),
    ("tiers", "MED/1", "depth", 0.6 / 7.9),  # Mt/d
    ("tiers", "MED/3", "discount", 2 * 7.9),
    ("differentials", "LIGHT/MED", "differential", 0.5 * 7.9),
    ("differentials", "HEAVY/", "differential", -20.0),
    ("storages", "TANKS", "working_volume", 0.9),
    ("limits", "EASTSHARE", "high_ratio", 0.4),
    ("values", "arcs/SOUTHRAIL/capacity/2024", "value", 0.08),  # Mt/month
    ("values", "arcs/MAIN/tariff/2025-03", "value", 5 * 7.9),
    ("values", "lanes/MAIN/HEAVY/yield/2025", "value", 0.995),
    ("values", "markets/MED/price/2024", "value", 82 * 7.9),
])
def test_figures_are_in_inner_units(mini: Pack, table: str, key: str, column: str, value: float) -> None:
    assert one(mini, table, key, column) == pytest.approx(value, rel=1e-14)


def test_a_row_without_commodity_converts_by_the_one_grade_that_it_is_about(tmp_path: Path) -> None:
    """An arc whose lanes carry HEAVY alone, a tier of a market priced on HEAVY; without a lane the pack's reference."""
    shutil.copytree(MINI, tmp_path / "pack")

    def changed(table: str, old: str, new: str) -> None:
        file = tmp_path / "pack" / f"{table}.csv"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    changed("arcs", "historic,3,Mt/y,1,,,10,USD/t", "historic,300,kb/d,1,,,10,USD/bbl")
    changed("tiers", "CHINA,1,unlimited,,,", "CHINA,1,100,kb/d,,")
    assert one(read_pack(tmp_path / "pack"), "arcs", "OLD", "tariff") == pytest.approx(10 * 7.9, rel=1e-14)
    changed("lanes", "EASTLINE,HEAVY", "OLD,HEAVY,,,,,,\nEASTLINE,HEAVY")
    pack = read_pack(tmp_path / "pack")
    assert one(pack, "arcs", "OLD", "tariff") == pytest.approx(10 * 7.1, rel=1e-14)
    assert one(pack, "arcs", "OLD", "capacity") == pytest.approx(0.3 / 7.1, rel=1e-14)  # Mt/d
    assert one(pack, "tiers", "CHINA/1", "depth") == pytest.approx(0.1 / 7.1, rel=1e-14)


def test_frames_are_canonical(mini: Pack) -> None:
    kinds = {"float": "float64", "int": "Int64", "bool": "bool", "str": "str", "choice": "str", "list": "object"}
    assert list(mini.tables) == list(TABLES)
    for name, frame in mini:
        assert tuple(frame.columns) == TABLES[name].names
        assert {c.name: str(frame[c.name].dtype) for c in TABLES[name].columns} == {
            c.name: kinds[c.kind] for c in TABLES[name].columns}
        for column, dimension in TABLES[name].unit_columns.items():
            inner = {"rate": {"Mt/y", "Mt/month", "Mt/d"}, "volume": {"Mt"}, "unit_value": {"USD/t"}}[dimension]
            assert set(frame[column]) <= inner
    assert one(mini, "arcs", "MAIN", "countries") == ("KZ", "RU")
    assert one(mini, "arcs", "GATHER", "chokepoints") == ()
    assert one(mini, "arcs", "GATHER", "mode") == "pipeline"
    assert one(mini, "contracts", "BOOKING", "force_majeure") is not True
    assert pd.isna(one(mini, "arcs", "SOUTHRAIL", "capacity"))  # dated only: undefined in the base, never 0
    assert pd.isna(one(mini, "lanes", "MAIN/LIGHT", "to_commodity"))


def test_rows_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "pack")
    file = tmp_path / "pack" / "arcs.csv"
    head, *rest = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([head, "", *rest]) + "\n", encoding="utf-8")  # a blank row shifts the rows below
    fault = read_pack(tmp_path / "pack").fault("arcs", 0, "capacity", found="x")
    assert (fault.file, fault.row, fault.column) == ("arcs.csv", 3, "capacity")


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_reads_alike(mini: Pack, fmt: str, tmp_path: Path) -> None:
    again = read_pack(write_pack(mini, tmp_path / FORMATS[fmt], fmt))
    for name, frame in mini:
        pd.testing.assert_frame_equal(again.tables[name], frame, check_exact=True)
    assert again.meta == mini.meta
    assert again == mini
    assert hash(again) == hash(mini)


def test_raw_files_read_alike_in_every_format(mini: Pack, tmp_path: Path) -> None:
    """The same cells as people type them, before any conversion: text or numbers, a workbook a table or one for all."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    (tmp_path / "parquet").mkdir()
    (tmp_path / "many").mkdir()
    for folder in ("parquet", "many"):
        shutil.copy(MINI / "pack.toml", tmp_path / folder)
    for file in MINI.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            head, *rows = csv.reader(stream)
        pd.DataFrame(rows, columns=head).to_parquet(tmp_path / "parquet" / f"{file.stem}.parquet")
        numbers = [[number(cell) for cell in row] for row in rows]
        sheet, own = book.create_sheet(file.stem), openpyxl.Workbook()
        for row in [head, *numbers]:
            sheet.append(row)
            own.active.append(row)
        own.save(tmp_path / "many" / f"{file.stem}.xlsx")
    meta = book.create_sheet("pack")
    for row in [("key", "value"), *((k, ";".join(v) if isinstance(v, list) else v) for k, v in mini.meta.items())]:
        meta.append(row)
    book.save(tmp_path / "one.xlsx")
    assert {read_pack(tmp_path / name).digest for name in ("parquet", "many", "one.xlsx")} == {mini.digest}


def number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell or None


def test_windows_excel_csv_reads_alike(mini: Pack, tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "pack")
    for file in (tmp_path / "pack").glob("*.csv"):
        text = file.read_text("utf-8").replace("\n", "\r\n")
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())  # byte order mark, CR LF
    assert read_pack(tmp_path / "pack") == mini


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30)
FIGURE = st.floats(0.001, 400.0)


@pytest.mark.exhaustive
@settings(max_examples=3)
@given(notes=st.lists(TEXT, min_size=4, max_size=4), figures=st.lists(FIGURE, min_size=4, max_size=4))
def test_what_is_written_reads_back(tmp_path_factory: pytest.TempPathFactory, notes: list[str],
                                    figures: list[float]) -> None:
    """Any text and any figure: quotes, commas, formulas, Cyrillic, long decimals."""
    base = tmp_path_factory.mktemp("property")
    shutil.copytree(MINI, base / "raw")
    head = ["id", "node", "commodity", "shipper", "available", "cost", "note"]
    rows = [[f"S{i}" if i else "NORTH", "FIELD", "LIGHT", "all", repr(figure), repr(figure / 3), note]
            for i, (note, figure) in enumerate(zip(notes, figures, strict=True))]
    with (base / "raw" / "supplies.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])
    pack = read_pack(base / "raw")
    for fmt, name in FORMATS.items():
        assert read_pack(write_pack(pack, base / fmt / name, fmt)) == pack
    assert pack.tables["supplies"]["available"].tolist() == pytest.approx(figures, rel=1e-14)
    assert pack.tables["supplies"]["note"].fillna("").tolist() == [note.strip() for note in notes]


def test_digest_sees_content_and_nothing_else(mini: Pack, tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "elsewhere")
    assert read_pack(tmp_path / "elsewhere").digest == mini.digest
    file = tmp_path / "elsewhere" / "arcs.csv"
    file.write_text(file.read_text("utf-8").replace(",2200,", ",2201,"), encoding="utf-8")
    assert read_pack(tmp_path / "elsewhere").digest != mini.digest


def test_a_gas_pack_has_gas_units_by_default(tmp_path: Path) -> None:
    files = {
        "pack.toml": 'title="G"\nfamily="gas"\ndescription="d"\nattribution=["a"]\nlicence="CC0"\n',
        "nodes.csv": "id,name,kind\nA,A,field\nB,B,market\n",
        "commodities.csv": "id,name,family,mj_per_m3\nGAS,Gas,gas,37\n",
        "arcs.csv": "id,from,to,capacity,unit,tariff,money_unit,length_km\n"
                    "AB,A,B,28.5,mcm/d,1.5,USD/1000m3/100km,1600\n",
        "supplies.csv": "id,node,commodity,shipper,available,unit\nS,A,GAS,x,10,\n",
        "markets.csv": "id,node,price,price_unit,reference\nM,B,8,USD/MMBtu,GAS\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    pack = read_pack(tmp_path)
    assert one(pack, "arcs", "AB", "capacity") == pytest.approx(0.0285)
    assert one(pack, "arcs", "AB", "unit") == "bcm/d"
    assert one(pack, "arcs", "AB", "tariff") == pytest.approx(24.0)
    assert one(pack, "markets", "M", "price") == pytest.approx(8 * 37e3 / 1055.05585262, rel=1e-14)
    assert (one(pack, "supplies", "S", "unit"), one(pack, "supplies", "S", "money_unit")) == ("bcm/y", "USD/1000m3")
    assert read_pack(write_pack(pack, tmp_path / "copy")) == pack


def test_writing_is_whole_or_not_at_all(mini: Pack, tmp_path: Path) -> None:
    long = replace(mini, tables={**mini.tables, "groups": mini.tables["groups"].assign(note="x" * 40_000)})
    with pytest.raises(UsageError, match="40000 characters"):
        write_pack(long, tmp_path / "long.xlsx", "excel")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("mine")
    with pytest.raises(UsageError, match="already exists"):
        write_pack(mini, tmp_path / "taken")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="cannot be written"):
        write_pack(mini, tmp_path / "file" / "below")
    with pytest.raises(UsageError, match="unknown format"):
        write_pack(mini, tmp_path / "new", "xls")  # type: ignore[arg-type]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "taken"]


def test_companions_come_along(tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "pack")
    (tmp_path / "pack" / "routes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    out = write_pack(read_pack(tmp_path / "pack"), tmp_path / "copy")
    assert (out / "routes.geojson").is_file()


def test_a_pack_travels_between_processes(mini: Pack) -> None:
    assert pickle.loads(pickle.dumps(mini)) == mini


def test_errors_travel_between_processes(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_pack(tmp_path / "nowhere")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
