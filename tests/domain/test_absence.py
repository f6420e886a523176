"""When silence proves something, and how far the sources behind an answer were known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from civicbus.domain.answer import Question
from civicbus.domain.authority import Authorities, Authority, Coverage
from civicbus.domain.dossier import Dossier, Entry, SourceState
from civicbus.domain.events import Birth, Concerned, Header, event_id
from civicbus.domain.identifiers import Identifier
from civicbus.domain.person_key import person_key
from civicbus.domain.proofs import run, start
from civicbus.domain.proofs.absence import Silence, doubt_about_absence, known_through
from civicbus.domain.resolve import Facts
from civicbus.domain.vocabulary import Role

PERSON = Identifier.of("nl-bsn", "999990639")
KEY = person_key(PERSON, b"absence")
NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEATHS = Silence(("death",))


def authority(family: str, source: str = "registry", *schemes: str) -> Authority:
    return Authority(source, family, frozenset(schemes or {"nl-bsn"}), DAY)


def asked(day: date = TODAY, known_at: datetime = NOW) -> Question:
    return Question(PERSON, KEY, day, known_at)


def facts(**through: datetime | SourceState) -> Facts:
    """Facts with the state of each `family_source`."""
    states = {
        tuple(name.split("_")): state if isinstance(state, SourceState) else SourceState(state)
        for name, state in through.items()
    }
    return Facts(KEY, NOW, sources={(family, source): s for (family, source), s in states.items()})


def test_a_fresh_source_leaves_no_doubt() -> None:
    found = facts(death_registry=NOW - DAY)
    assert doubt_about_absence(asked(), found, [authority("death")], DEATHS) is None


def test_a_source_that_is_a_moment_too_old_is_stale() -> None:
    found = facts(death_registry=NOW - DAY - timedelta(milliseconds=1))
    assert doubt_about_absence(asked(), found, [authority("death")], DEATHS) == "stale"


def test_authorities_over_other_families_cover_nothing() -> None:
    found = facts(identity_registry=NOW, court_court=NOW)
    others = [authority("identity"), authority("court", "court")]
    assert doubt_about_absence(asked(), found, others, DEATHS) == "not_covered"
    assert doubt_about_absence(asked(), found, [], DEATHS) == "not_covered"


def test_every_authority_must_be_fresh() -> None:
    found = facts(death_registry=NOW, death_consulate=NOW - 2 * DAY)
    both = [authority("death"), authority("death", "consulate")]
    assert doubt_about_absence(asked(), found, both, DEATHS) == "stale"


def test_lost_records_weigh_more_than_age() -> None:
    found = facts(death_registry=SourceState(NOW - 9 * DAY, missing=1))
    assert doubt_about_absence(asked(), found, [authority("death")], DEATHS) == "gapped"


def test_the_past_is_asked_of_a_source_as_it_was_then() -> None:
    found = facts(death_registry=NOW)
    then = asked(date(2020, 1, 1), datetime(2020, 1, 2, tzinfo=UTC))
    assert doubt_about_absence(then, found, [authority("death")], DEATHS) is None


def test_a_day_can_be_asked_about_from_its_first_moment_on() -> None:
    found = facts(death_registry=NOW)
    midnight = datetime(2024, 5, 1, tzinfo=UTC)
    for moment, doubt in ((midnight, None), (midnight - timedelta(milliseconds=1), "stale")):
        question = asked(TODAY, moment)
        assert doubt_about_absence(question, found, [authority("death")], DEATHS) == doubt


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_can_be_settled(day: date) -> None:
    slow = Authority("registry", "death", frozenset({"nl-bsn"}), DAY, settles_after=9 * DAY)
    found = facts(death_registry=NOW)
    doubt = doubt_about_absence(asked(day), found, [slow], DEATHS)
    assert doubt == (None if day == date.min else "stale")


FROM_1985 = Coverage(since=date(1985, 1, 1))
UNTIL_1984 = Coverage(until=date(1984, 12, 31))
BEIJING, SHANGHAI = Coverage(places=("11",)), Coverage(places=("31",))


def covering(*coverage: Coverage, source: str = "registry") -> Authority:
    return replace(authority("death", source), coverage=coverage)


@pytest.mark.parametrize(
    ("coverage", "since", "doubt"),
    [
        ((FROM_1985,), None, None),
        ((FROM_1985,), date(1985, 1, 1), None),
        ((FROM_1985,), date(1984, 12, 31), "not_covered"),
        ((UNTIL_1984,), date(1980, 1, 1), "not_covered"),
        ((UNTIL_1984, FROM_1985), date.min, None),
        ((), None, "not_covered"),
    ],
)
def test_silence_needs_each_day_to_be_covered_on_which_the_act_would_count(
    coverage: tuple[Coverage, ...], since: date | None, doubt: str | None
) -> None:
    silence = Silence(("death",), since=since)
    found = facts(death_registry=NOW)
    assert doubt_about_absence(asked(), found, [covering(*coverage)], silence) == doubt


def test_two_sources_may_cover_a_span_together() -> None:
    found = facts(death_registry=NOW, death_archive=NOW)
    both = [covering(FROM_1985), covering(UNTIL_1984, source="archive")]
    silence = Silence(("death",), since=date(1950, 1, 1))
    assert doubt_about_absence(asked(), found, both, silence) is None
    assert doubt_about_absence(asked(), found, both[:1], silence) == "not_covered"


@pytest.mark.parametrize(
    ("coverage", "place", "doubt"),
    [
        ((BEIJING,), "110101", None),
        ((BEIJING,), "310101", "not_covered"),
        ((BEIJING,), None, "not_covered"),
        ((BEIJING, SHANGHAI), "310101", None),
        ((Coverage(),), None, None),
        ((Coverage(),), "310101", None),
    ],
)
def test_silence_needs_the_place_to_be_covered(
    coverage: tuple[Coverage, ...], place: str | None, doubt: str | None
) -> None:
    silence = Silence(("death",), place=place)
    found = facts(death_registry=NOW)
    assert doubt_about_absence(asked(), found, [covering(*coverage)], silence) == doubt


def test_each_family_that_could_hold_the_act_needs_an_authority() -> None:
    found = facts(death_registry=NOW)
    silence = Silence(("death", "court"))
    assert doubt_about_absence(asked(), found, [authority("death")], silence) == "not_covered"


def test_a_source_may_take_in_what_others_decide() -> None:
    """A register that enters the courts' declarations itself speaks for them too."""
    found = facts(death_registry=NOW)
    silence = Silence(("death", "court"))
    taking_in = replace(authority("death"), takes_in=frozenset({"court"}))
    assert doubt_about_absence(asked(), found, [taking_in], silence) is None


