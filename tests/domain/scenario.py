"""Scenario files, read: what happened, who is asked when, and what the answer must be.

How they are written stands in `tests/scenarios/README.md`. A word that is not explained there is
an error here, so that a slip of the pen cannot make a scenario say less than it seems to.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate, Qualifier
from civicbus.domain.dossier import Dossier, Entry, Quarantined, SourceState
from civicbus.domain.events import (
    Annulment,
    Birth,
    Concerned,
    Death,
    Event,
    Header,
    Investigation,
    MissingDeclaration,
    Refusal,
    Registration,
    Union,
    event_id,
)
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import run, start
from civicbus.domain.proofs.alive import RULES
from civicbus.domain.proofs.alive_case import Case, Verdict
from civicbus.domain.resolve import resolve
from civicbus.domain.vocabulary import (
    AnnulmentReason,
    Cause,
    Change,
    LegalState,
    RegistrationEnd,
    Role,
    UnionEnd,
    UnionKind,
)

FOLDER = Path(__file__).parents[1] / "scenarios"
SECRET = b"scenarios"

PERSON = Identifier.of("cn-rid", "110101195083011231")
OTHER = Identifier.of("cn-rid", "110101195284152348")

CHANGES = {
    "corrects": Change.CORRECTED,
    "ends": Change.ENDED,
    "reinstates": Change.REINSTATED,
    "annuls": Change.CREATED,  # an annulment is a record type of its own
}
ROLES = {"birth": Role.CHILD, "death": Role.DECEASED}
UNIONS = {"marriage": UnionKind.MARRIAGE, "partnership": UnionKind.PARTNERSHIP}
QUALIFIERS = {"about": Qualifier.ABOUT, "by": Qualifier.BEFORE, "from": Qualifier.AFTER}
KINDS = {"birth", "death", *UNIONS, "registration", "missing", "annulment", "unreadable row"}
EVENT_WORDS = {
    "name", "is", "by", "on", "registered", "state", "role", "because", "age", "effective",
    "in_doubt", "doubt_since", "doubt_until", "number", "id", "delivered", "deceased", "cause",
    "other", "other_role", *CHANGES,
}  # fmt: skip
SCENARIO_WORDS = {
    "events", "answers", "person", "complete_through", "lost", "never_heard", "unreadable",
    "fresh_for_days", "settles_after_days", "why",
}  # fmt: skip
ANSWER_WORDS = {"day", "known", "is", "because", "from"}

FAR_AHEAD = datetime(2040, 1, 1, tzinfo=UTC)
COMPETENT = {"civil-registry": ("death", "identity"), "court": ("court",)}
RECORDED_AT = datetime(2024, 1, 1, tzinfo=UTC)  # by the bus; no answer depends on it


@dataclass(frozen=True)
class Asked:
    """A question of a scenario and the answer that must come."""

    question: Question
    outcome: str
    reason: str
    basis: frozenset[str] | None  # names of events, where the scenario says which


@dataclass(frozen=True)
class Scenario:
    """One story, as the file tells it."""

    file: str
    title: str
    told: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"

    @cached_property
    def person(self) -> Identifier:
        return Identifier.parse(self.told["person"]) if "person" in self.told else PERSON

    @cached_property
    def key(self) -> str:
        return person_key(self.person, SECRET)

    @cached_property
    def events(self) -> list[Event]:
        """Every delivery in the order of arrival."""
        events: list[Event] = []
        for told in self.told.get("events", ()):
            events += [self._event(told)] * told.get("delivered", 1)
        return events

    @cached_property
    def names(self) -> dict[str, str]:
        """The name in the file of each event id."""
        return {
            self._id(told.get("id", told["name"])): told["name"]
            for told in self.told.get("events", ())
        }

    @cached_property
    def asked(self) -> list[Asked]:
        return [self._asked(told) for told in self.told["answers"]]

    @cached_property
    def authorities(self) -> Authorities:
        return Authorities(
            tuple(
                Authority(
                    source,
                    family,
                    frozenset({"cn-rid"}),
                    timedelta(days=self.told.get("fresh_for_days", 1)),
                    timedelta(days=self.told.get("settles_after_days", 0)),
                )
                for source, families in COMPETENT.items()
                for family in families
            )
        )

    def dossier(self, events: Iterable[Event]) -> Dossier:
        """The person's dossier after these deliveries."""
        marks = [Quarantined(f, "text", RECORDED_AT) for f in self.told.get("unreadable", ())]
        sources = {
            (family, source): SourceState(
                self.told.get("complete_through", {}).get(source, FAR_AHEAD),
                self.told.get("lost", {}).get(source, 0),
            )
            for source, families in COMPETENT.items()
            if source not in self.told.get("never_heard", ())
            for family in families
        }
        entries = [Entry(_family(event), event, RECORDED_AT) for event in events]
        return Dossier(self.key, tuple(entries), tuple(marks), sources)

    def answer(self, question: Question, events: Iterable[Event]) -> Answer:
        dossier = self.dossier(events)
        return run(start("alive", question, self.authorities), lambda _: dossier)

    def decided_by(self, asked: Asked) -> Callable[[Case], Verdict | None]:
        """The rule that decides a question."""
        facts = resolve(self.dossier(self.events), asked.question.known_at)
        case = Case(asked.question, facts, self.authorities)
        return next(rule for rule in RULES if rule(case) is not None)

    def _asked(self, told: Mapping[str, Any]) -> Asked:
        _only(told, ANSWER_WORDS, f"{self}: an answer")
        known = told["known"]
        if not isinstance(known, datetime):
            known = datetime.combine(known, time(23, 59, 59), UTC)
        basis = frozenset(told["from"]) if "from" in told else None
        question = Question(self.person, self.key, told["day"], known)
        return Asked(question, told["is"], told["because"], basis)

    def _event(self, told: Mapping[str, Any]) -> Event:
        _only(told, EVENT_WORDS, f"{self}: the event {told.get('name')}")
        kind = "annulment" if "annuls" in told else told["is"]
        if kind not in KINDS:
            raise ValueError(f"{self}: {kind}: no kind of event")
        header = self._header(told, kind)
        because = told.get("because", "").upper()
        match kind:
            case "birth":
                return Birth(header)
            case "death":
                return Death(header, age_years=told.get("age"))
            case "marriage" | "partnership":
                reason = UnionEnd(because) if because else None
                return Union(header, UNIONS[kind], reason, self._deceased(told))
            case "registration":
                return Registration(header, RegistrationEnd(because) if because else None)
            case "missing":
                return MissingDeclaration(header)
            case "annulment":
                return Annulment(header, AnnulmentReason(because or "FORMAL_CORRECTION"))
        return Refusal(header, "date")

    def _header(self, told: Mapping[str, Any], kind: str) -> Header:
        (change, target) = next(
            ((change, told[word]) for word, change in CHANGES.items() if word in told),
            (Change.CREATED, None),
        )
        registered = told["registered"]
        if not isinstance(registered, datetime):
            registered = datetime.combine(registered, time.min, UTC)
        effective = told.get("effective")
        return Header(
            event_id=self._id(told.get("id", told["name"])),
            source=told["by"],
            concerned=self._concerned(told, kind),
            registered_at=registered,
            occurred=partial_date(told.get("on", "unknown")),
            change=change,
            target_event_id=None if target is None else self._id(target),
            effective_from=None if effective is None else partial_date(effective),
            legal_state=LegalState(told.get("state", "registered").upper()),
            cause=Cause(told.get("cause", "genuine").upper()),
            under_investigation=_investigations(told),
            source_sequence=told.get("number", 0),
        )

    def _concerned(self, told: Mapping[str, Any], kind: str) -> tuple[Concerned, ...]:
        usual = Role.PARTNER if kind in UNIONS else ROLES.get(kind, Role.PERSON)
        role = Role(told["role"].upper()) if "role" in told else usual
        person = Concerned(role, (self.person,), self.key)
        others_role = Role(told["other_role"].upper()) if "other_role" in told else usual
        other = Concerned(others_role, (OTHER,), person_key(OTHER, SECRET))
        if told.get("other") == "without a number":
            other = Concerned(others_role, name="Somebody")
        return (person, other) if kind in UNIONS or role is not usual else (person,)

    def _deceased(self, told: Mapping[str, Any]) -> str | None:
        keys = {"the person": self.key, "the other": person_key(OTHER, SECRET)}
        return keys[told["deceased"]] if "deceased" in told else None

    def _id(self, name: str) -> str:
        return event_id("scenarios", self.file, self.title, name)


