"""What is remembered of what was sent: on disk, and bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from civicbus.connect.inputs import remembered as module
from civicbus.connect.inputs.batches import InputUnavailableError
from civicbus.connect.inputs.remembered import KEPT_FOR, Memory, remembered

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def memory(number: int, *, accepted: bool = True) -> Memory:
    return Memory(number.to_bytes(16), b"content", accepted)


async def test_what_is_kept_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "connectors" / "town.sqlite"
    async with remembered(path) as found:
        await found.keep([memory(1), memory(2, accepted=False)], NOW)
    async with remembered(path) as found:
        assert await found.about([memory(1).id, memory(2).id, memory(3).id]) == {
            memory(1).id: memory(1),
            memory(2).id: memory(2, accepted=False),
        }


async def test_what_was_refused_may_be_accepted_later(tmp_path: Path) -> None:
    async with remembered(tmp_path / "town.sqlite") as found:
        await found.keep([memory(1, accepted=False)], NOW)
        await found.keep([memory(1)], NOW)
        assert await found.about([memory(1).id]) == {memory(1).id: memory(1)}


async def test_the_last_are_remembered_and_no_more_than_a_million(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 10)
    async with remembered(tmp_path / "town.sqlite") as found:
        for number in range(100):
            await found.keep([memory(number)], NOW)
        ids = [memory(number).id for number in range(100)]
        assert set(await found.about(ids)) == set(ids[-10:])


async def test_what_is_older_than_ninety_days_is_forgotten(tmp_path: Path) -> None:
    async with remembered(tmp_path / "town.sqlite") as found:
        await found.keep([memory(1)], NOW)
        await found.keep([memory(2)], NOW + timedelta(days=1))
        await found.keep([memory(3)], NOW + KEPT_FOR + timedelta(hours=1))
        ids = [memory(number).id for number in (1, 2, 3)]
        assert set(await found.about(ids)) == set(ids[1:])


async def test_more_ids_than_a_statement_takes_are_asked_about(tmp_path: Path) -> None:
    async with remembered(tmp_path / "town.sqlite") as found:
        await found.keep([memory(number) for number in range(1_700)], NOW)
        assert len(await found.about([memory(number).id for number in range(2_000)])) == 1_700


async def test_a_file_that_is_none_of_ours_is_told_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite"
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(InputUnavailableError, match=r"DatabaseError.*may be removed"):
        async with remembered(path):
            pass
