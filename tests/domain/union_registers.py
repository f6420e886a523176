"""What registers publish of the steps in a clerk's book, and the answers that follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.claims import Party
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.events import (
    Annulment,
    Birth,
    Concerned,
    Death,
    Event,
    Header,
    RestorationRefusal,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import run, start
from civicbus.domain.proofs.need import Need
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    Change,
    LegalState,
    Role,
    UnionEnd,
    UnionKind,
)
from tests.domain.union_oracle import (
    DECLARE,
    DIVORCE,
    MARRY,
    PEOPLE,
    PREDATE,
    PREDATED,
    STEP,
    Book,
    Step,
)

NUMBERS = dict(zip(PEOPLE, ("999990639", "999990019", "999990020"), strict=True))
IDENTIFIERS = {name: Identifier.of("nl-bsn", number) for name, number in NUMBERS.items()}
KEYS = {name: person_key(number, b"unions") for name, number in IDENTIFIERS.items()}
FIRST_DAY = date(2000, 1, 1)
SOURCES = {
    "registry": ("birth", "death", "identity"), "marriages": ("union",), "court": ("court",),
}  # fmt: skip
AUTHORITIES = Authorities(
    tuple(
        Authority(source, family, frozenset({"nl-bsn"}), timedelta(days=1))
        for source, families in SOURCES.items()
        for family in families
    )
)


def day_of(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def moment_of(number: int) -> datetime:
    """The end of a day."""
    return datetime.combine(day_of(number), time(23, 59), UTC)


class Registers:
    """What the registers publish of the steps in a book.

    `habits` tell of each step how its register goes about it: whether a court decrees a divorce
    without knowing the entry of the marriage, and whether the registry of marriages enters that a
    death ended one.
    """

    def __init__(self, book: Book, habits: list[bool]) -> None:
        self.book = book
        self.habits = habits
        self.events: list[Event] = [self._birth(name) for name in PEOPLE]
        for number, step in enumerate(book.steps):
            self._write(number, step)

    def known(self, steps: int) -> list[Event]:
        """What was registered by the end of the last of these steps."""
        until = moment_of((steps - 1) * STEP)
        return [event for event in self.events if event.header.registered_at <= until]

    def _write(self, number: int, step: Step) -> None:
        here = self._header(number, "act", self._partners(step.people))
        about = step.line or 0
        match step.kind:
            case "marry":
                self.events.append(Union(here, UnionKind.MARRIAGE))
            case "divorce":
                self.events.append(self._divorce(here, about, number))
            case "die" | "declare":
                self._death(number, step)
            case "revoke":
                declared = self._last(number, DECLARE, step.people)
                header = self._about(number, step.people, "court")
                self.events.append(Death(_changing(header, Change.ENDED, declared)))
            case "refuse":
                roles = (Role.PARTNER, Role.PERSON)
                concerned = tuple(map(_concerned, roles, step.people))
                self.events.append(RestorationRefusal(replace(here, concerned=concerned)))
            case "strike":
                self._strike(number, about)
            case _:
                self._correct(number, step)

    def _divorce(self, header: Header, wedding: int, number: int) -> Union:
        if self.habits[number]:
            header = replace(header, source="court", legal_state=LegalState.DECLARED)
        else:
            header = _changing(header, Change.ENDED, wedding)
        return Union(header, UnionKind.MARRIAGE, UnionEnd.DISSOLUTION)

    def _death(self, number: int, step: Step) -> None:
        is_declared = step.kind == DECLARE
        source = "court" if is_declared else "registry"
        self.events.append(Death(self._about(number, step.people, source)))
        (person,) = step.people
        how = UnionEnd.PRESUMED_DEATH if is_declared else UnionEnd.DEATH
        before = self.book.after(number)
        for couple in before.cards(before.today).of(person) if self.habits[number] else ():
            wedding = max(x.step for x in before.lines if x.kind == MARRY and x.people == couple)
            header = self._header(number, f"end {wedding}", self._partners(couple))
            header = _changing(header, Change.ENDED, wedding)
            self.events.append(Union(header, UnionKind.MARRIAGE, how, KEYS[person]))

    def _strike(self, number: int, struck: int) -> None:
        """Annul what a step wrote, and a decree about it that stands by itself."""
        steps = {struck} | {
            at
            for at, step in enumerate(self.book.steps)
            if step.kind == DIVORCE and step.line == struck and self.habits[at]
        }
        for event in list(self.events):
            header = event.header
            about_it = any(_written_by(event, step) for step in steps)
            if (
                about_it
                and not isinstance(event, Annulment)
                and header.change is not Change.CORRECTED
            ):
                annulment = replace(
                    header,
                    event_id=event_id("unions", str(number), header.event_id),
                    registered_at=moment_of(number * STEP),
                    occurred=PartialDate(),
                    change=Change.CREATED,
                    target_event_id=header.event_id,
                    concerned=tuple(_concerned(Role.PERSON, name) for name in PEOPLE),
                )
                self.events.append(Annulment(annulment, AnnulmentReason.FORMAL_CORRECTION))

    def _correct(self, number: int, step: Step) -> None:
        wedding = step.line or 0
        day = wedding * STEP - (PREDATED if step.kind == PREDATE else 0)
        header = self._header(number, "act", self._partners(step.people), day)
        first = self.book.steps[wedding].people
        wrong = tuple(_concerned(Role.WRONGLY_NAMED, n) for n in first if n not in step.people)
        header = _changing(header, Change.CORRECTED, wedding)
        header = replace(header, concerned=(*header.concerned, *wrong))
        self.events.append(Union(header, UnionKind.MARRIAGE))

    def _last(self, number: int, kind: str, people: tuple[str, ...]) -> int:
        steps = self.book.steps[:number]
        return max(n for n, s in enumerate(steps) if s.kind == kind and s.people == people)

    def _partners(self, people: Iterable[str]) -> tuple[Concerned, ...]:
        return tuple(_concerned(Role.PARTNER, name) for name in people)

    def _about(self, number: int, people: tuple[str, ...], source: str) -> Header:
        header = self._header(number, "act", (_concerned(Role.DECEASED, people[0]),))
        state = LegalState.DECLARED if source == "court" else LegalState.REGISTERED
        return replace(header, source=source, legal_state=state)

    def _header(
        self, number: int, what: str, concerned: tuple[Concerned, ...], day: int | None = None
    ) -> Header:
        return Header(
            event_id=_id(number, what),
            source="marriages",
            concerned=concerned,
            registered_at=moment_of(number * STEP),
            occurred=PartialDate.of(day_of(number * STEP if day is None else day)),
        )

    def _birth(self, name: str) -> Birth:
        return Birth(
            Header(
                event_id=event_id("unions", "birth", name),
                source="registry",
                concerned=(_concerned(Role.CHILD, name),),
                registered_at=datetime(1970, 5, 7, tzinfo=UTC),
                occurred=PartialDate(1970, 5, 5),
            )
        )


def _id(number: int, what: str) -> str:
    return event_id("unions", str(number), what)


def _changing(header: Header, change: Change, step: int) -> Header:
    """The header of what changes the act that a step wrote."""
    return replace(header, change=change, target_event_id=_id(step, "act"))


def _written_by(event: Event, step: int) -> bool:
    ends = {_id(step, f"end {wedding}") for wedding in range(step)}
    return event.header.event_id in {_id(step, "act"), *ends}


def _concerned(role: Role, name: str) -> Concerned:
    return Concerned(role, (IDENTIFIERS[name],), KEYS[name])


@dataclass(frozen=True)
class Asked:
    """About whom, about which day, and as known at the end of which day."""

    name: str
    day: int
    known: int

    def answer(self, proof: str, events: list[Event], **claims: str) -> Answer:
        """The answer of a proof; a claim may be somebody's name."""
        read = tuple((claim, _claimed(value)) for claim, value in claims.items())
        question = Question(
            IDENTIFIERS[self.name], KEYS[self.name], day_of(self.day), moment_of(self.known), read
        )
        return run(start(proof, question, AUTHORITIES), partial(self._dossier, events))

    def _dossier(self, events: list[Event], need: Need) -> Dossier:
        now = moment_of(self.known)
        own = (event for event in events if event.header.stands_under(need.person_key))
        entries = tuple(Entry(_family(event, events), event, now) for event in own)
        sources = {(a.family, a.source): SourceState(now) for a in AUTHORITIES.declared}
        return Dossier(need.person_key, entries, sources=sources)


def _claimed(value: str) -> Party | str:
    return Party(IDENTIFIERS[value], KEYS[value]) if value in PEOPLE else value


def _family(event: Event, events: list[Event]) -> str:
    """The topic of an event; of an annulment, that of what it withdraws."""
    if not isinstance(event, Annulment):
        return event.family
    return next(e for e in events if e.header.event_id == event.header.target_event_id).family
