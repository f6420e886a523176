"""`civicbus sweep` against a worker's API over a real connection."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.api.memory import MemorySweeps
from civicbus.cli import sweep_asking, sweep_command
from civicbus.domain.answer import Question
from civicbus.wire.ports import Swept, Unanswered
from tests.api.city import AUTHORITIES, DEAD, LIVING, UNKNOWN, app_over, city
from tests.cli.served import HOST, served

app = typer.Typer(rich_markup_mode=None)
sweep_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is not ready is asked again at once, and fewer people go into a part."""
    monkeypatch.setattr(sweep_asking, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(sweep_asking, "PART_PEOPLE_MAX", 50)


def sweep(people: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["sweep", "alive", "--list", str(people), *arguments])


class Sweeps:
    """The city's sweeps; they note who was asked about, and can be made to fail or to wait."""

    def __init__(self) -> None:
        self.inner = MemorySweeps(city(), AUTHORITIES)
        self.asked: list[str] = []
        self.nobody: Swept | Unanswered | None = None
        self.not_ready: set[str] = set()
        self.breaks_off_after = -1
        self.waits_after = -1

    async def sweep(self, proof: str, questions: Sequence[Question]) -> list[Swept | Unanswered]:
        people = [str(question.person) for question in questions]
        if 0 <= self.breaks_off_after <= len(self.asked):
            self.breaks_off_after = -1
            raise RuntimeError
        while 0 <= self.waits_after <= len(self.asked):  # noqa: ASYNC110 - set from another thread
            await asyncio.sleep(0.01)
        self.asked += people
        return [
            Unanswered("rebalancing") if person in self.not_ready else await self._one(proof, asked)
            for person, asked in zip(people, questions, strict=True)
        ]

    async def _one(self, proof: str, question: Question) -> Swept | Unanswered:
        """Of the people of a long list nobody knows more than of the first."""
        if question.person.scheme == "us-dc" and self.nobody is not None:
            return self.nobody
        (result,) = await self.inner.sweep(proof, [question])
        if question.person.scheme == "us-dc":
            self.nobody = result
        return result


@contextmanager
def worker(sweeps: Sweeps | None = None) -> Iterator[str]:
    yield from served(app_over(city(), sweeps=sweeps))


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    yield from served(app_over(city()))


def people_in(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def many(path: Path, count: int) -> Path:
    """A list of so many different people, of whom nobody knows anything."""
    return people_in(path, *(f"us-dc:{number}" for number in range(1, count + 1)))


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def by_id(lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The persons' lines; a person with two of them is an error."""
    own = [line for line in lines if "id" in line]
    found = {line["id"]: line for line in own}
    assert len(found) == len(own)
    return found


CSV = ("id,person,birth_date", f"a,{LIVING},", f'"b",{DEAD},1950-01-01', f"c,{UNKNOWN},")
JSON = tuple(
    json.dumps({"id": own, "person": str(who)})
    for own, who in zip("abc", (LIVING, DEAD, UNKNOWN), strict=True)
)


@pytest.mark.parametrize(
    ("name", "lines", "ids"),
    [
        ("list.csv", CSV, "abc"),
        ("list.ndjson", JSON, "abc"),
        ("list.jsonl", JSON, "abc"),
        ("list.txt", (str(LIVING), "", str(DEAD), f"  {UNKNOWN}  "), "123"),
    ],
)
def test_a_list_is_read_as_its_name_says_and_everybody_is_answered(
    api: str, tmp_path: Path, name: str, lines: tuple[str, ...], ids: str
) -> None:
    out = tmp_path / "answers.ndjson"
    result = sweep(people_in(tmp_path / name, *lines), "--out", str(out), "--api", api)
    assert result.exit_code == 0, result.output
    answers = by_id(lines_of(out))
    assert {own: line["answer"]["outcome"] for own, line in answers.items()} == dict(
        zip(ids, ("yes", "no", "unknown"), strict=True)
    )


def test_without_a_file_the_lines_go_to_standard_output_and_the_summary_beside_it(
    api: str, tmp_path: Path
) -> None:
    result = sweep(people_in(tmp_path / "list.txt", str(LIVING)), "--api", api)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line.keys() & {"sweep", "answer", "end"} for line in lines] == [
        {"sweep"}, {"answer"}, {"end"},
    ]  # fmt: skip
    assert "no_death_registered" in result.stderr


def test_the_file_begins_with_the_question_and_ends_with_the_account(
    api: str, tmp_path: Path
) -> None:
    people, out = people_in(tmp_path / "l.txt", str(LIVING), "nl-bsn:1"), tmp_path / "out"
    result = sweep(people, "--out", str(out), "--api", api)
    first, *_, last = lines_of(out)
    assert first["sweep"]["proof"] == "alive"
    assert first["sweep"]["valid_at"] == "2024-06-01"
    assert last["end"]["answered"] == last["end"]["refused"] == 1
    assert result.exit_code == 1
    assert "nl-bsn:1" not in out.read_text(encoding="utf-8") + result.output


def test_a_refused_line_is_told_by_its_place_in_the_list(api: str, tmp_path: Path) -> None:
    people, out = people_in(tmp_path / "l.csv", *CSV, "d,nl-bsn:1,"), tmp_path / "out"
    sweep(people, "--out", str(out), "--api", api)
    refused = by_id(lines_of(out))["d"]
    assert (refused["line"], refused["problem"]["field"]) == (5, "person")


def test_the_summary_counts_by_outcome_and_reason(api: str, tmp_path: Path) -> None:
    people, out = people_in(tmp_path / "list.csv", *CSV), tmp_path / "out"
    table = sweep(people, "--out", str(out), "--api", api).stdout
    assert all(reason in table for reason in ("no_death_registered", "death_registered"))
    out.unlink()
    summary = json.loads(sweep(people, "--out", str(out), "--api", api, "--json").stdout)
    assert summary["outcomes"] == {"yes": 1, "no": 1, "unknown": 1, "disputed": 0}
    assert summary["reasons"]["no"] == {"death_registered": 1}
    assert (summary["asked"], summary["asked_now"], summary["not_ready"]) == (3, 3, 0)


def test_whoever_was_not_ready_is_asked_again_by_the_same_command(tmp_path: Path) -> None:
    sweeps = Sweeps()
    sweeps.not_ready = {str(LIVING)}
    people, out = people_in(tmp_path / "l.csv", *CSV), tmp_path / "out"
    with worker(sweeps) as api:
        first = sweep(people, "--out", str(out), "--api", api)
        between = by_id(lines_of(out))
        sweeps.not_ready, sweeps.asked = set(), []
        second = sweep(people, "--out", str(out), "--api", api)
    assert (first.exit_code, second.exit_code) == (3, 0)
    assert between["a"]["problem"]["reason"] == "rebalancing"
    assert "answer" in between["b"]
    assert sweeps.asked == [str(LIVING)]
    answers = by_id(lines_of(out))
    assert answers["a"]["answer"]["outcome"] == "yes"
    assert lines_of(out)[-1]["end"]["answered"] == 3


def test_a_rebalance_during_a_sweep_costs_nobody_an_answer(tmp_path: Path) -> None:
    sweeps = Sweeps()
    sweeps.not_ready = {str(LIVING)}

    def settle() -> None:
        while sweeps.asked.count(str(LIVING)) < 2:
            time.sleep(0.001)
        sweeps.not_ready = set()

    settling = threading.Thread(target=settle)
    settling.start()
    people, out = people_in(tmp_path / "l.csv", *CSV), tmp_path / "out"
    with worker(sweeps) as api:
        result = sweep(people, "--out", str(out), "--api", api)
    settling.join()
    assert result.exit_code == 0
    assert by_id(lines_of(out))["a"]["answer"]["outcome"] == "yes"


def test_an_answer_that_is_cut_off_is_asked_for_again(tmp_path: Path) -> None:
    sweeps = Sweeps()
    sweeps.breaks_off_after = 60
    people, out = many(tmp_path / "l.txt", 200), tmp_path / "out"
    with worker(sweeps) as api:
        result = sweep(people, "--out", str(out), "--api", api)
    assert result.exit_code == 0, result.output
    assert len(by_id(lines_of(out))) == 200
    assert sorted(sweeps.asked) == sorted(f"us-dc:{number}" for number in range(1, 201))


def test_a_sweep_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    sweeps = Sweeps()
    sweeps.waits_after = 10_000
    people, out = many(tmp_path / "l.txt", 12_000), tmp_path / "out"
    with worker(sweeps) as api:
        command = [sys.executable, "-m", "civicbus", "sweep", "alive", "--list", str(people)]
        process = subprocess.Popen([*command, "--out", str(out), "--api", api])
        while not out.exists() or len(out.read_bytes().splitlines()) < 5_001:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with out.open("ab") as file:
            file.write(b'{"id":"11999","answer":{"outco')  # as a kill in mid-write leaves it
        had = len(lines_of_whole(out)) - 1
        sweeps.waits_after, sweeps.asked = -1, []
        result = sweep(people, "--out", str(out), "--api", api, "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert (summary["asked"], summary["asked_now"]) == (12_000, 12_000 - had)
    assert by_id(lines_of(out)).keys() == {str(place) for place in range(1, 12_001)}
    assert lines_of(out)[-1]["end"]["answered"] == 12_000


def lines_of_whole(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines() if line.endswith(b"}")]


def test_a_finished_sweep_asks_nobody_again(api: str, tmp_path: Path) -> None:
    people, out = people_in(tmp_path / "l.csv", *CSV), tmp_path / "out"
    sweep(people, "--out", str(out), "--api", api)
    before = lines_of(out)
    again = sweep(people, "--out", str(out), "--api", api, "--json")
    assert json.loads(again.stdout)["asked_now"] == 0
    assert lines_of(out) == before


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (("--valid-at", "2024-01-01"), "valid_at"),
        (("--known-at", "2024-01-01"), "known_at"),
    ],
)
def test_answers_to_different_questions_never_stand_in_one_file(
    api: str, tmp_path: Path, changed: tuple[str, ...], named: str
) -> None:
    people, out = people_in(tmp_path / "l.csv", *CSV), tmp_path / "out"
    sweep(people, "--out", str(out), "--api", api)
    before = out.read_bytes()
    result = sweep(people, "--out", str(out), "--api", api, *changed)
    assert result.exit_code == 1
    assert named in result.stderr
    assert out.read_bytes() == before


def test_a_list_that_has_changed_is_not_continued(api: str, tmp_path: Path) -> None:
    people, out = people_in(tmp_path / "l.txt", str(LIVING), str(DEAD)), tmp_path / "out"
    sweep(people, "--out", str(out), "--api", api)
    people_in(people, str(DEAD), str(LIVING))  # the places are the ids: they would be exchanged
    result = sweep(people, "--out", str(out), "--api", api)
    assert (result.exit_code, "list is different" in result.stderr) == (1, True)


def test_a_file_of_something_else_is_not_overwritten(api: str, tmp_path: Path) -> None:
    out = people_in(tmp_path / "out", "a letter")
    result = sweep(people_in(tmp_path / "l.csv", *CSV), "--out", str(out), "--api", api)
    assert (result.exit_code, out.read_text(encoding="utf-8")) == (1, "a letter\n")


def test_one_of_two_workers_is_enough(api: str, tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as found:
        closed = f"http://{HOST}:{found.getsockname()[1]}"
    people, out = many(tmp_path / "l.txt", 300), tmp_path / "out"
    result = sweep(people, "--out", str(out), "--api", closed, "--api", api)
    assert result.exit_code == 0, result.output
    assert len(by_id(lines_of(out))) == 300


def test_where_no_worker_answers_it_fails_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_asking, "FAILURES_MAX", 1)
    with socket.create_server((HOST, 0)) as found:
        closed = f"http://{HOST}:{found.getsockname()[1]}"
    result = sweep(people_in(tmp_path / "l.csv", *CSV), "--api", closed)
    assert result.exit_code == 1
    assert "civicbus worker" in result.stderr


@pytest.mark.parametrize(
    ("name", "lines", "line", "word"),
    [
        ("l.csv", ("nl-bsn:999990639",), 1, "columns"),
        ("l.csv", ("id,person,address", "a,b,c"), 1, "columns"),
        ("l.csv", ("id,person", "a"), 2, "2 cells"),
        ("l.csv", ("id,person", 'a,"b'), 2, "CSV"),
        ("l.csv", ("id,person", f"a,{LIVING}", f"a,{DEAD}"), 3, "line 2"),
        ("l.ndjson", ("nl-bsn:999990639",), 1, "JSON"),
        ("l.ndjson", ("[]",), 1, "object"),
        ("l.ndjson", ('{"id": 5, "person": "x"}',), 1, "id"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_by_line_without_repeating_it(
    api: str, tmp_path: Path, name: str, lines: tuple[str, ...], line: int, word: str
) -> None:
    result = sweep(people_in(tmp_path / name, *lines), "--api", api)
    assert result.exit_code == 1
    assert f"line {line}:" in result.stderr
    assert word in result.stderr
    assert "999990639" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [("--valid-at", "tomorrow"), ("--known-at", "soon"), ("--claim", "age=3")],
)
def test_wrong_usage_is_told_before_anybody_is_asked(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert sweep(people_in(tmp_path / "l.csv", *CSV), *arguments).exit_code == 2


def test_a_proof_that_needs_a_claim_takes_it_from_the_line_or_for_all(
    api: str, tmp_path: Path
) -> None:
    people = people_in(
        tmp_path / "l.ndjson",
        json.dumps({"id": "a", "person": str(LIVING)}),
        json.dumps({"id": "b", "person": str(LIVING), "claims": {"years": 100}}),
    )
    out = tmp_path / "out"
    arguments = ["sweep", "age_at_least", "--list", str(people), "--out", str(out), "--api", api]
    result = CliRunner().invoke(app, [*arguments, "--claim", "years=18"])
    assert result.exit_code == 0, result.output
    answers = by_id(lines_of(out))
    assert [answers[own]["answer"]["outcome"] for own in "ab"] == ["yes", "no"]
