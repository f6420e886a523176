"""Only an operator ends what a refusal left: what is signed, what is forged, what is moved."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from civicbus.domain.events import Dismissal
from civicbus.wire.guard import Guard, Mode
from civicbus.wire.releases import ATTEMPT, RELEASES, SIGNATURE, Release, ReleaseSeal
from tests.wire.corpus import PUBLISHERS, Record, catalogue, codec, good_records, record_of
from tests.wire.makers import ENVIRONMENT, event

SEAL = ReleaseSeal(b"a secret of operators")
TOPIC = "civic.death.v1"
RELEASE = Release(41, 2)

Headers = list[tuple[str, bytes]]


def guard_of(mode: Mode = "native", seal: ReleaseSeal | None = SEAL) -> Guard:
    return Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode, seal)


def signed(record: Record, release: Release = RELEASE, topic: str = TOPIC) -> Record:
    headers = SEAL.headers(topic, record.partition, record.key, record.value, release)
    return replace(record, headers=headers)


def replay() -> Record:
    return signed(record_of(event("Death")))


def dismissal(offset: int = RELEASE.offset, environment: str = ENVIRONMENT) -> Record:
    value = codec().encode(Dismissal(offset, environment))
    return signed(Record(record_of(event("Death")).key, value))


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("others", [0, 50])
def test_a_replay_enters_as_its_event_and_a_dismissal_as_none(mode: Mode, others: int) -> None:
    around = list(good_records("Death", others))
    judgement = guard_of(mode).judge(TOPIC, [*around, replay(), dismissal()])
    assert judgement.refused == []
    assert judgement.releases == {others: RELEASE, others + 1: RELEASE}
    assert judgement.dismissals == [others + 1]
    assert [id_ is None for id_ in judgement.event_ids] == [False] * (others + 1) + [True]


def changed(headers: Headers, name: str, value: bytes) -> Headers:
    return [(key, value if key == name else old) for key, old in headers]


@pytest.mark.parametrize("good", [replay(), dismissal()], ids=["replay", "dismissal"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        (RELEASES, b"42"),
        (RELEASES, b"-41"),
        (RELEASES, b"9" * 20),
        (RELEASES, b""),
        (ATTEMPT, b"3"),
        (ATTEMPT, b"two"),
        (SIGNATURE, b""),
        (SIGNATURE, b"0" * 64),
    ],
)
def test_a_release_that_was_changed_is_refused(good: Record, name: str, value: bytes) -> None:
    bad = replace(good, headers=changed(list(good.headers), name, value))
    judgement = guard_of().judge(TOPIC, [bad])
    assert [item.reason for item in judgement.refused] == ["authority"]
    assert judgement.releases == {}


@pytest.mark.parametrize(
    "bad",
    [
        replace(replay(), partition=1),
        replace(replay(), key=record_of(event("Death", 7)).key),
        replace(replay(), value=record_of(event("Death", 7)).value),
        signed(record_of(event("Death")), topic="civic.birth.v1"),
        replace(replay(), headers=[(RELEASES, b"41")]),
        replace(dismissal(), headers=[]),
    ],
    ids=["partition", "key", "value", "topic", "unsigned", "no headers"],
)
def test_a_release_that_stands_elsewhere_or_says_something_else_is_refused(bad: Record) -> None:
    assert [item.reason for item in guard_of().judge(TOPIC, [bad]).refused] == ["authority"]


def test_a_dismissal_names_the_record_that_it_was_signed_for() -> None:
    judgement = guard_of().judge(TOPIC, [dismissal(offset=7)])
    assert [item.reason for item in judgement.refused] == ["authority"]


def test_a_dismissal_made_for_another_deployment_is_refused() -> None:
    judgement = guard_of().judge(TOPIC, [dismissal(environment="elsewhere")])
    assert [item.reason for item in judgement.refused] == ["environment"]


@pytest.mark.parametrize("seal", [None, ReleaseSeal(None), ReleaseSeal(b"another secret")])
def test_who_does_not_know_the_operators_secret_lets_no_release_in(
    seal: ReleaseSeal | None,
) -> None:
    judgement = guard_of(seal=seal).judge(TOPIC, [replay(), dismissal()])
    assert [item.reason for item in judgement.refused] == ["authority", "authority"]


def test_a_signed_replay_of_what_is_still_wrong_is_refused_and_known_for_a_replay() -> None:
    bad = signed(Record(record_of(event("Death")).key, b"\x00\x00\x00\x00\x02"))
    judgement = guard_of().judge(TOPIC, [bad])
    assert len(judgement.refused) == 1
    assert judgement.releases == {0: RELEASE}


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="no secret"):
        ReleaseSeal(None).headers(TOPIC, 0, None, None, RELEASE)