@pytest.mark.parametrize(
    ("declared", "asked_for", "age", "doubt"),
    [
        (31 * DAY, 7 * DAY, 7 * DAY, None),
        (31 * DAY, 7 * DAY, 7 * DAY + HOUR, "stale"),
        (DAY, 7 * DAY, 2 * DAY, "stale"),
    ],
)
def test_the_stricter_of_the_proofs_and_the_sources_freshness_counts(
    declared: timedelta, asked_for: timedelta, age: timedelta, doubt: str | None
) -> None:
    slow = replace(authority("death"), fresh_for=declared)
    found = facts(death_registry=NOW - age)
    assert doubt_about_absence(asked(), found, [slow], DEATHS, fresh_for=asked_for) == doubt


def test_a_source_is_known_as_far_as_its_slowest_topic() -> None:
    found = facts(death_registry=NOW - HOUR, identity_registry=NOW - 2 * HOUR, court_court=NOW)
    through = known_through(asked(), found, [authority("death")], ["court", "hospital"])
    assert through == {"court": NOW, "hospital": None, "registry": NOW - 2 * HOUR}


def test_nothing_is_known_beyond_the_moment_of_knowledge() -> None:
    found = facts(death_registry=NOW + DAY)
    assert known_through(asked(), found, [authority("death")], []) == {"registry": NOW}


def test_a_person_falls_under_the_authorities_of_every_number_on_record() -> None:
    numbers = (PERSON, Identifier.of("nl-anr", "1010101010"))
    header = Header(
        event_id("absence", "birth"),
        "registry",
        (
            Concerned(Role.CHILD, numbers, KEY),
            Concerned(Role.MOTHER, (Identifier.of("us-dc", "1"),), person_key(PERSON, b"other")),
        ),
        datetime(1990, 1, 1, tzinfo=UTC),
    )
    dossier = Dossier(
        KEY,
        (Entry("birth", Birth(header), NOW),),
        sources={("death", name): SourceState(NOW) for name in ("registry", "foreign")},
    )
    for schemes, outcome in ((("nl-anr",), "yes"), (("us-dc",), "unknown")):
        declared = Authorities((authority("death", "registry", *schemes),))
        answer = run(start("alive", asked(), declared), lambda _: dossier)
        assert answer.outcome == outcome
        assert answer.known_through == {"registry": NOW}


def test_a_proof_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(KeyError):
        start("immortal", asked(), Authorities())
