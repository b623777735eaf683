"""A checked pack is kept for its files' content: the same to the last type, and never stale, torn or in the way."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rest import first
from test_own_family import pack_of_water

from energy_routes.errors import DataError
from energy_routes.pack import Pack, pack_names, pack_path, read_pack, write_pack
from energy_routes.pack.cache import cache, folder, key
from energy_routes.pack.reading import read

MINI = Path(__file__).parent / "fixtures" / "mini"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder and an empty memory."""
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(cache, "_kept", {})
    return tmp_path / "kept"


@pytest.fixture(autouse=True)
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The packs that were read from their own files and checked."""
    done: list[Path] = []
    from_files = read._read

    def counted(path: Path, prices: str | None) -> Pack:
        done.append(path)
        return from_files(path, prices)

    monkeypatch.setattr(read, "_read", counted)
    return done


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINI, tmp_path / "mini"))


def from_disk(path: Path) -> Pack:
    """The pack as a new process finds it."""
    cache._kept.clear()
    return read_pack(path)


def afresh(path: Path) -> Pack:
    """The pack from its own files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(folder.VARIABLE, folder.OFF)
        return read_pack(path)


def assert_same(one: Pack, other: Pack) -> None:
    """Equal in all that a pack has: values, types, order, what is missing, and how texts are stored."""
    for name in (f.name for f in fields(Pack) if f.name not in ("tables", "rows", "units")):
        assert (type(getattr(one, name)), getattr(one, name)) == (type(getattr(other, name)), getattr(other, name))
    assert [*one.tables] == [*other.tables]
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name], check_exact=True, check_column_type=True)
        for column in frame:
            assert_same_cells(frame[column].array, other.tables[name][column].array)
        assert_same_cells(one.rows[name], other.rows[name])
        assert [*one.units[name]] == [*other.units[name]]
        for unit, texts in one.units[name].items():
            assert_same_cells(texts, other.units[name][unit])


def assert_same_cells(one: Any, other: Any) -> None:
    assert (type(one), one.dtype, repr(one.tolist())) == (type(other), other.dtype, repr(other.tolist()))


def as_folder(to: Path) -> Path:
    return Path(shutil.copytree(MINI, to / "mini"))


def as_workbook(to: Path) -> Path:
    return write_pack(afresh(MINI), to / "mini.xlsx", "excel")


def of_water(to: Path) -> Path:
    return pack_of_water(to / "water").parent


@pytest.mark.parametrize("storage", first(["auto", "python"], 1))
@pytest.mark.parametrize("made", [as_folder, as_workbook, of_water])
def test_a_pack_comes_back_as_it_was_read(
    made: Callable[[Path], Path], storage: str, tmp_path: Path, reads: list[Path]
) -> None:
    path = made(tmp_path)
    with pd.option_context("mode.string_storage", storage):
        pack = afresh(path)
        reads.clear()
        for again in (read_pack(path), read_pack(path), from_disk(path)):
            assert_same(again, pack)
    assert reads == [path]


@pytest.mark.parametrize("name", pack_names())
def test_a_bundled_pack_comes_back_as_it_was_read(name: str, reads: list[Path]) -> None:
    pack = read_pack(pack_path(name))
    assert_same(from_disk(pack_path(name)), pack)
    assert len(reads) == 1


def test_each_way_of_keeping_texts_has_packs_of_its_own(mini: Path, reads: list[Path]) -> None:
    for storage in ("python", "pyarrow", "python"):
        with pd.option_context("mode.string_storage", storage):
            assert read_pack(mini).tables["arcs"]["id"].dtype.storage == storage
    assert len(reads) == 2


def test_equal_files_elsewhere_are_the_pack_of_that_place(mini: Path, tmp_path: Path, reads: list[Path]) -> None:
    read_pack(mini)
    there = Path(shutil.copytree(mini, tmp_path / "there"))
    assert (read_pack(there).name, read_pack(there).path, len(reads)) == ("there", there, 1)


@pytest.mark.parametrize("file", ["arcs.csv", "pack.toml"])
def test_a_changed_file_is_read(file: str, mini: Path, reads: list[Path]) -> None:
    before = read_pack(mini)
    at = (mini / file).stat()
    text = (mini / file).read_text("utf-8")
    (mini / file).write_text(text.replace("Main", "Maim").replace("Two fields", "Ten fields"), "utf-8")
    assert (mini / file).stat().st_size == at.st_size
    os.utime(mini / file, ns=(at.st_atime_ns, at.st_mtime_ns))  # as old and as long as before
    assert read_pack(mini) != before
    assert len(reads) == 2


def test_a_file_that_comes_or_goes_is_seen_and_one_that_is_no_table_is_not(mini: Path, reads: list[Path]) -> None:
    events = (mini / "events.csv").read_bytes()
    with_events = read_pack(mini)
    (mini / "events.csv").unlink()
    assert read_pack(mini).tables["events"].empty
    (mini / "events.csv").write_bytes(events)
    (mini / "SOURCES.md").write_text("no table", "utf-8")
    assert read_pack(mini) == with_events
    assert len(reads) == 2


def test_a_pack_with_a_fault_is_never_kept(mini: Path, kept: Path, reads: list[Path]) -> None:
    with (mini / "arcs.csv").open("a", encoding="utf-8") as file:
        file.write("half a row")
    for _ in range(2):
        with pytest.raises(DataError, match=r"arcs\.csv"):
            read_pack(mini)
    assert (len(reads), kept.exists()) == (2, False)


