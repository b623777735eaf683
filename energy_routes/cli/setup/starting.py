"""``init``: a pack and a model of one's own, copied from the bundled ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from energy_routes.case import read_model_file
from energy_routes.cli.setup.template import write_template
from energy_routes.errors import UsageError
from energy_routes.pack import model_of, model_path, pack_path, shared_folder, written


def start(folder: Path, model: str) -> Path:
    """Copy the files of ``model``, its packs and the prices that these share to ``folder``; the model's file in it.

    All or nothing is copied.  Raises UsageError when the folder holds anything or cannot be written, or when there is
    no such model.
    """
    name, _ = model_of(model)
    models, packs = _parts(name)

    def copy(new: Path) -> None:
        for file in models:
            shutil.copyfile(file, new / file.name)
        for pack in packs:
            shutil.copytree(pack_path(pack), new / pack)
            if prices := shared_folder(pack_path(pack)):
                shutil.copytree(prices, new / prices.name, dirs_exist_ok=True)  # two packs share one

    _made(folder, copy)
    return folder / f"{name}.toml"


def start_empty(folder: Path) -> Path:
    """Write a workbook to fill in and a model to ``folder``, whole or not at all; the model's file in it.

    Raises UsageError when the folder holds anything or cannot be written.
    """
    year = datetime.now().year
    _made(folder, lambda new: write_template(new, year))
    return folder / "model.toml"


def _made(folder: Path, fill: Callable[[Path], None]) -> None:
    """A new folder with what ``fill`` puts into it.  Raises UsageError where none can be made."""
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: choose a new folder")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: choose a new folder")
    with written(folder) as new:
        new.mkdir()
        fill(new)


def _parts(model: str) -> tuple[list[Path], list[str]]:
    """The files of a model and of those it extends, and the names of their packs."""
    files, packs = [], []
    name: str | None = model
    while name:
        files.append(model_path(model_of(name)[0]))
        content = read_model_file(files[-1])
        data = content.data or []
        packs += [data] if isinstance(data, str) else data
        name = content.extends.removesuffix(".toml") if content.extends else None
    return files, list(dict.fromkeys(packs))
