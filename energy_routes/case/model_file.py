"""Reading ``models/*.toml``: a closed schema, so that a typing slip is an error and never silently ignored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, create_model

from energy_routes.case.policy.policy import LEVERS
from energy_routes.errors import DataError, Fault
from energy_routes.pack import nearest, printable, read_text, toml_of


def _said(texts: Any) -> Any:
    if not all(text.strip() for text in ([texts] if isinstance(texts, str) else texts)):
        raise ValueError("a text that says something, or no such key")
    return texts


Said = Annotated[str, AfterValidator(_said)]
Several = Annotated[str | list[str], AfterValidator(_said)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)  # each is made when a file first has one


if TYPE_CHECKING:
    PolicyFile = _Closed
else:  # ``[policy]``: a field a lever
    PolicyFile = create_model("PolicyFile", __base__=_Closed, **{name: kind.in_file for name, kind in LEVERS.items()})


class Change(_Closed):
    """``{ set = 2.2, unit = "Mt/y" }``: exactly one of set, scale, add."""

    set: bool | float | int | str | None = None
    scale: float | int | None = None
    add: float | int | None = None
    unit: Said | None = None


class EditFile(BaseModel):
    """``[[edit]]``: a target, a reason, and one change a field; further keys are fields of the target's table.

    ``note = "checked"`` says that a figure which is not plausible is meant.  ``event`` names the unforeseen event that
    the edit is a part of.
    """

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)

    target: Said
    reason: Said
    source: str = ""
    note: str = ""
    event: str = ""
    periods: list[str] = Field(default_factory=list)

    @property
    def why(self) -> str:
        """The reason, and the note behind it: what a list of edits says."""
        return f"{self.reason} ({self.note})" if self.note else self.reason

    def changes(self) -> dict[str, Any]:
        return dict(self.model_extra or {})

    def opens(self) -> bool:
        """Whether it sets the status of an arc to operating."""
        return self.target.startswith("arc:") and self.changes().get("status") in ("operating", {"set": "operating"})


class RouteFile(_Closed):
    """``[[edit]]`` with ``add_route``: a line drawn in a GIS file becomes a route; what is said here goes before what
    the file's attributes say.  ``tolerance_km``: how far from a node a line may end.
    """

    add_route: Said
    reason: Said
    source: str = ""
    layer: str | None = None
    tolerance_km: float | int | None = None
    id: str | None = None
    name: str | None = None
    start: str | None = Field(default=None, alias="from")
    end: str | None = Field(default=None, alias="to")
    capacity: float | int | str | None = None
    unit: str | None = None
    commodity: str | None = None
    mode: str | None = None
    tariff: float | int | None = None
    capex: float | int | None = None
    note: str | None = None

    def told(self) -> dict[str, Any]:
        """What it says of the route itself, by the names that :func:`energy_routes.network.routes_from_file` takes."""
        return self.model_dump(exclude={"add_route", "reason", "source"}, exclude_none=True)


def _which(value: Any) -> str:
    drawn = "add_route" in value if isinstance(value, dict) else isinstance(value, RouteFile)
    return "drawn" if drawn else "change"


AnyEdit = Annotated[Annotated[EditFile, Tag("change")] | Annotated[RouteFile, Tag("drawn")], Discriminator(_which)]


class ScenarioFile(_Closed):
    """``[scenario.NAME]``: a named list of edits and policy changes; its title, if it has one, replaces the model's."""

    title: Said | None = None
    prices: Said | None = None
    edit: list[AnyEdit] = Field(default_factory=list)
    policy: PolicyFile = Field(default_factory=PolicyFile)


class ModelFile(_Closed):
    """One question."""

    title: Said | None = None
    question: Said | None = None
    source: Several | None = None
    subject: Several | None = None
    extends: Said | None = None
    data: Several | None = None
    year: int | list[int] | None = None
    periods: Literal["year", "month"] | None = None
    prices: Said | None = None
    deck: Several | None = None
    as_of: Said | None = None
    actuals: Said | None = None
    policy: PolicyFile = Field(default_factory=PolicyFile)
    edit: list[AnyEdit] = Field(default_factory=list)
    scenario: dict[Said, ScenarioFile] = Field(default_factory=dict)
    aliases: dict[Said, Said] = Field(default_factory=dict)  # another name of the model → the scenario that it means


def read_model_file(path: Path) -> ModelFile:
    """Read one file.  Raises DataError with every fault: syntax with line and column, unknown keys with the nearest.

    The file of an ``add_route`` is found from the model's folder.
    """
    model = parse_model(_text(path), path.name)
    for edit in (*model.edit, *(edit for scenario in model.scenario.values() for edit in scenario.edit)):
        if isinstance(edit, RouteFile):
            edit.add_route = str(path.parent / edit.add_route)
    return model


def parse_model(text: str, name: str) -> ModelFile:
    """Read the text of a model file called ``name`` in messages."""
    faults: list[Fault] = []
    raw = toml_of(name, text, faults)
    if raw is None:
        raise DataError(name, faults)
    try:
        return ModelFile.model_validate(raw)
    except ValidationError as error:
        raise DataError(name, _told([_fault(name, detail) for detail in error.errors()])) from None


def _text(path: Path) -> str:
    faults: list[Fault] = []
    text = read_text(path, "a model file (.toml)", faults)
    if text is None:
        raise DataError(printable(str(path)), faults)
    return text


KINDS = ("float", "int", "str", "list[int]", "list[str]")  # in a place: of what may be several
PLAIN = {"model_type": "a table of TOML", "dict_type": "a table of TOML", "list_type": "a list",
         "string_type": "a text", "int_type": "a whole number", "float_type": "a number"}  # fmt: skip


def _told(faults: list[Fault]) -> list[Fault]:
    """One fault a place: of what may be several kinds, each says that it is not the kind."""
    places: dict[tuple[str, str], list[Fault]] = {}  # by_key lies beside pandas, which the list of models does not load
    for fault in faults:
        places.setdefault((fault.column, fault.found), []).append(fault)
    return [replace(same[0], expected=" or ".join(dict.fromkeys(fault.expected for fault in same)))
            for same in places.values()]


def _fault(name: str, detail: Any) -> Fault:
    place = [str(part + 1 if isinstance(part, int) else part) for part in detail["loc"] if part not in KINDS]
    where = ".".join(part for part in place if part not in ("change", "drawn"))
    if detail["type"] == "extra_forbidden":
        known = _known(place[:-1])
        return Fault(
            name,
            column=where,
            found="unknown key",
            expected="one of " + ", ".join(known),
            repair=nearest(place[-1], known),
        )
    if detail["type"] == "missing":
        return Fault(name, column=where, found="missing", expected="a value", repair=f"Add {place[-1]} = …")
    expected = PLAIN.get(detail["type"]) or detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    single = detail["type"] == "list_type" and place[-1] == "edit"
    return Fault(name, column=where, found=repr(detail["input"]), expected="a list of edits" if single else expected,
                 repair=f"Write [[{where}]] above it, with two brackets." if single else "")


_SECTIONS: dict[str, type[BaseModel]] = {"policy": PolicyFile, "scenario": ScenarioFile, "edit": EditFile,
                                         "drawn": RouteFile}


def _known(place: list[str]) -> list[str]:
    model: type[BaseModel] = ModelFile
    for part in place:
        model = _SECTIONS.get(part, model)
    return [field.alias or name for name, field in model.model_fields.items()]
