"""Resolve, `alive` and `deceased` against two readings of the rules that share nothing with them.

Goal: no sequence of reports, corrections, retractions, reinstatements and disputes of deaths, and
of what closes these, is answered otherwise than by the clerk, or by the rules read out; and none of
one department's permits a stop. Method: all sequences up to a length, and not a sample. From there
to seven steps: all that a clerk could tell apart, all that build on one another as deep as they
can, and all that speak of one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import cache
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities, Authority
from civicbus.domain.dates import PartialDate
from civicbus.domain.events import (
    Annulment,
    Birth,
    Concerned,
    Death,
    Dispute,
    Event,
    Header,
    NoticeDelivered,
    event_id,
)
from civicbus.domain.proofs import run, start
from civicbus.domain.record_codes import DisputeBy
from civicbus.domain.vocabulary import AnnulmentReason, Change, Role
from tests.domain.histories import AUTHORITIES, KEY, PERSON, dossier_of
from tests.domain.oracle_of_the_letter import ENTRIES, chains, may_name, sequences, stars, verdict
from tests.domain.oracles import (
    ANNUL,
    CLOSE,
    CORRECT,
    EARLY,
    LATE,
    REINSTATE,
    REPORT,
    Registry,
    Step,
    distinct,
    registries,
)
from tests.patience import tried

WORTH_A_POOL = 10_000  # sequences
CHANGES = {CORRECT: Change.CORRECTED, REINSTATE: Change.REINSTATED, CLOSE: Change.ENDED}
DAYS = {EARLY: date(2019, 12, 10), LATE: date(2019, 12, 20)}
BETWEEN = date(2019, 12, 15)
START = datetime(2020, 1, 1, tzinfo=UTC)
END = START + timedelta(days=10)
BORN = PartialDate(1950, 1, 1)
BIRTH = Birth(
    Header(
        event_id("oracle", "birth"),
        "registry",
        (Concerned(Role.CHILD, (PERSON,), KEY),),
        START,
        BORN,
    )
)
# Both oracles know one rank of sources: here the hospital registers deaths too.
HOSPITAL = Authority("hospital", "death", frozenset({"nl-bsn"}), timedelta(days=1))
DECLARED = Authorities((*AUTHORITIES.declared, HOSPITAL))


@cache
def event_of(place: int, step: Step) -> Event:
    is_death = step.kind in ENTRIES
    header = Header(
        event_id=event_id("oracle", str(place)),
        source=step.source,
        concerned=(
            Concerned(Role.DECEASED, (PERSON,), KEY, birth_date=BORN)
            if is_death
            else Concerned(Role.PERSON, (PERSON,), KEY),
        ),
        registered_at=START + timedelta(minutes=place),
        occurred=PartialDate.of(DAYS[step.day]) if is_death else PartialDate(),
        change=CHANGES.get(step.kind, Change.CREATED),
        target_event_id=None if step.names is None else event_id("oracle", str(step.names)),
    )
    if step.kind == ANNUL:
        return Annulment(header, AnnulmentReason.FORMAL_CORRECTION)
    return Death(header) if is_death else Dispute(header, DisputeBy.SUBJECT)


def ask(proof: str, steps: Sequence[Step], *more: Event) -> Answer:
    history = [BIRTH, *(event_of(place, step) for place, step in enumerate(steps)), *more]
    dossier = dossier_of(history[::-1], through=END, authorities=DECLARED)
    question = Question(PERSON, KEY, BETWEEN, END)
    return run(start(proof, question, DECLARED), lambda _: dossier)


def answered(steps: Sequence[Step]) -> str:
    return ask("alive", steps).outcome.value


def answers(found: Sequence[Sequence[Step]]) -> list[str]:
    """How sequences are answered, one after the other; of very many, on every processor."""
    if len(found) < WORTH_A_POOL:
        return [answered(steps) for steps in found]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(pool.map(answered, found, chunksize=1000))


def read_otherwise(found: Iterable[Sequence[Step]]) -> list[tuple[Sequence[Step], str, str]]:
    """The sequences that are not read by the letter: with what was to come, and what came."""
    told = list(found)
    read = zip(told, map(verdict, told), answers(told), strict=True)
    return [(steps, due, came) for steps, due, came in read if came != due]


def kept_otherwise(found: Iterable[Registry]) -> list[tuple[Sequence[Step], str, str]]:
    """The same of what the clerk's cards say."""
    kept = list(found)
    told = [registry.steps for registry in kept]
    read = zip(told, [registry.outcome() for registry in kept], answers(told), strict=True)
    return [(steps, due, came) for steps, due, came in read if came != due]