def test_a_file_changed_while_it_is_read_is_not_kept(mini: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(path: Path, prices: str | None) -> Pack:
        pack = from_files(path, prices)
        (path / "events.csv").unlink()
        return pack

    from_files = read._read
    monkeypatch.setattr(read, "_read", slow)
    assert not read_pack(mini).tables["events"].empty
    monkeypatch.setattr(read, "_read", from_files)
    assert not kept.exists()
    assert read_pack(mini).tables["events"].empty


def test_code_that_checks_otherwise_does_not_take_what_older_code_found_right(
    mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: list[Path]
) -> None:
    """An editable installation changes without a new version."""
    room = tmp_path / "room"
    shutil.copytree(key._ROOM, room)
    monkeypatch.setattr(key, "_ROOM", room)
    key._source.cache_clear()
    read_pack(mini)
    schema = room / "schema" / "columns.py"
    schema.write_text(schema.read_text("utf-8").replace("LARGEST = 1e12", "LARGEST = 1e11"), "utf-8")
    key._source.cache_clear()
    read_pack(mini)
    assert len(reads) == 2
    shutil.rmtree(room)
    key._source.cache_clear()
    assert key.key_of(mini) is None
    monkeypatch.undo()
    key._source.cache_clear()


def cut(file: Path, other: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path, other: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def empty(file: Path, other: Path) -> None:
    file.write_bytes(b"")


def mistake(file: Path, other: Path) -> None:
    shutil.copyfile(other, file)


def no_pack(file: Path, other: Path) -> None:
    folder.keep(file.name.partition(".")[0], b"whole, but no pack")


@pytest.mark.parametrize("harm", first([cut, flip, no_pack, mistake, empty], 3))
def test_a_damaged_file_is_passed_over_and_written_anew(
    harm: Callable[[Path, Path], None], mini: Path, tmp_path: Path, kept: Path, reads: list[Path]
) -> None:
    pack = read_pack(mini)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    other = tmp_path / "other"
    shutil.copytree(mini, other)
    (other / "events.csv").unlink()
    read_pack(other)
    harm(file, next(path for path in kept.iterdir() if path != file))
    assert_same(from_disk(mini), pack)
    assert (len(reads), file.read_bytes()) == (3, whole)


def test_it_can_be_switched_off(mini: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, reads: list[Path]) -> None:
    monkeypatch.setenv(folder.VARIABLE, "off")
    read_pack(mini)
    read_pack(mini)
    assert (len(reads), kept.exists(), Path("off").exists()) == (2, False, False)


def test_it_lies_in_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(folder.VARIABLE)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name, appauthor: tmp_path / ".cache" / name)
    assert folder.folder() == tmp_path / ".cache" / "energy-routes"
    for homeless in (tmp_path / "gone" / ".cache", Path("~") / ".cache"):
        monkeypatch.setattr("platformdirs.user_cache_path", lambda name, appauthor, at=homeless: at / name)
        assert folder.folder() is None
        folder.keep("key", b"content")
        assert (folder.find("key"), homeless.parent.exists()) == (None, False)


def test_a_folder_that_cannot_be_written_is_no_matter(mini: Path, kept: Path, reads: list[Path]) -> None:
    kept.write_text("a file where the folder should be", "utf-8")
    pack = read_pack(mini)
    assert_same(read_pack(mini), pack)
    assert len(reads) == 1  # from memory
    assert_same(from_disk(mini), pack)
    assert len(reads) == 2


def test_a_full_disk_leaves_no_half_file(mini: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    read_pack(mini)
    assert list(kept.iterdir()) == []


def test_many_at_once_find_it_whole(mini: Path, kept: Path) -> None:
    arcs = afresh(mini).tables["arcs"]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(from_disk, [mini] * 8):
            assert found.tables["arcs"].equals(arcs)
    assert [file.suffix for file in kept.iterdir()] == [folder.SUFFIX]


def test_only_the_newest_are_kept_and_what_is_not_ours_stays(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "NEWEST", 2)
    kept.mkdir()
    (kept / "notes.txt").write_text("the user's", "utf-8")
    for at, name in enumerate("abc"):
        folder.keep(name, b"content")
        os.utime(kept / f"{name}{folder.SUFFIX}", (at, at))
    folder.keep("d", b"content")
    assert {file.name for file in kept.iterdir()} == {"notes.txt", f"c{folder.SUFFIX}", f"d{folder.SUFFIX}"}


def test_memory_holds_a_few(mini: Path, monkeypatch: pytest.MonkeyPatch, reads: list[Path]) -> None:
    monkeypatch.setattr(cache, "IN_MEMORY", 1)
    read_pack(mini)
    (mini / "events.csv").unlink()
    read_pack(mini)
    assert len(cache._kept) == 1


def test_memory_holds_what_was_asked_for_last(mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "IN_MEMORY", 2)
    for text in ("first", "second", "first", "third"):
        meta = (mini / "pack.toml").read_text("utf-8")
        (mini / "pack.toml").write_text(re.sub("title = .*", f'title = "{text}"', meta), "utf-8")
        read_pack(mini)
    assert [pack.title for pack in cache._kept.values()] == ["first", "third"]


def test_writing_into_a_pack_does_not_reach_the_next(mini: Path) -> None:
    for _ in range(2):
        pack = read_pack(mini)
        pack.tables["arcs"].loc[0, "capacity"] = -1.0
        pack.tables["arcs"]["note"] = "mine"
        pack.tables["nodes"].pop("name")
        pack.meta["title"] = "mine"
        pack.meta["attribution"].append("me")
        del pack.tables["events"], pack.files["arcs"]
        for array in (pack.rows["arcs"], pack.units["arcs"]["unit"]):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    assert_same(read_pack(mini), afresh(mini))
    assert_same(from_disk(mini), afresh(mini))
