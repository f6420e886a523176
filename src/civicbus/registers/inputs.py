"""The tables `[input.KIND]` of a connector's declaration: how changes reach it by themselves.

    [input.outbox]
    table = "civicbus_outbox"

One such table at most. Without any a connector reads the files that it is given and nothing else.
What is secret (a password, a token) and what differs from one machine to the next stands in the
settings, never in a declaration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from civicbus.registers.competence import Duration, duration
from civicbus.registers.toml_file import Table, distinct

# Names that need no quotes in SQL: nothing in a declaration is ever put into a statement unchecked.
SQL_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?")


@dataclass(frozen=True, slots=True)
class OutboxInput:
    """Rows of an outbox table in PostgreSQL, written in the department's own transactions.

    `poll` is how often the table is looked at when nothing has called.
    """

    table: str
    poll: timedelta


@dataclass(frozen=True, slots=True)
class TableInput:
    """A table or view in PostgreSQL that is read whole every `every`, for its differences.

    `key` names the columns that tell one row from another. Where more than the share `mass_change`
    of the rows would change or vanish at once, nothing is published.
    """

    table: str
    key: tuple[str, ...]
    every: timedelta
    mass_change: float


@dataclass(frozen=True, slots=True)
class FolderInput:
    """Files put into a folder, each with a manifest beside it; looked at every `every`.

    With `key` each file holds the whole register, and its differences to the file before are
    published; else each holds what is new. `mass_change` is as for a table.
    """

    path: str
    every: timedelta
    key: tuple[str, ...] = ()
    mass_change: float = 0.1


@dataclass(frozen=True, slots=True)
class PushInput:
    """CloudEvents that the department's system sends over HTTP (`connect.inputs.push` says how)."""


@dataclass(frozen=True, slots=True)
class DciInput:
    """Notifications in the form of the Digital Convergence Initiative, sent over HTTP.

    `connect.inputs.dci` says how.
    """


@dataclass(frozen=True, slots=True)
class DebeziumInput:
    """Changes of a table in Debezium's envelope, on a Kafka topic that Kafka Connect writes.

    `heartbeat_topic` is that of a table of the same Debezium connector into which it writes by
    itself (`heartbeat.action.query`); without it the register is never said to be complete. Nothing
    is registered in a transaction that lasts longer than `longest_transaction`.
    """

    topic: str
    heartbeat_topic: str | None
    longest_transaction: timedelta


LiveInput = OutboxInput | TableInput | FolderInput | PushInput | DciInput | DebeziumInput


def _sql_name(text: str) -> str:
    if SQL_NAME.fullmatch(text) is None:
        raise ValueError("write a name of lower-case letters, digits and underscores")
    return text


def _sql_names(names: list[str]) -> list[str]:
    return distinct([_sql_name(name) for name in names])


SqlName = Annotated[str, AfterValidator(_sql_name)]
SqlNames = Annotated[list[str], Field(min_length=1), AfterValidator(_sql_names)]
Share = Annotated[float, Field(gt=0, le=1)]
Topic = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
Columns = Annotated[list[str], Field(min_length=1), AfterValidator(distinct)]


class OutboxTable(Table):
    """`[input.outbox]`."""

    table: SqlName = "civicbus_outbox"
    poll: Duration = "1s"

    def live(self) -> OutboxInput:
        """What it declares."""
        return OutboxInput(self.table, duration(self.poll))


class TableTable(Table):
    """`[input.table]`."""

    table: SqlName
    key: SqlNames
    every: Duration = "1m"
    mass_change: Share = 0.1

    def live(self) -> TableInput:
        """What it declares."""
        return TableInput(self.table, tuple(self.key), duration(self.every), self.mass_change)


class FolderTable(Table):
    """`[input.folder]`."""

    path: Annotated[str, Field(min_length=1, max_length=500)]
    every: Duration = "10s"
    key: Columns = Field(default=[])
    mass_change: Share = 0.1

    def live(self) -> FolderInput:
        """What it declares."""
        return FolderInput(self.path, duration(self.every), tuple(self.key), self.mass_change)


class PushTable(Table):
    """`[input.push]`."""

    def live(self) -> PushInput:
        """What it declares."""
        return PushInput()


class DciTable(Table):
    """`[input.dci]`."""

    def live(self) -> DciInput:
        """What it declares."""
        return DciInput()


class DebeziumTable(Table):
    """`[input.debezium]`."""

    topic: Topic
    heartbeat_topic: Topic | None = None
    longest_transaction: Duration = "10m"

    def live(self) -> DebeziumInput:
        """What it declares."""
        longest = duration(self.longest_transaction)
        return DebeziumInput(self.topic, self.heartbeat_topic, longest)


class LiveTables(Table):
    """The tables that `[input]` may hold, one of them at most."""

    outbox: OutboxTable | None = None
    table: TableTable | None = None
    folder: FolderTable | None = None
    push: PushTable | None = None
    dci: DciTable | None = None
    debezium: DebeziumTable | None = None

    def declared(self) -> LiveInput | None:
        """What is declared.

        Raises:
            ValueError: if there are several.
        """
        tables = {name: getattr(self, name) for name in LiveTables.model_fields}
        given = [name for name, table in tables.items() if table is not None]
        if len(given) > 1:
            raise ValueError(f"{given[0]} and {given[1]}: one way in is enough; remove the others")
        live: LiveInput | None = tables[given[0]].live() if given else None
        return live
