"""Death safety: no living person's payment is stopped on one word, and every doubt counts at once.

Goal: the rules that the design sets for erroneous deaths, each as a law. Method: a death of which
everything is in order, so that a stop is permitted, and then whatever could be wrong with it; and
random histories, in which one department does whatever it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Answer, Outcome, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.claims import Claims
from civicbus.domain.dates import PartialDate
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import (
    Annulment,
    Birth,
    Concerned,
    Death,
    Dispute,
    Employment,
    Event,
    Header,
    NoticeDelivered,
    Policy,
    SignOfLife,
    Union,
    event_id,
)
from civicbus.domain.proofs import run, start
from civicbus.domain.record_codes import DisputeBy, SignKind
from civicbus.domain.vocabulary import AnnulmentReason, Change, LegalState, Role, UnionKind
from tests.domain.histories import (
    AUTHORITIES,
    BORN,
    DAYS,
    DEPARTMENTS,
    FIRST_MOMENT,
    FOUNDATION,
    KEY,
    LAST_MOMENT,
    NAME,
    PERSON,
    answer,
    dossier_of,
    histories,
    questions,
)
from tests.patience import tried

thorough = tried(200)
DIED = DAYS[0]
LATER = LAST_MOMENT + timedelta(days=1)


def header(name: str, source: str, role: Role, **more: Any) -> Header:
    """What the person is concerned in, entered at the first moment unless it says otherwise."""
    concerned = (Concerned(role, (PERSON,), KEY, more.pop("named", None), more.pop("born", None)),)
    return Header(
        event_id("safety", name),
        source,
        concerned,
        more.pop("registered_at", FIRST_MOMENT),
        **more,
    )


def entry(source: str = "registry", name: str = "death", **more: Any) -> Death:
    """An entry of the death that names the person as the registers do."""
    told = {"named": NAME, "born": BORN, "occurred": PartialDate.of(DIED)} | more
    return Death(header(name, source, Role.DECEASED, **told))


def about(kind: Callable[..., Any], name: str, source: str, target: Event, **more: Any) -> Any:
    """An event that names another one."""
    role = Role.DECEASED if kind is NoticeDelivered else Role.PERSON
    rest: dict[Any, tuple[object, ...]] = {
        Dispute: (DisputeBy.SUBJECT,),
        Annulment: (AnnulmentReason.WRONG_PERSON,),
    }
    told = {"target_event_id": target.header.event_id} | more
    return kind(header(name, source, role, **told), *rest.get(kind, ()))


DEATH = entry()
SECOND = entry("commission", "second")
NOTICE = about(NoticeDelivered, "notice", "hospital", DEATH)
CONFIRMED: list[Event] = [*FOUNDATION, DEATH, SECOND]  # by a second authority
HELD: list[Event] = [*FOUNDATION, DEATH, NOTICE]  # by a notice and the days since


def asked(
    history: Iterable[Event],
    *,
    known_at: datetime = LATER,
    claims: Claims = (),
    day: date = DAYS[2],
    dossier: Dossier | None = None,
    authorities: Authorities = AUTHORITIES,
) -> Answer:
    """The answer of `deceased`; every source is complete up to the moment of knowledge."""
    found = dossier or dossier_of(history, through=max(known_at, LATER))
    question = Question(PERSON, KEY, day, known_at, claims)
    return run(start("deceased", question, authorities), lambda _: found)


def blockers(found: Answer) -> set[str]:
    """What stands in the way of a stop; the two ways of saying whether anything does agree."""
    codes = found.details["stop_blockers"]
    assert isinstance(codes, tuple)
    assert found.details["stop_permitted"] is not bool(codes)
    assert (found.details["status"] == "death_confirmed") is not bool(codes)
    return set(codes)


def department(source: str) -> str:
    return DEPARTMENTS.get(source, source)


@pytest.mark.parametrize("history", [CONFIRMED, HELD], ids=["two authorities", "notice and hold"])
def test_a_death_that_is_in_order_permits_a_stop(history: list[Event]) -> None:
    assert blockers(asked(history)) == set()


# --- Rule 1: two authorities, or one with a notice and a hold ------------------------------------
@pytest.mark.parametrize(
    ("days", "hold", "permitted"),
    [(5, None, True), (4, None, False), (5, 5, True), (29, 30, False), (30, 30, True)],
)
def test_the_hold_ends_when_its_days_have_passed(
    days: int, hold: int | None, *, permitted: bool
) -> None:
    claims: Claims = () if hold is None else (("hold_days", hold),)
    at_the_end = FIRST_MOMENT + timedelta(days=days)
    assert blockers(asked(HELD, known_at=at_the_end, claims=claims)) == (
        set() if permitted else {"hold_running"}
    )
    if permitted:
        just_before = at_the_end - timedelta(milliseconds=1)
        found = asked(HELD, known_at=just_before, claims=claims)
        assert blockers(found) == {"hold_running"}


@pytest.mark.parametrize("source", ["registry", "border"])
def test_a_notice_from_the_department_that_entered_the_death_is_none(source: str) -> None:
    own = about(NoticeDelivered, "notice", source, DEATH)
    assert blockers(asked([*FOUNDATION, DEATH, own])) == {"notice_not_delivered"}


def test_a_notice_of_another_death_is_no_notice_of_this_one() -> None:
    other = about(NoticeDelivered, "notice", "hospital", SECOND)
    assert blockers(asked([*FOUNDATION, DEATH, other])) == {"notice_not_delivered"}


def test_two_systems_of_one_department_are_one_authority() -> None:
    history = [*FOUNDATION, DEATH, entry("border", "second")]
    assert blockers(asked(history)) == {"notice_not_delivered"}


@thorough
@given(histories(), st.data())
def test_no_single_department_can_permit_a_stop(history: list[Event], data: st.DataObject) -> None:
    """Not with entries, corrections, notices, court's words and whatever else it may write."""
    sources = [s for s in DEPARTMENTS if DEPARTMENTS[s] == "police"]
    written: list[Event] = []
    for event in [DEATH, NOTICE, *history]:
        source = data.draw(st.sampled_from(sources))
        told: Header = replace(event.header, source=source)
        written.append(replace(event, header=told))
    assert blockers(asked([*FOUNDATION, *written])) != set()


