"""From the accounts of workers to one overview."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from civicbus.domain.authority import Authorities
from civicbus.status.building import Snapshot, build
from civicbus.status.overview import Account, Freshness, Overview, Receipt, Refused, Worker
from tests.status.accounts import (
    DAY,
    NOW,
    ONE,
    PARTITIONS,
    THREE,
    TWO,
    authorities,
    healthy,
    partition,
    source,
    topic,
    troubled,
    worker,
)


def built(
    snapshots: Sequence[Snapshot],
    declared: Authorities | None = None,
    partitions: int = PARTITIONS,
) -> Overview:
    return build(snapshots, declared or Authorities(), partitions, NOW)


def one_partition(**parts: Any) -> list[Snapshot]:
    """One worker with one partition and one source."""
    return [worker(ONE, [partition(0, death=topic(10))], [source("registry", "death", 0, **parts)])]


def test_when_all_is_well_nothing_needs_attention() -> None:
    overview = build(*healthy(), PARTITIONS, NOW)
    assert overview.concerns == ()
    assert [share.owner for share in overview.partitions] == [ONE, TWO, ONE, TWO]
    assert all(share.ready for share in overview.partitions)
    assert overview.topics["civic.death.v1"] == Account(
        consumed=4_006, stored=3_594, duplicates=12, watermarks=400
    )
    assert overview.total.consumed == 4_006 + 8_006
    assert [found.freshness for found in overview.sources] == [Freshness.FRESH]


def test_every_trouble_is_told() -> None:
    overview = build(*troubled(), PARTITIONS, NOW)
    assert [" ".join(concern.split()) for concern in overview.concerns] == [
        "Nobody answers for partition 3.",
        "Not ready: partition 2, with 1,492,275 records still to be read.",
        f"Worker {THREE} is silent: not reached: ConnectError.",
        (
            "1 record not accounted for: consumed differs from stored, duplicates, quarantined, "
            "watermarks and dismissals together."
        ),
        "civil-affairs (death) is gapped: its word and what arrived differ by 7 records.",
        "civil-affairs (death) is heard in 1 of 3 partitions only.",
        "health (death) is stale: complete through 3 d ago, 24 h allowed.",
        "social-security (death) has never been heard of: its connector may not be running.",
        (
            "3 records open in quarantine: answers about the persons concerned are unknown until "
            "they are replayed or dismissed (civicbus quarantine list)."
        ),
    ]


def test_a_worker_that_does_not_answer_is_listed_as_silent() -> None:
    overview = built([{"worker": ONE, "silent": "not reached: ConnectTimeout"}])
    assert overview.workers == (Worker(ONE, silent="not reached: ConnectTimeout"),)
    assert [share.owner for share in overview.partitions] == [None] * PARTITIONS


@pytest.mark.parametrize(
    "broken",
    [
        {"started_at": "yesterday"},
        {"partitions": [{"partition": 0}]},
        {"partitions": [partition(0, death={"consumed": 1})]},
        {"sources": [{"source": "registry"}]},
        {"quarantined": None},
    ],
)
def test_a_worker_whose_account_has_another_form_is_silent_and_hides_no_other(
    broken: dict[str, Any],
) -> None:
    whole = worker(TWO, [partition(1, death=topic(5))])
    overview = built([worker(ONE) | broken, whole])
    assert overview.workers[0].silent is not None
    assert "another version" in overview.workers[0].silent
    assert overview.partitions[1].owner == TWO
    assert overview.total.consumed == 5


def test_an_account_that_does_not_add_up_is_shown_with_its_difference() -> None:
    overview = built([worker(ONE, [partition(0, death=topic(10, stored=8), birth=topic(4))])])
    assert overview.topics["civic.death.v1"].unaccounted == 2
    assert overview.topics["civic.birth.v1"].unaccounted == 0
    assert overview.total.unaccounted == 2


def test_what_was_released_needs_no_attention_any_more() -> None:
    found = topic(10, quarantined=3, released=3, dismissals=1)
    overview = built(
        [worker(ONE, [partition(number, death=found) for number in range(PARTITIONS)])]
    )
    assert overview.concerns == ()
    assert (overview.total.quarantined, overview.total.open) == (12, 0)
    assert (overview.total.dismissals, overview.total.unaccounted) == (4, 0)


def test_a_worker_from_before_there_were_dismissals_is_still_read() -> None:
    found = topic(10, quarantined=3)
    del found["dismissals"], found["released"]
    overview = built([worker(ONE, [partition(0, death=found)])])
    assert overview.workers[0].silent is None
    assert (overview.total.open, overview.total.unaccounted) == (3, 0)


def test_too_few_in_one_topic_and_too_many_in_another_do_not_make_up_for_each_other() -> None:
    share = partition(0, death=topic(10, stored=8), birth=topic(10, stored=12))
    overview = built([worker(ONE, [share])])
    assert overview.partitions[0].account.unaccounted == 4
    assert overview.total.unaccounted == 4


def test_lag_is_what_is_still_to_be_read_and_never_less_than_nothing() -> None:
    ahead = topic(10) | {"end_offset": 7}
    overview = built([worker(ONE, [partition(0, death=topic(10, lag=5), birth=ahead)])])
    assert overview.partitions[0].topics["civic.death.v1"].lag == 5
    assert overview.total.lag == 5


def test_while_a_partition_moves_the_worker_that_is_ahead_counts_and_the_other_is_named() -> None:
    overview = built(
        [
            worker(ONE, [partition(0, death=topic(10))]),
            worker(TWO, [partition(0, ready=False, death=topic(900))]),
        ],
        partitions=1,
    )
    (share,) = overview.partitions
    assert (share.owner, share.rivals) == (ONE, (TWO,))
    assert overview.total.consumed == 10
    assert any("claimed by" in concern for concern in overview.concerns)


def test_a_partition_outside_the_agreed_number_is_not_lost() -> None:
    overview = built([worker(ONE, [partition(9, death=topic(1))])], partitions=1)
    assert [share.number for share in overview.partitions] == [0, 9]


@pytest.mark.parametrize(
    ("age", "missing", "limit", "freshness"),
    [
        (timedelta(hours=1), 0, DAY, Freshness.FRESH),
        (DAY, 0, DAY, Freshness.FRESH),
        (DAY + timedelta(seconds=1), 0, DAY, Freshness.STALE),
        (timedelta(hours=1), 1, DAY, Freshness.GAPPED),
        (timedelta(hours=1), -1, DAY, Freshness.GAPPED),
        (timedelta(days=9), 1, DAY, Freshness.GAPPED),
        (timedelta(days=9), 0, None, Freshness.UNLIMITED),
        (timedelta(minutes=-5), 0, DAY, Freshness.FRESH),
    ],
)
def test_a_source_is_fresh_as_its_declaration_says(
    age: timedelta, missing: int, limit: timedelta | None, freshness: Freshness
) -> None:
    declared = authorities(registry=limit) if limit else Authorities()
    overview = built(one_partition(age=age, missing=missing), declared, 1)
    (found,) = overview.sources
    assert found.freshness is freshness
    assert found.age_seconds == age.total_seconds()
    assert found.missing == abs(missing)


def test_of_several_partitions_the_one_furthest_behind_counts() -> None:
    words = [source("registry", "death", n, age=n * DAY, missing=n - 1) for n in range(3)]
    shares = [partition(n, death=topic(1)) for n in range(3)]
    (found,) = built([worker(ONE, shares, words)], authorities(registry=DAY), 3).sources
    assert found.complete_through == NOW - 2 * DAY
    assert found.missing == 2


def test_a_source_not_heard_in_every_partition_is_not_fresh() -> None:
    shares = [partition(n, death=topic(1)) for n in range(2)]
    word = source("registry", "death", 0)
    (found,) = built([worker(ONE, shares, [word])], authorities(registry=DAY), 2).sources
    assert (found.freshness, found.heard_in, found.partitions) == (Freshness.PARTIAL, 1, 2)


def test_the_word_that_a_former_owner_remembers_does_not_count() -> None:
    overview = built(
        [
            worker(ONE, [partition(0, death=topic(9))], [source("registry", "death", 0)]),
            worker(
                TWO,
                [partition(0, ready=False, death=topic(1))],
                [source("registry", "death", 0, age=9 * DAY)],
            ),
        ],
        authorities(registry=DAY),
        1,
    )
    assert overview.sources[0].freshness is Freshness.FRESH


def test_what_is_refused_is_counted_over_workers_the_most_frequent_first() -> None:
    def refused(reason: str, count: int) -> dict[str, Any]:
        return {"topic": "civic.death.v1", "reason": reason, "count": count}

    overview = built(
        [
            worker(ONE, quarantined=[refused("schema", 2), refused("uuid", 5)]),
            worker(TWO, quarantined=[refused("schema", 4)]),
        ]
    )
    assert overview.quarantined == (
        Refused("civic.death.v1", "schema", 6),
        Refused("civic.death.v1", "uuid", 5),
    )


def test_as_json_it_is_the_same_in_plain_values() -> None:
    overview = build(*troubled(), PARTITIONS, NOW)
    document = json.loads(json.dumps(overview.to_json()))
    assert document["taken_at"] == "2024-06-01T12:00:00.000Z"
    assert document["total"]["consumed"] == overview.total.consumed
    assert document["partitions"][3]["owner"] is None
    assert document["sources"][0]["freshness"] == "gapped"
    assert document["workers"][2] == {
        "url": THREE,
        "ready": False,
        "version": None,
        "started_at": None,
        "partitions": [],
        "silent": "not reached: ConnectError",
        "behind": 0,
        "seconds_left": None,
    }


def test_receipts_are_those_of_any_worker_that_knows_them() -> None:
    snapshots = one_partition()
    assert built(snapshots).receipts is None
    receipt = Receipt("office", "civic.death.v1", 3, 12)
    told = asdict(receipt)
    knowing = {**worker(TWO, [], []), "receipts": [told]}
    found = built([{**snapshots[0], "receipts": None}, knowing])
    assert found.receipts == (receipt,)
    assert found.to_json()["receipts"] == [told]
    assert built([{**snapshots[0], "receipts": []}]).receipts == ()
