"""What every study is: tables about a case, one JSON object, and files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from energy_routes.case import Case
from energy_routes.errors import UsageError
from energy_routes.pack import annotated, check_count, refusal, scratch_beside
from energy_routes.results import exact, write_table

Progress = Callable[[int, int], None]  # is told the solves done, and to do


def silent(done: int, of: int = 0) -> None:
    """Tell nobody how far it is."""


@annotated
class Study:
    """What a study found.

    A study names its JSON file (``stem``) and the ``tables`` that it saves; ``_head`` is what it says besides them: of
    a study of one case the case's name, and what ``head`` names.
    """

    case: Case
    stem: ClassVar[str]
    head: ClassVar[tuple[str, ...]] = ()
    tables: ClassVar[tuple[str, ...]]

    def _head(self) -> dict[str, Any]:
        return {"model": self.case.name} | {name: getattr(self, name) for name in self.head}

    def as_dict(self) -> dict[str, Any]:
        """The study as one JSON-ready object.

        Returns
        -------
        dict
            Undefined is None; a table is a list of its rows.
        """
        tables = {name: getattr(self, name).to_dict("records") for name in self.tables}
        out: dict[str, Any] = exact({"schema_version": 1, **self._head(), **tables})
        return out

    def to_json(self, indent: int | None = 1) -> str:
        """The study as JSON text.

        Parameters
        ----------
        indent : int or None
            Spaces a level; None: one line.

        Returns
        -------
        str
            Undefined is null.

        Raises
        ------
        UsageError
            ``indent`` is below 0.
        """
        check_count("indent", 0 if indent is None else indent, 0)
        return json.dumps(self.as_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    def save(self, folder: str | Path) -> Path:
        """Write the JSON and the tables, as Parquet and CSV, to a folder; each file appears whole or not at all.

        Parameters
        ----------
        folder : str or Path
            It is made where there is none.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        UsageError
            It is a file, or cannot be written.
        """
        place = Path(folder)
        there = place.exists()
        try:
            place.mkdir(parents=True, exist_ok=True)
            with scratch_beside(place / "new") as new:
                (new / f"{self.stem}.json").write_text(self.to_json() + "\n", encoding="utf-8")
                for table in self.tables:
                    write_table(getattr(self, table), new / table)
                for file in sorted(new.iterdir()):
                    os.replace(file, place / file.name)
        except (FileExistsError, NotADirectoryError):
            raise UsageError(f"{place} is a file: name a folder") from None
        except OSError as error:
            if not there:
                shutil.rmtree(place, ignore_errors=True)
            raise refusal(place, error) from error
        return place
