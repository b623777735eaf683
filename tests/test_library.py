"""Bundled packs and models are found by name, in a checkout and in a wheel's layout alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from energy_routes.errors import UsageError
from energy_routes.pack import bundled as library


@pytest.fixture(params=["checkout", "wheel"])
def layout(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packs and two models laid out as in a checkout (top-level) or in a wheel (inside the package)."""
    package = tmp_path / "energy_routes"
    root = package / "_share" if request.param == "wheel" else tmp_path
    for name in ("desert-oil", "desert-gas"):
        (root / "data" / name).mkdir(parents=True)
        (root / "data" / name / "pack.toml").write_text(f'name = "{name}"\n', "utf-8")
    (root / "data" / "notes").mkdir()  # a folder without pack.toml is no pack
    (root / "models").mkdir()
    for name in ("oil-2024", "oil-2026"):
        (root / "models" / f"{name}.toml").write_text("", "utf-8")
    monkeypatch.setattr(library, "_ROOTS", (package / "_share", tmp_path))
    return root


def test_names_are_sorted_and_only_packs_count(layout: Path) -> None:
    assert library.pack_names() == ("desert-gas", "desert-oil")
    assert library.model_names() == ("oil-2024", "oil-2026")


def test_paths_point_into_the_layout(layout: Path) -> None:
    assert library.pack_path("desert-oil") == layout / "data" / "desert-oil"
    assert library.model_path("oil-2024") == layout / "models" / "oil-2024.toml"
    assert library.data_path("notes") == layout / "data" / "notes"


def test_an_alias_means_a_model_with_a_scenario(layout: Path) -> None:
    (layout / "models" / "oil-2024.toml").write_text('aliases = { "oil-dear" = "dear" }\n', "utf-8")
    assert library.aliases() == {"oil-dear": ("oil-2024", "dear")}
    assert library.model_of("oil-dear") == ("oil-2024", ("dear",))
    assert library.model_of("oil-2024") == ("oil-2024", ())
    assert "oil-dear" not in library.model_names()
    with pytest.raises(UsageError, match="Nearest: 'oil-dear'"):
        library.model_of("oil-deer")


@pytest.mark.usefixtures("layout")
def test_an_unknown_name_is_refused_and_the_nearest_offered() -> None:
    with pytest.raises(UsageError, match=r"no data pack called 'desert_oil'.*'desert-oil'"):
        library.pack_path("desert_oil")
    with pytest.raises(UsageError, match=r"no model called 'oil2024'.*'oil-2024'"):
        library.model_path("oil2024")
    with pytest.raises(UsageError, match=r"no data folder called 'note'.*'notes'"):
        library.data_path("note")


def test_a_file_of_ones_own_is_named_with_its_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"no model called 'mine'\. .* named with its suffix: mine\.toml\."):
        library.model_of("mine")


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("name", ["../models", "notes", "", "desert-oil/pack.toml", "DESERT-OIL"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(UsageError, match="There are: desert-gas, desert-oil"):
        library.pack_path(name)


def test_nothing_installed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_ROOTS", (tmp_path / "a", tmp_path / "b"))
    assert library.model_names() == ()
    with pytest.raises(UsageError, match="reinstall"):
        library.model_path("oil-2024")


def test_the_real_ones_are_there(root: Path) -> None:
    assert set(library.pack_names()) == {path.parent.name for path in (root / "data").glob("*/pack.toml")}
    assert "kazakhstan-oil" in library.pack_names()
    assert {"oil-2022", "oil-2024", "oil-2024-monthly", "oil-2026"} <= set(library.model_names())
