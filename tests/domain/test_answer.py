"""An answer as a document: every name in it is an interface that others read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from civicbus.domain.answer import Answer, Evidence, Outcome, Question
from civicbus.domain.claims import Party
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import Concerned, Death, Header
from civicbus.domain.identifiers import Identifier
from civicbus.domain.vocabulary import Role

PERSON = Identifier("us-dc", "900001")
EVENT_ID = "00000000-0000-4000-8000-000000000001"
NOON = datetime(2024, 5, 2, 12, tzinfo=UTC)
DEATH = Death(
    Header(
        event_id=EVENT_ID,
        source="civil-registry",
        concerned=(Concerned(Role.DECEASED, (PERSON,), "k" * 26),),
        registered_at=NOON,
        occurred=PartialDate(2024, 4),
    )
)
QUESTION = Question(
    PERSON, "k" * 26, date(2024, 5, 3), NOON.replace(hour=13), claims=(("years", 18),)
)
ANSWER = Answer(
    QUESTION,
    "age_at_least",
    Outcome.DISPUTED,
    "conflicting_dates",
    (Evidence.of(DEATH),),
    known_through={"one": NOON, "another": None},
    sentence={"en": "So.", "zh": "是。"},
    would_change={"en": "This.", "zh": "这。"},
    details={"name": None, "born": ("1990", "1991")},
    flags=("bulk",),
)


def test_an_answer_says_everything_under_the_names_of_the_interface() -> None:
    assert ANSWER.to_json() == {
        "person": "us-dc:900001",
        "proof": "age_at_least",
        "claims": {"years": 18},
        "outcome": "disputed",
        "reason": "conflicting_dates",
        "details": {"name": None, "born": ["1990", "1991"]},
        "flags": ["bulk"],
        "valid_at": "2024-05-03",
        "known_at": "2024-05-02T13:00:00.000Z",
        "known_through": {"another": None, "one": "2024-05-02T12:00:00.000Z"},
        "basis": [
            {
                "event_id": EVENT_ID,
                "source": "civil-registry",
                "record": "Death",
                "change": "CREATED",
                "occurred": "2024-04",
                "registered_at": "2024-05-02T12:00:00.000Z",
                "legal_state": "REGISTERED",
            }
        ],
        "sentence": {"en": "So.", "zh": "是。"},
        "would_change": {"en": "This.", "zh": "这。"},
    }


def test_evidence_says_of_an_event_who_entered_what_and_when() -> None:
    assert Evidence.of(DEATH) == Evidence(
        EVENT_ID, "civil-registry", "Death", "CREATED", "2024-04", NOON, "REGISTERED"
    )


def test_in_brief_it_leaves_out_the_person_and_the_words() -> None:
    assert ANSWER.in_brief() == {
        "proof": "age_at_least",
        "outcome": "disputed",
        "reason": "conflicting_dates",
        "details": {"name": None, "born": ["1990", "1991"]},
        "flags": ["bulk"],
        "valid_at": "2024-05-03",
        "known_at": "2024-05-02T13:00:00.000Z",
        "known_through": {"another": None, "one": "2024-05-02T12:00:00.000Z"},
        "basis": [EVENT_ID],
    }


def test_a_claim_is_read_as_what_it_is_and_as_nothing_else() -> None:
    party = Party(PERSON, "k" * 26)
    claims = (("years", 18), ("purpose", "lease"), ("spouse", party))
    question = replace(QUESTION, claims=claims)
    assert [question.number(name) for name, _ in claims] == [18, None, None]
    assert [question.text(name) for name, _ in claims] == [None, "lease", None]
    assert [question.party(name) for name, _ in claims] == [None, None, party]
    assert [ask("nothing") for ask in (question.number, question.text, question.party)] == [
        None
    ] * 3