@thorough
@given(questions(), histories(), st.sampled_from([CONFIRMED, HELD]))
def test_a_stop_that_is_permitted_rests_on_two_departments(
    question: Question, history: list[Event], base: list[Event]
) -> None:
    found = asked([*base, *history], known_at=question.known_at, day=question.valid_at)
    if not blockers(found):
        words = {e.source for e in found.basis if e.record in ("Death", "NoticeDelivered")}
        assert found.outcome is Outcome.YES
        assert len({department(source) for source in words}) > 1


# --- Rule 2: what needs a living person contradicts a death --------------------------------------
SIGNS: dict[str, Event] = {
    "a wedding": Union(header("sign", "civil", Role.PARTNER), UnionKind.MARRIAGE),
    "giving birth": Birth(
        replace(
            header("sign", "registry", Role.MOTHER),
            concerned=(Concerned(Role.CHILD), Concerned(Role.MOTHER, (PERSON,), KEY)),
        )
    ),
    "a visit": SignOfLife(header("sign", "clinic", Role.PERSON), SignKind.IN_PERSON),
    "a face check": SignOfLife(header("sign", "bank", Role.PERSON), SignKind.FACE_CHECK),
    "a new job": Employment(header("sign", "labour", Role.EMPLOYEE), "employer"),
    "a new policy": Policy(header("sign", "insurer", Role.HOLDER), "insurer", "1"),
}


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS)
@pytest.mark.parametrize("history", [CONFIRMED, HELD], ids=["two authorities", "notice and hold"])
def test_a_sign_of_life_makes_the_death_disputed_by_itself(
    history: list[Event], sign: Event
) -> None:
    def on(day: date) -> Event:
        when: Header = replace(sign.header, occurred=PartialDate.of(day))
        return replace(sign, header=when)

    after, before = on(DIED + timedelta(days=1)), on(DIED)
    found = asked([*history, after])
    assert (found.outcome, found.reason) == (Outcome.DISPUTED, "sign_of_life_after_death")
    assert blockers(found) == {"disputed"}
    assert after.header.event_id in {evidence.event_id for evidence in found.basis}
    assert blockers(asked([*history, before])) == set()


