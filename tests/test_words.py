"""Texts in three languages: the same keys and placeholders, numbers as each language writes them, own files on top."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from energy_routes.answer.words import HOLDER, LANGUAGES, Words
from energy_routes.case.model_file import EditFile
from energy_routes.errors import DataError, UsageError
from energy_routes.formulation import concentration, recipe
from energy_routes.formulation.declaration import DECLARED, Limit
from energy_routes.pack.schema.columns import CONFIDENCES

KAZAKH = set("әғқңөұүі")  # һ stands in few words, none of them of this trade
LATIN = re.compile(r"QazaqGaz|South Caucasus Pipeline Company|Trans Adriatic Pipeline AG|TANAP \(SGC, .*\)")
FIGURE = {"en": re.compile(r"\d+(?:,\d{3})*(?:\.\d+)*"),
          **dict.fromkeys(("ru", "kk"), re.compile(r"\d+(?:\xa0\d{3})*(?:,\d+)*"))}  # fmt: skip
USED = re.compile(r"""\bwords?\(\s*["']([a-z0-9_]+(?:\.[\w/%]+)+)["']""")


@pytest.fixture(scope="module")
def rows(root: Path) -> list[dict[str, str]]:
    return read(root / "data/words/words.csv")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder: Path, name: str, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def sentences(value: Any) -> Iterator[str]:
    """What a model file says to its readers: titles, questions, and reasons of edits with the note behind them."""
    if isinstance(value, list):
        for part in value:
            yield from sentences(part)
    elif isinstance(value, dict):
        if "reason" in value:
            yield EditFile(**value).why
        for key, part in value.items():
            yield from [part] if key in {"title", "question"} else sentences(part)


def test_every_text_is_there_in_every_language(rows: list[dict[str, str]]) -> None:
    assert [row["key"] for row in rows if not all(row[lang] for lang in LANGUAGES)] == []
    assert len({row["key"] for row in rows}) == len(rows)
    assert len(rows) > 300


def test_placeholders_are_the_same_in_every_language(rows: list[dict[str, str]]) -> None:
    assert [row["key"] for row in rows if len({frozenset(HOLDER.findall(row[lang])) for lang in LANGUAGES}) != 1] == []


def test_kazakh_is_written_in_kazakh_and_english_is_not_cyrillic(rows: list[dict[str, str]]) -> None:
    letters = set("".join(row["kk"] for row in rows).lower())
    assert letters >= KAZAKH
    assert not set("".join(row["ru"] for row in rows).lower()) & KAZAKH
    assert [row["key"] for row in rows if re.search("[а-яё]", row["en"].lower())] == []


def test_every_key_that_the_package_uses_is_known(root: Path, rows: list[dict[str, str]]) -> None:
    known = {row["key"] for row in rows}
    sources = [p for p in (root / "energy_routes").rglob("*") if p.suffix in {".py", ".js", ".html", ".j2", ".jinja"}]
    used = {key for path in sources for key in USED.findall(path.read_text(encoding="utf-8"))}
    assert {key for key in used if not key.endswith((".", "_"))} - known == set()


def test_every_grade_has_its_words(rows: list[dict[str, str]]) -> None:
    """A report counts the figures of each grade, and an answer tells that of a limit."""
    known = {row["key"] for row in rows}
    assert {f"{kind}.{grade}" for kind in ("confidence", "grade") for grade in CONFIDENCES} <= known


def test_a_text_is_filled_and_its_numbers_follow_the_language() -> None:
    said = {lang: Words.of(lang)("tip.worth.oil", price=46.21) for lang in LANGUAGES}
    assert said == {"en": "One more tonne of capacity is worth $46.2.",
                    "ru": "Ещё одна тонна пропускной способности даёт $46,2.",
                    "kk": "Өткізу қабілетінің тағы бір тоннасы $46,2 береді."}
    assert Words.of("en")("slider.step", number=3, count=2024) == "3 of 2024"  # a whole number is no measured figure


@pytest.mark.parametrize(("value", "decimals", "en", "ru"), [
    (55.42, None, "55.4", "55,4"),
    (2.0, None, "2.0", "2,0"),
    (0.3456, None, "0.35", "0,35"),
    (0.0000123, None, "0.000012", "0,000012"),
    (1240.4, None, "1,240", "1\xa0240"),
    (1234567.0, 1, "1,234,567.0", "1\xa0234\xa0567,0"),
    (-2.05, 2, "−2.05", "−2,05"),
    (-0.001, 1, "0.0", "0,0"),
    (0.0, None, "0", "0"),
])
def test_numbers(value: float, decimals: int | None, en: str, ru: str) -> None:
    assert Words.of("en").number(value, decimals) == en
    assert Words.of("ru").number(value, decimals) == Words.of("kk").number(value, decimals) == ru


def test_changes_carry_their_sign_and_shares_their_sign_of_percent() -> None:
    words = Words.of("ru")
    assert [words.signed(v, 2) for v in (0.65, -2.05, 0.0)] == ["+0,65", "−2,05", "0,00"]
    assert words.percent(0.836) == "84\xa0%"


@pytest.mark.parametrize(("labels", "en", "kk"), [
    (["2024"], "2024", "2024"),
    (["2024", "2025", "2026"], "2024–2026", "2024–2026"),
    (["2024-03"], "March 2024", "2024 ж. наурыз"),
    (["2024-01", "2024-06"], "January–June 2024", "2024 ж. қаңтар–маусым"),
    ([f"2024-{m:02}" for m in range(1, 13)], "2024", "2024"),
    (["2024-11", "2025-02"], "November 2024 – February 2025", "2024 ж. қараша – 2025 ж. ақпан"),
])
def test_spans(labels: list[str], en: str, kk: str) -> None:
    assert Words.of("en").span(labels) == en
    assert Words.of("kk").span(labels) == kk


def test_every_place_of_the_packs_and_every_label_has_its_name(root: Path) -> None:
    facts = {name: [row for path in root.glob(f"data/*/{name}.csv") for row in read(path)]
             for name in ("nodes", "arcs", "risk")}
    nodes = {row["id"] for row in facts["nodes"]}
    few = 0.05 * len(nodes)  # a new place shows the name that its table gives
    told = [row.get("country") or row.get("countries") or "" for rows in facts.values() for row in rows]
    codes = {code for cell in told for code in cell.split(";") if code}
    for lang in LANGUAGES:
        words = Words.of(lang)
        assert len(nodes - set(words.places)) <= few
        assert {code for code in codes if words.country(code) == code} == set()
        assert all(row["name"] for row in words.labels())
    kazakh = [row["name"] for row in Words.of("kk").labels()]
    assert {"Қазақстан", "Каспий теңізі", "Қара теңіз"} <= set(kazakh)


def test_an_unknown_key_or_language_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"'legend\.widht'.*Nearest: 'legend\.width'"):
        Words.of()("legend.widht")
    with pytest.raises(UsageError, match=r"no language 'kz'.*en, ru, kk"):
        Words.of("kz")
    with pytest.raises(UsageError, match=r"takes \{unit\}; given: \{units\}"):
        Words.of()("legend.width", units="Mt")


def test_a_unit_without_a_text_stays_and_a_page_gets_its_part() -> None:
    assert Words.of("ru").unit("Mt") == "млн т"
    assert Words.of("kk").unit("USD/1000m3") == "долл./мың м³"
    assert Words.of("ru").unit("parsec") == "parsec"
    assert set(Words.of().part("view.")) >= {"view.before", "view.after", "view.side", "view.change"}


def test_own_files_lie_over_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = write(tmp_path / "own", "words.csv", "key,ru", "kpi.netback,Чистая цена")
    write(own, "place_names.csv", "\ufeffid,label,label_ru,label_kk", "TENGIZ,Tengiz,Тенгизское,")
    write(own, "labels.csv", "kind,name,name_ru,name_kk,lon,lat,rank", "sea,Sea of Abai,,,50,40,1")
    words = Words.of("ru", own)
    assert words("kpi.netback") == "Чистая цена"
    assert words("kpi.exports") == "Экспорт"
    assert words.place("TENGIZ", "") == "Тенгизское"
    assert [row["name"] for row in words.labels()] == ["Sea of Abai"]  # no Russian given: the name as it stands
    assert words.file("countries.geojson").parent.name == "basemap"
    monkeypatch.setenv("ENERGY_ROUTES_WORDS", str(own))
    assert Words.of("ru")("kpi.netback") == "Чистая цена"
    with pytest.raises(UsageError, match="no folder of words"):
        Words.of("ru", tmp_path / "missing")


def test_folders_beside_a_model_count_too(tmp_path: Path) -> None:
    write(tmp_path / "words", "words.csv", "key,kk", "view.before,Дейін")
    write(tmp_path / "basemap", "countries.geojson", "{}")
    words = Words.of("kk", beside=tmp_path)
    assert words("view.before") == "Дейін"
    assert words.file("countries.geojson") == tmp_path / "basemap/countries.geojson"


def test_every_fault_of_an_own_file_is_told(tmp_path: Path) -> None:
    own = write(tmp_path / "own", "words.csv", "key,ru", "kpi.netbak,Нетбэк", "legend.width,Толщина {units}")
    with pytest.raises(DataError) as raised:
        Words.of("ru", own)
    assert [(fault.row, fault.column) for fault in raised.value.faults] == [(2, "key"), (3, "ru")]
    assert "Nearest: 'kpi.netback'" in str(raised.value)


@pytest.mark.parametrize("name", ["words.csv", "names.csv", "place_names.csv"])
def test_an_own_file_of_semicolons_is_not_passed_over(name: str, tmp_path: Path) -> None:
    own = write(tmp_path / "own", name, "en;ru" if name == "names.csv" else "key;ru", "CPC;Труба")
    with pytest.raises(DataError, match=r"separated by ';'.*Replace each by ','"):
        Words.of("ru", own)


@pytest.mark.parametrize("table", ["groups", "markets", "arcs", "limits", "supplies", "nodes", "commodities"])
def test_names_of_the_packs_can_be_told_in_kazakh(root: Path, table: str) -> None:
    """Nearly all of them: a new line shows its English name until names.csv has it."""
    words = Words.of("kk")
    rows = [row for path in root.glob(f"data/*/{table}.csv") for row in read(path)]
    names = {row["shipper"] if table == "supplies" else row["name"] for row in rows} - {""}
    missing = {name for name in names if words.name(name) == name and not LATIN.fullmatch(name)}
    assert len(missing) <= 0.05 * len(names), missing


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_title_question_and_reason_of_the_models_is_told_in_the_language(root: Path, language: str) -> None:
    words = Words.of(language)
    said = {text for path in root.glob("models/*.toml") for text in sentences(tomllib.loads(path.read_text("utf-8")))}
    assert len(said) > 200
    assert [text for text in sorted(said) if words.name(text) == text] == []


def test_no_sentence_of_names_is_left_of_what_models_say_no_more(root: Path) -> None:
    said = {text for path in root.glob("models/*.toml") for text in sentences(tomllib.loads(path.read_text("utf-8")))}
    said |= {json.loads(path.read_text("utf-8"))["attribution"] for path in root.glob("data/*/routes.geojson")}
    page = (root / "energy_routes/maps/page/web/js/model_file.js").read_text("utf-8")
    said |= set(re.findall(r'reason: "(.+?)"', page))
    told = [row["en"] for row in read(root / "data/words/names.csv") if row["en"].endswith((".", "?", "…"))]
    assert set(told) - said - {text.rpartition(" (")[0] for text in said} == set()  # a reason without its note


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_sentence_keeps_its_figures(root: Path, language: str) -> None:
    """Each figure as the language writes it: a decimal comma, thousands set apart by a space that does not break."""
    for row in read(root / "data/words/names.csv"):
        if row["en"].endswith((".", "?", "…")) and "CC BY 4.0" not in row["en"]:  # a licence's number
            english = re.sub(r"(/| per )1000 m3", "", row["en"])  # a unit
            figures = [part.translate({ord(","): "\xa0", ord("."): ","}) for part in FIGURE["en"].findall(english)]
            assert sorted(FIGURE[language].findall(row[language])) == sorted(figures), row["en"]


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_who_is_paid_in_kazakhstan_is_called_in_the_language(root: Path, language: str) -> None:
    payees = {row["payee"] for path in root.glob("data/*/payees.csv") for row in read(path) if row["country"] == "KZ"}
    told = {name: Words.of(language).name(name) for name in payees}
    brands = re.compile(r"QazaqGaz( Aimaq)?|NCOC|CIMS|CNPC|TCO|TAPLine|LLP|UCC")
    assert [name for name, said in told.items() if re.search(r"[A-Za-z]{4,}", brands.sub("", said))] == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_limits_are_called_in_the_language(language: str) -> None:
    """Each limit that a rule declares, and the short names of what is drawn, as reports put them together."""
    words = Words.of(language)
    called = {"group": "CPC", "family": "oil", "event": "storm", "tier": "1", "market": "Trieste",
              "storage": "tanks at CPC tank farm", "cap": "transit_set:risk", "outage": "CPC SPM tanker loading"}
    assert recipe.PHYSICS  # the rules have declared themselves
    limits = [concentration.CAP, *(one for one in DECLARED.values() if isinstance(one, Limit))]
    names = [one.name.format_map(called) for one in limits if one.name]
    assert len(names) > 8
    for name in (*names, "CPC eastern section", "Kashagan - Aktau rail"):
        assert not re.search(r"[A-Za-z]{4,}", words.name(name).replace("storm", "")), words.name(name)
    kinds = {one.kind for one in limits} - {"supply"}
    assert [kind for kind in sorted(kinds) if words(f"limit.{kind}") == Words.of()(f"limit.{kind}")] == []


def test_amounts_of_a_study_are_written_as_the_language_does() -> None:
    told = "Atyrau–Samara 0.581; Rail to China, Uzbekistan 1.5; CPC 12"
    assert Words.of("ru").amounts(told) == "Атырау – Самара 0,581, Железная дорога в Китай и Узбекистан 1,5, КТК 12"
    assert Words.of().amounts(told) == told.replace(";", ",")
    assert Words.of("kk").amounts("") == ""


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_credits_of_the_packs_are_told_in_the_language_and_keep_who_is_credited(root: Path, language: str) -> None:
    for path in root.glob("data/*/routes.geojson"):
        credit = json.loads(path.read_text("utf-8"))["attribution"]
        told = Words.of(language).name(credit)
        assert "Pipeline routes" not in told
        for kept in re.findall(r"Global [A-Z]\w+ [A-Z]\w+(?: Tracker)?|CC BY 4\.0|https://[\w./-]+|CC0", credit):
            assert kept in told


def test_a_name_made_of_known_ones_is_put_together() -> None:
    words = Words.of("ru")
    assert words.name("Atasu - Alashankou") == "Атасу – Алашанькоу"
    assert words.name("Soyuz: Uralsk - Alexandrov Gai") == "«Союз»: Уральск – Александров Гай"
    assert words.name("Kenkiyak - Atyrau (westward)") == "Кенкияк – Атырау (на запад)"
    assert words.name("Tengiz → CPC terminal → Trieste") == "Тенгиз → Терминал КТК → Триест"
    assert words.name("tanks at CPC tank farm, closing stock") == "резервуары: Резервуарный парк КТК, остаток на конец"
    assert words.name("Constanța, tier 2") == "Констанца, ступень 2"
    assert words.name("share of Russia") == "доля: Россия"
    assert words.name("Kenkiyak–Kumkol → Dushanzi") == "Кенкияк – Кумколь → Душаньцзы"
    assert words.name("other paths") == "прочие пути"
    built = words.name("opened by tap-20, scpfx: capacity is what is built, and capital is not in the tariff")
    assert built == "открыто строительством (tap-20, scpfx): мощность – сколько построено, капитал не входит в тариф"
    assert words.name("closing stock of 2024-05") == "остаток на конец: 2024-05"
    assert words.name("Tengiz → Nowhere") == "Tengiz → Nowhere"
    assert Words.of("en").name("Atasu - Alashankou") == "Atasu - Alashankou"


def test_a_map_is_drawn_in_ones_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from toy import TABLES, toy

    import energy_routes as er
    from energy_routes.maps.data.payload import payload

    case = toy(tmp_path / "toy", TABLES)
    plan = er.solve(case)
    write(tmp_path / "words", "names.csv", "en,ru", "Short corridor,Короткий путь")  # beside the pack
    assert "Короткий путь" in payload(plan, lang="ru").title
    own = write(tmp_path / "own", "names.csv", "en,ru", "Short corridor,Прямой путь")
    monkeypatch.setenv("ENERGY_ROUTES_WORDS", str(own))
    assert "Прямой путь" in payload(plan, lang="ru").title