# --- A well-behaved registry ---------------------------------------------------------------------


@pytest.mark.parametrize("length", range(5))
def test_a_well_behaved_registry_is_read_like_a_clerks_cards(length: int) -> None:
    assert kept_otherwise(registries(length)) == []


@pytest.mark.parametrize(
    "length",
    [
        5,
        pytest.param(6, marks=pytest.mark.slow),
        pytest.param(7, marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_every_past_that_a_clerk_can_tell_from_others_is_read_like_the_cards(length: int) -> None:
    """Pasts after which all cards read the same are continued from the first of them alone."""
    found = list(registries(4))
    for _ in range(length - 4):
        found = [after for before in distinct(found, 1) for after in before.continuations()]
    assert kept_otherwise(found) == []


@pytest.mark.parametrize("length", [5, 6, 7])
def test_seven_steps_about_one_death_are_read_like_the_cards(length: int) -> None:
    """In the clerk's fewest words, and continued from several of the pasts that read the same."""
    found = [Registry()]
    for _ in range(length):
        found = [after for before in distinct(found, 6) for after in before.narrow_continuations()]
    assert len(found) > 300
    assert kept_otherwise(found) == []


# --- Any sequence, sensible or not ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "length"),
    [
        (["registry"], 2),
        (["registry"], 3),
        (["registry"], 4),
        pytest.param(["registry"], 5, marks=pytest.mark.slow),
        (["registry", "hospital"], 3),
        (["registry", "hospital"], 4),
    ],
)
def test_any_sequence_is_read_by_the_letter_of_the_rules(sources: list[str], length: int) -> None:
    assert read_otherwise(sequences(length, sources)) == []


@pytest.mark.parametrize("length", range(2, 8))
def test_any_chain_of_steps_that_name_each_other_is_read_by_the_letter(length: int) -> None:
    assert read_otherwise(chains(length, "registry")) == []


@pytest.mark.parametrize("length", range(2, 8))
def test_any_sequence_about_one_entry_and_its_dispute_is_read_by_the_letter(length: int) -> None:
    assert read_otherwise(stars(length, ["registry"])) == []


@st.composite
def seven_steps(draw: st.DrawFn) -> list[Step]:
    """Any seven steps of two sources."""
    steps = [Step(REPORT, "registry", EARLY)]
    while len(steps) < 7:
        names = draw(st.integers(0, len(steps) - 1))
        kind = draw(st.sampled_from((REPORT, *may_name(steps, names))))
        source, day = (
            draw(st.sampled_from(["registry", "hospital"])),
            draw(st.sampled_from([*DAYS])),
        )
        steps.append(Step(kind, source, day, None if kind == REPORT else names))
    return steps


@tried(500)
@given(seven_steps())
def test_any_seven_steps_of_two_sources_are_read_by_the_letter(steps: list[Step]) -> None:
    assert answered(steps) == verdict(steps)


# --- No single department permits a stop ---------------------------------------------------------


def notice(source: str) -> Event:
    """That the person was told of the first report."""
    header = Header(
        event_id("oracle", "notice"),
        source,
        (Concerned(Role.DECEASED, (PERSON,), KEY),),
        START,
        target_event_id=event_id("oracle", "0"),
    )
    return NoticeDelivered(header)


ONE_DEPARTMENT = ["registry", "border"]


@pytest.mark.parametrize("length", range(2, 8))
def test_no_sequence_of_one_department_permits_a_stop(length: int) -> None:
    """Nor with a notice of its own; with another department's just those that leave a death do.

    The notice is the last of the steps.
    """
    told = [*chains(length, "registry"), *stars(min(length, 6), ["registry"])]
    wrong = [
        steps
        for steps in told
        if ask("deceased", steps).details["stop_permitted"]
        or ask("deceased", steps, notice("border")).details["stop_permitted"]
        or ask("deceased", steps, notice("hospital")).details["stop_permitted"]
        is not (verdict(steps) == "no")
    ]
    assert wrong == []
