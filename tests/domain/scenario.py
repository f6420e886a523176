"""Scenario files, read: what happened, who is asked when, and what the answer must be.

How they are written stands in `tests/scenarios/README.md`. A word that is not explained there is
an error here, so that a slip of the pen cannot make a scenario say less than it seems to.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.claims import read_claims
from civicbus.domain.dossier import Dossier, Entry, Quarantined, SourceState
from civicbus.domain.events import ABOUT_EVENTS, Event, event_id
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import PROOFS, run
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.verdict import Rule, Verdict
from tests.domain.scenario_events import Storyteller
from tests.domain.scenario_people import COMPETENT, SECRET, Someone, authority, only, someone

FOLDER = Path(__file__).parents[1] / "scenarios"

SCENARIO_WORDS = {
    "events", "answers", "person", "complete_through", "lost", "never_heard", "unreadable",
    "fresh_for_days", "settles_after_days", "why", "edge", "people", "authorities", "without",
}  # fmt: skip
ANSWER_WORDS = {
    "day", "known", "is", "because", "from", "proof", "about", "claims", "flags", "details",
    "name", "born",
}  # fmt: skip

FAR_AHEAD = datetime(2040, 1, 1, tzinfo=UTC)
RECORDED_AT = datetime(2024, 1, 1, tzinfo=UTC)  # by the bus; no answer depends on it


@dataclass(frozen=True)
class Asked:
    """A question of a scenario and the answer that must come."""

    proof: str
    question: Question
    outcome: str
    reason: str
    basis: frozenset[str] | None  # names of events, where the scenario says which
    flags: frozenset[str] | None
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """One story, as the file tells it."""

    file: str
    title: str
    told: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"

    def someone(self, name: str) -> Someone:
        """Whoever the story calls so."""
        if name == "person" and "person" in self.told:
            return someone("person", {"person": self.told["person"]})
        return someone(name, self.told.get("people", {}))

    @property
    def edges(self) -> tuple[int, ...]:
        """The numbers of the edge cases of the design's list that the story shows."""
        edge = self.told.get("edge", ())
        return (edge,) if isinstance(edge, int) else tuple(edge)

    @cached_property
    def events(self) -> list[Event]:
        """Every delivery in the order of arrival."""
        teller = Storyteller(str(self), self.someone, self._id)
        events: list[Event] = []
        for told in self.told.get("events", ()):
            events += [teller.event(told)] * told.get("delivered", 1)
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
        usual = [
            {"source": source, "family": family}
            for source, families in COMPETENT.items()
            for family in families
        ]
        own = self.told.get("authorities", ())
        replaced = {(told["source"], told["family"]) for told in own}
        declared = [told for told in usual if (told["source"], told["family"]) not in replaced]
        return Authorities(
            tuple(
                authority(told, self.told)
                for told in (*declared, *own)
                if told["source"] not in self.told.get("without", ())
            )
        )

    def dossier(self, need: Need, events: Iterable[Event]) -> Dossier:
        """A person's dossier after these deliveries, in the families that are asked for."""
        marks = [Quarantined(f, "text", RECORDED_AT) for f in self.told.get("unreadable", ())]
        sources = {
            (declared.family, declared.source): SourceState(
                self.told.get("complete_through", {}).get(declared.source, FAR_AHEAD),
                self.told.get("lost", {}).get(declared.source, 0),
            )
            for declared in self.authorities.declared
            if declared.source not in self.told.get("never_heard", ())
        }
        own = (event for event in events if event.header.stands_under(need.person_key))
        entries = (Entry(self._family(event), event, RECORDED_AT) for event in own)
        return Dossier(
            need.person_key,
            tuple(entry for entry in entries if entry.family in need.families),
            tuple(marks),
            {name: state for name, state in sources.items() if name[0] in need.families},
        )

    def answer(self, asked: Asked, events: Iterable[Event]) -> Answer:
        """The answer to a question after these deliveries."""
        return self._run(PROOFS[asked.proof], asked, list(events))

    def decided_by(self, asked: Asked) -> Rule:
        """The rule that decides a question: an obstacle, or one of the proof's own."""
        spoken: list[Rule] = []
        kind = PROOFS[asked.proof]
        listening = replace(
            kind,
            obstacles=tuple(_telling(rule, spoken) for rule in kind.obstacles),
            rules=tuple(_telling(rule, spoken) for rule in kind.rules),
        )
        self._run(listening, asked, self.events)
        return spoken[0]

    def _run(self, kind: Kind, asked: Asked, events: list[Event]) -> Answer:
        proof = kind.prove(asked.question, self.authorities)
        return run(proof, lambda need: self.dossier(need, events))

    def _asked(self, told: Mapping[str, Any]) -> Asked:
        only(told, ANSWER_WORDS, f"{self}: an answer")
        about = self.someone(told.get("about", "person"))
        assert about.identifier is not None
        assert about.key is not None
        proof = told.get("proof", "alive")
        given = {name: self._claimed(value) for name, value in told.get("claims", {}).items()}
        claims = read_claims(PROOFS[proof].claims, given, lambda number: person_key(number, SECRET))
        known = _end_of_day(told["known"])
        question = Question(
            about.identifier, about.key, told["day"], known, claims, told.get("name"),
            told.get("born"),
        )  # fmt: skip
        return Asked(
            proof,
            question,
            told["is"],
            told["because"],
            frozenset(told["from"]) if "from" in told else None,
            frozenset(told["flags"]) if "flags" in told else None,
            {name: _value(value) for name, value in told.get("details", {}).items()},
        )

    def _claimed(self, value: Any) -> Any:
        """A claim's value; `@name` is the number of somebody in the story."""
        if isinstance(value, str) and value.startswith("@"):
            return str(self.someone(value[1:]).identifier)
        return value.isoformat() if isinstance(value, date) else value

    def _family(self, event: Event) -> str:
        """The topic that an event stands in: of one about another event, that one's."""
        told = self._told_of(event)
        if "family" in told:
            return str(told["family"])
        if not isinstance(event, ABOUT_EVENTS):
            return event.family
        named = event.header.target_event_id
        target = next((e for e in self.events if e.header.event_id == named), None)
        circular = target is None or target.header.target_event_id == event.header.event_id
        return "death" if target is None or circular else self._family(target)

    def _told_of(self, event: Event) -> Mapping[str, Any]:
        return next(
            told
            for told in self.told["events"]
            if self._id(told.get("id", told["name"])) == event.header.event_id
        )

    def _id(self, name: str) -> str:
        return event_id("scenarios", self.file, self.title, name)


def read_scenarios() -> list[Scenario]:
    """Every scenario of the folder."""
    return list(_scenarios())


def _scenarios() -> Iterator[Scenario]:
    for path in sorted(FOLDER.glob("*.toml")):
        for title, told in tomllib.loads(path.read_text(encoding="utf-8")).items():
            only(told, SCENARIO_WORDS, f"{path.name}: {title}")
            yield Scenario(path.stem, title, told)


def _value(said: Any) -> Any:
    """A detail as it is disclosed; the files have no null: `no value` stands for it."""
    return None if said == "no value" else said


def _end_of_day(known: datetime | date) -> datetime:
    return known if isinstance(known, datetime) else datetime.combine(known, time(23, 59, 59), UTC)


def _telling(rule: Rule, spoken: list[Rule]) -> Rule:
    """The rule, which says so when it decides."""

    def telling(case: Any) -> Verdict | None:
        verdict = rule(case)
        if verdict is not None:
            spoken.append(rule)
        return verdict

    return telling