# --- Rule 3: a second attribute beside the number ------------------------------------------------
SOMEBODY_ELSE = [
    {"named": "Max Bos", "born": BORN},
    {"named": NAME, "born": PartialDate(1960, 1, 1)},
    {"named": "Max Bos", "born": None},
    {"named": None, "born": PartialDate(1960)},
]


@pytest.mark.parametrize("told", SOMEBODY_ELSE)
def test_a_death_that_names_somebody_else_is_not_applied(told: dict[str, Any]) -> None:
    history = [*FOUNDATION, entry(**told), NOTICE]
    question = Question(PERSON, KEY, DAYS[2], LATER)
    for proof in ("alive", "deceased"):
        found = answer(question, history, proof)
        assert (found.outcome, found.reason) == (Outcome.UNKNOWN, "mismatched_death")
    assert blockers(asked(history)) == {"unknown"}


def test_a_death_without_name_and_birth_date_permits_no_stop() -> None:
    bare = [entry(source, source, named=None, born=None) for source in ("registry", "commission")]
    found = asked([*FOUNDATION, *bare])
    assert found.outcome is Outcome.YES
    assert blockers(found) == {"no_second_attribute"}


@pytest.mark.parametrize("told", [{"named": None}, {"born": None}, {"born": PartialDate(1985)}])
def test_either_attribute_is_enough(told: dict[str, Any]) -> None:
    assert blockers(asked([*FOUNDATION, entry(**told), NOTICE])) == set()


# --- Rule 4: a dispute counts at once, and few may close it --------------------------------------
@pytest.mark.parametrize("source", ["registry", "hospital", "anybody"])
@pytest.mark.parametrize("history", [CONFIRMED, HELD], ids=["two authorities", "notice and hold"])
def test_a_dispute_takes_effect_in_its_moment(history: list[Event], source: str) -> None:
    told = [*history, about(Dispute, "dispute", source, DEATH, registered_at=LAST_MOMENT)]
    before = LAST_MOMENT - timedelta(milliseconds=1)
    assert blockers(asked(told, known_at=before)) == set()
    assert blockers(asked(told, known_at=LAST_MOMENT)) == {"disputed"}


@pytest.mark.parametrize(
    ("source", "state", "closes"),
    [
        ("registry", LegalState.REGISTERED, True),
        ("court", LegalState.DECLARED, True),
        ("court", LegalState.REGISTERED, False),
        ("hospital", LegalState.REGISTERED, False),
        ("commission", LegalState.REGISTERED, False),
        ("border", LegalState.REGISTERED, False),
        ("registry", LegalState.NOTIFIED, False),
    ],
)
def test_only_the_source_of_the_death_or_a_court_closes_a_dispute(
    source: str, state: LegalState, *, closes: bool
) -> None:
    dispute = about(Dispute, "dispute", "hospital", DEATH)
    closing = about(
        Dispute, "closing", source, dispute, change=Change.ENDED, legal_state=state
    )  # fmt: skip
    found = asked([*HELD, dispute, closing])
    assert found.outcome is (Outcome.YES if closes else Outcome.DISPUTED)
    assert blockers(found) == (set() if closes else {"disputed"})


def test_a_dispute_does_not_flip_what_a_court_has_declared_and_permits_no_stop() -> None:
    declared = entry("court", legal_state=LegalState.DECLARED)
    dispute = about(Dispute, "dispute", "hospital", declared)
    history = [*FOUNDATION, declared, SECOND, NOTICE]
    assert blockers(asked(history)) == set()
    alone = [*FOUNDATION, declared, NOTICE]
    assert asked([*alone, dispute]).outcome is Outcome.YES
    assert blockers(asked([*alone, dispute])) == {"open_dispute"}


