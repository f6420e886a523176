"""Names, and the numbers by which one person is known (category 01).

Everybody has an A-number beside the citizen service number, and lists name relatives by either; so
the two are linked. A number that the person bore before, or that 20.10 and 20.20 refer to (two
lists were one person's), is linked too. One that stands only in rows marked as wrong is not: it may
be somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from civicbus.connect.mapping import Outcome, Record, RefusedError, identifier
from civicbus.domain.dates import UNKNOWN_DATE
from civicbus.domain.events import Concerned, IdentityLink, PersonName
from civicbus.domain.identifiers import Identifier
from civicbus.domain.record_codes import LinkKind, NameKind
from civicbus.domain.vocabulary import Role

from .facts import Act, PersonList, header_of
from .history import UNKNOWN, Entry, only_stack

NUMBERS = (("01.20", "nl-bsn"), ("01.10", "nl-anr"), ("20.10", "nl-anr"))
FOLLOWING = "20.20"


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as the register writes it; a full stop stands for a part that it does not know."""

    given: str
    prefix: str
    family: str

    @classmethod
    def in_row(cls, row: Entry) -> _Name:
        cells = (row[element] for element in ("02.10", "02.30", "02.40"))
        return cls(*("" if cell in UNKNOWN else cell for cell in cells))

    @property
    def whole_family_name(self) -> str:
        return f"{self.prefix} {self.family}".strip()

    @property
    def full(self) -> str:
        return f"{self.given} {self.whole_family_name}".strip()


def names(record: Record, of: PersonList) -> Iterator[Outcome]:
    """The person's names, one after another, each with its corrections."""
    stack = only_stack(record, "01")
    act = Act()
    before = None
    for day, held in stack.held() if stack is not None else ():
        row = held[0]
        name = _Name.in_row(row)
        if name == before or not name.full:
            continue
        if before is None or not held[1].was_wrong():
            act = Act((Concerned(Role.PERSON, of.person),))
        before = name
        event = of.event_id("01", "name", row.rank)
        occurred = row.when("85.10") or UNKNOWN_DATE
        header = act.header(event, day, occurred, basis=row.basis())
        family, given = name.whole_family_name or None, name.given or None
        yield PersonName(header, NameKind.OFFICIAL, name.full, family, given)


def links(record: Record, of: PersonList) -> Iterator[Outcome]:
    """The other numbers of the person, each from the first row that bears it."""
    stack = only_stack(record, "01")
    known = {of.person[0]}
    for entry in sorted(stack.entries, key=lambda row: row.rank) if stack is not None else ():
        if entry.was_wrong():
            continue
        for element, scheme in (*NUMBERS, (FOLLOWING, "nl-anr")):
            try:
                number = identifier(entry.row, f"01.{element}", scheme)
            except RefusedError as error:
                yield error.row()  # no fact is lost: nobody can ask by such a number
                continue
            if number is None or number in known:
                continue
            known.add(number)
            event = of.event_id("01", "link", element, entry.rank)
            yield _link(event, entry.recorded(), of, number, follows=element == FOLLOWING)


def _link(
    event: str, day: date, of: PersonList, number: Identifier, *, follows: bool
) -> IdentityLink:
    own, other = of.person, (number,)
    person, former = (other, own) if follows else (own, other)
    concerned = Concerned(Role.PERSON, person), Concerned(Role.FORMER, former)
    header = header_of(event, day, UNKNOWN_DATE, concerned)
    return IdentityLink(header, LinkKind.NUMBER_REPLACED)
