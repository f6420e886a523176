"""The interconnected systems: what each connector's `connector.toml` declares about its system.

A declaration says who answers for the system, what it reads, what it may publish, and where its
silence means something. Nothing outside it counts: the guard refuses other families, the connector
sees no other columns, and absence proves nothing outside the declared coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.events import SOURCE_PATTERN
from civicbus.registers.competence import AuthorityTable, Duration, Families, duration
from civicbus.registers.envelope import check_is_comparable
from civicbus.registers.inputs import Columns, LiveInput, LiveTables
from civicbus.registers.toml_file import Table, read_toml
from civicbus.settings import ConfigurationError

DECLARATION = "connector.toml"

# Encodings in which a line break and a delimiter are single bytes that stand for nothing else.
Encoding = Literal[
    "utf-8", "utf-8-sig", "iso-8859-1", "iso-8859-15", "windows-1252", "gb18030"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CsvInput:
    """What a connector reads: a file of rows with a header line.

    `columns` are those that the mapping sees; each must stand in the header exactly once. A row
    whose `record_column` is empty belongs to the record above; without one each row is a record.
    """

    delimiter: str
    encoding: str
    columns: tuple[str, ...]
    record_column: str | None = None


@dataclass(frozen=True, slots=True)
class JsonInput:
    """What a connector reads: a file of JSON objects, in one array or one a line (NDJSON).

    Each object is a record. `columns` are the values that the mapping sees, by the names that lead
    to them from the outermost object inwards, with full stops between: `child.dateOfBirth`.
    """

    columns: tuple[str, ...]


Input = CsvInput | JsonInput


@dataclass(frozen=True, slots=True)
class Timetable:
    """What a department has promised: the day from which its system is connected, and how fresh.

    Whatever the system records is on the bus within `fresh_within`.
    """

    connected: date
    fresh_within: timedelta


@dataclass(frozen=True, slots=True)
class System:
    """A department's system as its connector declares it.

    `input` is what its rows look like, `live` how they come in by themselves. `ceilings` say for
    some families how many events are registered on one day at the most.
    """

    source: str
    department: str
    title: str
    legal_basis: str
    contact: str
    families: tuple[str, ...]
    input: Input
    authorities: tuple[Authority, ...] = ()
    live: LiveInput | None = None
    timetable: Timetable | None = None
    ceilings: Mapping[str, int] = field(default_factory=dict)


def read_system(folder: Path) -> System:
    """The declaration in a connector's folder.

    Raises:
        ConfigurationError: naming the file, the line and key, and the remedy.
    """
    declared = read_toml(folder / DECLARATION, _Declaration)
    system = declared.system
    return System(
        source=system.source,
        department=system.department,
        title=system.title,
        legal_basis=system.legal_basis,
        contact=system.contact,
        families=tuple(declared.publishes.families),
        input=declared.input.input(),
        authorities=tuple(
            table.authority(system.source, family, system.department)
            for family, table in declared.authority.items()
        ),
        live=declared.input.declared(),
        ceilings=dict(declared.publishes.at_most_a_day),
        timetable=None if declared.timetable is None else declared.timetable.timetable(),
    )


def read_systems(folder: Path) -> tuple[System, ...]:
    """Every system declared in `folder/*/connector.toml`, by source name.

    Raises:
        ConfigurationError: as `read_system`, if the folder is missing, or if two systems have the
            same source name.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"{folder}: no such folder; set CIVICBUS_CONNECTORS to the one that holds connectors"
        )
    found: dict[str, tuple[Path, System]] = {}
    for path in sorted(folder.glob(f"*/{DECLARATION}")):
        system = read_system(path.parent)
        if system.source in found:
            other = found[system.source][0]
            raise ConfigurationError(
                f"{path}: system.source: {system.source} is already the name of {other}; "
                "give one of them another name"
            )
        found[system.source] = path, system
    return tuple(found[source][1] for source in sorted(found))


def authorities(systems: Iterable[System]) -> Authorities:
    """Whose silence means something, over all systems."""
    return Authorities(tuple(declared for system in systems for declared in system.authorities))


def publishers(systems: Iterable[System]) -> Mapping[str, frozenset[str]]:
    """For each source the families that it may publish."""
    return {system.source: frozenset(system.families) for system in systems}


Text = Annotated[str, Field(min_length=1, max_length=500)]


class _System(Table):
    source: Annotated[str, Field(pattern=f"^{SOURCE_PATTERN.pattern}$", max_length=64)]
    department: Text
    title: Text
    legal_basis: Text
    contact: Text


class _Input(LiveTables):
    format: Literal["csv", "json"]
    columns: Columns
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: Encoding | None = None
    record_column: str | None = None

    @model_validator(mode="after")
    def _fits_its_format(self) -> Self:
        if self.format == "json":
            for name in ("delimiter", "encoding", "record_column"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} means nothing in the format json; remove it")
            for path in self.columns:
                if "" in path.split("."):
                    raise ValueError("columns: a name is missing beside a full stop; correct it")
        else:
            for name in ("delimiter", "encoding"):
                if getattr(self, name) is None:
                    raise ValueError(f"{name} is missing; the format csv needs it")
        check_is_comparable(self.declared(), self.columns, self.record_column)
        return self

    def input(self) -> Input:
        """What it declares."""
        columns = tuple(self.columns)
        if self.delimiter is None or self.encoding is None:
            return JsonInput(columns)
        return CsvInput(self.delimiter, self.encoding, columns, self.record_column)


class _Timetable(Table):
    connected: date
    fresh_within: Duration

    def timetable(self) -> Timetable:
        """What it declares."""
        return Timetable(self.connected, duration(self.fresh_within))


class _Publishes(Table):
    families: Families
    at_most_a_day: dict[str, Annotated[int, Field(gt=0)]] = Field(default={})

    @model_validator(mode="after")
    def _bounds_its_own(self) -> Self:
        for family in self.at_most_a_day:
            if family not in self.families:
                raise ValueError(
                    f"at_most_a_day: {family}: the system does not publish that family; name it "
                    "under publishes.families or remove it"
                )
        return self


class _Declaration(Table):
    system: _System
    input: _Input
    publishes: _Publishes
    timetable: _Timetable | None = None
    authority: dict[str, AuthorityTable] = Field(default={})

    @model_validator(mode="after")
    def _speaks_of_its_own(self) -> Self:
        for family, table in self.authority.items():
            if family not in self.publishes.families:
                raise ValueError(
                    f"authority.{family}: the system does not publish that family; name it under "
                    "publishes.families or remove the table"
                )
            if family in table.takes_in:
                raise ValueError(
                    f"authority.{family}: takes_in names the family itself; remove it there"
                )
        return self