# --- Rule 5: a retraction wins, whenever it comes ------------------------------------------------
@pytest.mark.parametrize("source", ["registry", "court"])
def test_a_retraction_wins_in_any_order_of_arrival(source: str) -> None:
    state = LegalState.DECLARED if source == "court" else LegalState.REGISTERED
    retraction = about(Annulment, "retraction", source, DEATH, legal_state=state)
    found = {
        (asked(arrived).outcome, asked(arrived).reason)
        for arrived in permutations([*HELD, retraction])
    }
    assert found == {(Outcome.NO, "no_death_registered")}


# --- Rule 8: silence is not death and not life ---------------------------------------------------
@pytest.mark.parametrize("history", [CONFIRMED, HELD], ids=["two authorities", "notice and hold"])
def test_a_silent_source_leaves_the_death_and_takes_the_permission(history: list[Event]) -> None:
    heard = dossier_of(history, through=LATER)
    for name in [("death", "registry"), ("death", "commission"), ("court", "court")]:
        silent = {key: state for key, state in heard.sources.items() if key != name}
        found = asked(history, dossier=replace(heard, sources=silent))
        assert found.outcome is Outcome.YES
        assert blockers(found) == {"sources_silent"}


def test_silence_about_somebody_unknown_is_neither_death_nor_life() -> None:
    nothing = dossier_of([], through=FIRST_MOMENT)
    for proof in ("alive", "deceased"):
        question = Question(PERSON, KEY, DAYS[2], LATER)
        found = run(start(proof, question, AUTHORITIES), lambda _: nothing)
        assert found.outcome is Outcome.UNKNOWN


# --- Rule 10: entered long after the day, or without one -----------------------------------------
@pytest.mark.parametrize(("days", "found"), [(30, set()), (31, {"back_dated"})])
def test_an_entry_more_than_thirty_days_late_needs_a_second_authority(
    days: int, found: set[str]
) -> None:
    then = PartialDate.of(FIRST_MOMENT.date() - timedelta(days=days))
    late = entry(occurred=then)
    assert blockers(asked([*FOUNDATION, late, NOTICE])) == found
    second = entry("commission", "second", occurred=then)
    assert blockers(asked([*FOUNDATION, late, NOTICE, second])) == set()


def test_a_correction_to_a_much_earlier_day_is_back_dated_too() -> None:
    earlier = PartialDate.of(DIED - timedelta(days=60))
    correction = entry(
        name="correction",
        occurred=earlier,
        change=Change.CORRECTED,
        target_event_id=DEATH.header.event_id,
    )
    assert blockers(asked([*HELD, correction])) == {"back_dated"}


def test_two_authorities_that_name_different_days_permit_no_stop() -> None:
    second = entry("commission", "second", occurred=PartialDate.of(DIED - timedelta(days=1)))
    found = asked([*FOUNDATION, DEATH, second])
    assert (found.outcome, found.details["death_date"]) == (Outcome.YES, None)
    assert blockers(found) == {"conflicting_dates"}


# --- The two proofs ------------------------------------------------------------------------------
@thorough
@given(questions(), histories(), st.sampled_from([[], CONFIRMED, HELD]))
def test_whoever_is_alive_has_not_died_and_whoever_is_not_has_or_was_not_born(
    question: Question, history: list[Event], base: list[Event]
) -> None:
    alive, deceased = (answer(question, [*base, *history], p) for p in ("alive", "deceased"))
    if alive.reason == "undetermined_date" and deceased.reason != "undetermined_date":
        assert deceased.outcome is not Outcome.YES  # whether born by then is no matter to a death
    elif alive.reason == "not_born":
        assert (deceased.outcome, deceased.reason) == (Outcome.NO, "not_born")
    else:
        opposite = {Outcome.YES: Outcome.NO, Outcome.NO: Outcome.YES}
        assert deceased.outcome is opposite.get(alive.outcome, alive.outcome)
        assert deceased.reason == alive.reason
