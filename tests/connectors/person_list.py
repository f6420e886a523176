"""Person lists for tests, written as a registrar thinks of them: categories of stacks of rows.

Everybody in them is invented; the numbers pass the register's checks and belong to nobody.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

from civicbus.connect.connector import load_connector
from civicbus.connect.rows import RefusedRow
from civicbus.connect.trial import Trial
from civicbus.domain.answer import Answer
from civicbus.domain.events import Event
from civicbus.domain.identifiers import Identifier

CONNECTOR = load_connector(Path(__file__).parents[2] / "connectors" / "nl_brp")
HEADER = ("", *CONNECTOR.system.input.columns)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

BSN, ANR = "999991644", "5303868038"
OTHER_BSN, OTHER_ANR = "999999916", "8784645670"
THIRD_BSN, THIRD_ANR = "999993367", "8263815032"

Row = dict[str, str]
Stacks = list[list[Row]]


def row(category: str, **elements: str) -> Row:
    """A row of a category: `row("06", e0810="20200131")`."""
    return {f"{category}.{name[1:3]}.{name[3:]}": cell for name, cell in elements.items()}


def birth(born: str = "19500315", recorded: str = "19940930", **more: str) -> Row:
    elements = {"e0110": ANR, "e0120": BSN, "e0410": "V", "e0320": "0518", "e0330": "6030"}
    return row("01", **(elements | {"e0310": born, "e8510": born, "e8610": recorded} | more))


def kept(since: str = "19940930", **more: str) -> Row:
    return row("07", e6810=since, **more)


def home(recorded: str = "19940930", since: str = "19800101", **more: str) -> Row:
    return row("08", e0910="0518", e1030=since, e8610=recorded, **more)


def abroad(recorded: str, since: str, country: str = "5010") -> Row:
    return row("08", e1310=country, e1320=since, e8610=recorded)


def person_list(*categories: Stacks, key: str = "one") -> list[tuple[str, Row]]:
    """The rows of one person list, `H` markers included; each stack has its newest row first."""
    rows: list[Row] = []
    for stacks in categories:
        category = next(iter(stacks[0][0])).partition(".")[0]
        flat = [(older, cells) for stack in stacks for older, cells in enumerate(stack)]
        for place, (_, cells) in enumerate(flat):
            following = flat[place + 1][0] if place + 1 < len(flat) else None
            marker = {None: "", 0: category}.get(following, str(int(category) + 50))
            while len(rows) <= place:
                rows.append({})
            rows[place] |= {f"{category}.H": marker} | cells
    return [(key if place == 0 else "", cells) for place, cells in enumerate(rows)]


def simple(*categories: Stacks, key: str = "one") -> list[tuple[str, Row]]:
    """A person list with an ordinary birth, registration and address, and these categories."""
    given = {next(iter(stacks[0][0])).partition(".")[0] for stacks in categories}
    ordinary = [("01", [[birth()]]), ("07", [[kept()]]), ("08", [[home()]])]
    return person_list(
        *(stacks for category, stacks in ordinary if category not in given), *categories, key=key
    )


def written(*lists: Iterable[tuple[str, Row]]) -> bytes:
    """The lists as the register exports them."""
    lines = [";".join(HEADER)]
    lines += [
        ";".join([key, *(cells.get(column, "") for column in HEADER[1:])])
        for rows in lists
        for key, cells in rows
    ]
    return "\r\n".join([*lines, ""]).encode()


class Tried:
    """A file of person lists, mapped, to be asked."""

    def __init__(self, *lists: Iterable[tuple[str, Row]]) -> None:
        self._trial = Trial(CONNECTOR, NOW)
        mapped = list(self._trial.read(io.BytesIO(written(*lists)), "lists.csv", NOW))
        self.events: list[Event] = [filed.event for found in mapped for filed in found.filed]
        self.families = {filed.event: filed.family for found in mapped for filed in found.filed}
        self.refused: list[RefusedRow] = [line for found in mapped for line in found.refused]

    def alive(
        self, valid_at: str | None = None, known_at: str | None = None, person: str | None = None
    ) -> str:
        """The answer as `outcome reason`; days as YYYY-MM-DD, both the present unless given."""
        answer = self.answer(valid_at, known_at, person)
        return f"{answer.outcome} {answer.reason}"

    def says(
        self,
        proof: str,
        valid_at: str | None = None,
        known_at: str | None = None,
        person: str | None = None,
        **claims: object,
    ) -> str:
        """The answer of a proof to some claims, as `alive` gives it."""
        answer = self.answer(valid_at, known_at, person, proof=proof, claims=claims)
        return f"{answer.outcome} {answer.reason}"

    def answer(
        self,
        valid_at: str | None = None,
        known_at: str | None = None,
        person: str | None = None,
        *,
        proof: str = "alive",
        claims: Mapping[str, object] | None = None,
    ) -> Answer:
        """The whole answer."""
        known = NOW
        if known_at is not None:
            known = datetime.combine(date.fromisoformat(known_at), time(23, 59, 59), UTC)
        valid = known.date() if valid_at is None else date.fromisoformat(valid_at)
        asked = Identifier.parse(person or f"nl-bsn:{BSN}")
        return self._trial.ask(proof, asked, valid, known, claims=claims)