def read_scenarios() -> list[Scenario]:
    """Every scenario of the folder."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for title, told in tomllib.loads(path.read_text(encoding="utf-8")).items():
            _only(told, SCENARIO_WORDS, f"{path.name}: {title}")
            found.append(Scenario(path.stem, title, told))
    return found


def partial_date(text: str | date) -> PartialDate:
    """A date as the files write it: `2008`, `2008-07`, `about 2008-07-15`, `unknown`."""
    if text == "unknown":
        return PartialDate()
    first, _, rest = str(text).rpartition(" ")
    year, month, day = (*(int(part) for part in rest.split("-")), None, None)[:3]
    return PartialDate(year, month, day, QUALIFIERS[first] if first else Qualifier.EXACT)


def _investigations(told: Mapping[str, Any]) -> tuple[Investigation, ...]:
    since = partial_date(told.get("doubt_since", "unknown"))
    until = partial_date(told["doubt_until"]) if "doubt_until" in told else None
    return tuple(Investigation(element, since, until) for element in told.get("in_doubt", ()))


def _family(event: Event) -> str:
    return "death" if isinstance(event, Annulment | Refusal) else event.family


def _only(told: Mapping[str, Any], words: set[str], where: str) -> None:
    if unknown := set(told) - words:
        raise ValueError(f"{where}: words that mean nothing here: {', '.join(sorted(unknown))}")
