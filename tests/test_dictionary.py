"""The committed data dictionary is the one that the schema gives."""

from __future__ import annotations

from pathlib import Path

from energy_routes.pack.schema.dictionary import markdown
from energy_routes.pack.schema.tables import TABLES


def test_the_committed_dictionary_is_current(root: Path) -> None:
    text = (root / "docs" / "data-dictionary.md").read_text("utf-8")
    assert text == markdown(), "run: python -m energy_routes.pack.schema.dictionary > docs/data-dictionary.md"


def test_every_column_is_told_with_its_meaning() -> None:
    text = markdown()
    for table in TABLES.values():
        section = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert column.meaning, f"{table.name}.{column.name}"
            assert f"| `{column.name}` |" in section
