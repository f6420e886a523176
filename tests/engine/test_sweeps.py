"""A sweep over two workers, over real HTTP on loopback: each answers about its own persons."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
import structlog

from civicbus.domain.answer import Question
from civicbus.domain.claims import Party
from civicbus.domain.families import FAMILIES
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs import start
from civicbus.domain.proofs.runner import run as run_over
from civicbus.engine.layout import event_keys, quarantine_key, stamped
from civicbus.engine.partition_store import StoreBatch
from civicbus.engine.peers import SIGNATURE, SWEEP_PATH
from civicbus.engine.sweep_request import (
    Result,
    SweepRequest,
    results_from_lines,
    results_to_lines,
)
from civicbus.wire.ports import Swept, Unanswered
from civicbus.wire.topics import partition_of
from tests.engine.samples import NOW, SECRET, key_of
from tests.engine.workers import AUTHORITIES, PARTITIONS, SIGNER, Worker, fill, two_workers

PEOPLE = range(1, 41)


def question(number: int) -> Question:
    return Question(Identifier("us-dc", str(number)), key_of(number), date(2026, 5, 20), NOW)


def in_partition(partition: int) -> list[int]:
    return [n for n in PEOPLE if partition_of(key_of(n).encode(), PARTITIONS) == partition]


def dead(partition: int) -> list[int]:
    """Every second person of a partition has died."""
    return in_partition(partition)[::2]


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[Worker, Worker]]:
    """An asker of partition 0 and an owner of partition 1, with the dead of both."""
    async with two_workers(tmp_path) as (asker, owner):
        await fill(asker, 0, *dead(0))
        await asker.owns(0)
        await fill(owner, 1, *dead(1))
        await owner.owns(1)
        yield asker, owner


def outcomes(results: Sequence[Result]) -> list[str | None]:
    return [r.outcome if isinstance(r, Swept) else r.reason for r in results]


def expected(number: int) -> str:
    return "no" if number in (*dead(0), *dead(1)) else "unknown"


async def test_everybody_is_answered_whoever_owns_their_partition(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    results = await asker.sweeps.sweep("alive", [question(number) for number in PEOPLE])
    assert outcomes(results) == [expected(number) for number in PEOPLE]


async def test_each_answer_is_the_one_that_the_single_question_gets(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    questions = [question(number) for number in PEOPLE]
    for asked, result in zip(questions, await asker.sweeps.sweep("alive", questions), strict=True):
        single = await run_over(start("alive", asked, AUTHORITIES), asker.dossiers.fetch)
        assert isinstance(result, Swept)
        assert json.loads(result.text) == single.in_brief()


async def test_an_owner_that_is_rebuilding_answers_about_nobody(
    two: tuple[Worker, Worker],
) -> None:
    asker, owner = two
    await owner.owns(1, behind=3)
    results = await asker.sweeps.sweep("alive", [question(number) for number in PEOPLE])
    theirs = in_partition(1)
    assert outcomes(results) == [
        "rebuilding" if number in theirs else expected(number) for number in PEOPLE
    ]


async def test_an_owner_that_is_gone_costs_the_others_nothing(two: tuple[Worker, Worker]) -> None:
    asker, _ = two
    asker.owners[1] = "http://127.0.0.1:9"
    results = await asker.sweeps.sweep("alive", [question(number) for number in PEOPLE])
    theirs = in_partition(1)
    assert outcomes(results) == [
        "owner_not_reached" if number in theirs else expected(number) for number in PEOPLE
    ]


async def test_whoever_changes_hands_in_mid_sweep_is_asked_of_the_new_owner(
    two: tuple[Worker, Worker],
) -> None:
    asker, owner = two
    owner.ownership.revoke()

    async def handed_back() -> None:
        await asyncio.sleep(0.1)
        await owner.owns(1)

    handing = asyncio.create_task(handed_back())
    results = await asker.sweeps.sweep("alive", [question(number) for number in PEOPLE])
    await handing
    assert outcomes(results) == [expected(number) for number in PEOPLE]


async def test_what_was_revoked_is_not_answered_from(two: tuple[Worker, Worker]) -> None:
    asker, _ = two
    asker.ownership.revoke()
    results = await asker.sweeps.sweep("alive", [question(number) for number in in_partition(0)])
    assert set(outcomes(results)) == {"rebalancing"}


async def test_a_proof_may_need_the_dossier_of_somebody_whom_another_worker_owns(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    mine, theirs = in_partition(0)[1], dead(1)[0]
    other = Party(Identifier("us-dc", str(theirs)), key_of(theirs))
    asked = replace(question(mine), claims=(("number", other),))
    (result,) = await asker.sweeps.sweep("same_person", [asked])
    single = await run_over(start("same_person", asked, AUTHORITIES), asker.dossiers.fetch)
    assert isinstance(result, Swept)
    assert json.loads(result.text) == single.in_brief()


async def test_a_fault_about_one_person_leaves_the_others_answered(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    unlucky, *others = in_partition(0)
    store, family = asker.store.open(0), FAMILIES["birth"].number
    (key,) = event_keys([key_of(unlucky).encode()], family, [str(uuid.uuid4()).encode()])
    spoiled = StoreBatch(family, store.state(family))
    spoiled.put(key, stamped(0, 0, b"\x00\x00\x00\x00\x00somebody"))
    store.commit(spoiled)
    with structlog.testing.capture_logs() as logs:
        results = await asker.sweeps.sweep("alive", [question(n) for n in (unlucky, *others)])
    assert results[0] == Unanswered(None)
    assert outcomes(results[1:]) == [expected(number) for number in others]
    assert [entry["event"] for entry in logs if "error" in entry] == ["proof_failed"]
    assert "somebody" not in str(logs)


async def test_whoever_has_a_refused_record_is_not_answered_like_the_others(
    two: tuple[Worker, Worker],
) -> None:
    asker, _ = two
    doubtful, *others = dead(0)
    store, family = asker.store.open(0), FAMILIES["death"].number
    marked = StoreBatch(family, store.state(family))
    marked.put(quarantine_key(key_of(doubtful).encode(), family, 99), bytes(8) + b"text")
    store.commit(marked)
    results = await asker.sweeps.sweep("alive", [question(n) for n in (*others, doubtful)])
    assert outcomes(results) == ["no"] * len(others) + ["unknown"]
    assert isinstance(results[-1], Swept)
    assert json.loads(results[-1].text)["reason"] == "quarantined"


async def test_a_stranger_cannot_sweep(two: tuple[Worker, Worker]) -> None:
    asker, _ = two
    body = SweepRequest("alive", [question(1)]).to_json()
    async with httpx.AsyncClient() as client:
        url = f"{asker.owners[1]}{SWEEP_PATH}"
        refused = await client.post(url, content=body, headers={SIGNATURE: "1:abc"})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"proof":"rich","people":[]}', b'{"proof":"alive","valid_at":"x"}'],
)
async def test_what_is_no_sweep_is_refused(two: tuple[Worker, Worker], body: bytes) -> None:
    asker, _ = two
    async with httpx.AsyncClient() as client:
        url = f"{asker.owners[1]}{SWEEP_PATH}"
        signed = {SIGNATURE: SIGNER.sign(SWEEP_PATH, body)}
        assert (await client.post(url, content=body, headers=signed)).status_code == 400


def test_a_question_reads_the_same_after_the_way_to_another_worker() -> None:
    other = Party(Identifier("us-dc", "7"), key_of(7))
    full = replace(
        question(1), name="Ada Vos", birth_date=date(1950, 1, 2), claims=(("number", other),)
    )
    request = SweepRequest("same_person", [full, question(2)])
    again = SweepRequest.from_plain(json.loads(request.to_json()), SECRET)
    assert list(again.questions) == list(request.questions)
    assert again.proof == "same_person"


def test_results_read_the_same_after_the_way_back() -> None:
    results: list[Result] = [
        Swept("yes", '{"a":"b c"}'),
        Unanswered("rebuilding"),
        Unanswered(None),
    ]
    assert results_from_lines(results_to_lines(results), 3) == results
    with pytest.raises(ValueError, match="not an answer to each"):
        results_from_lines(results_to_lines(results), 2)
