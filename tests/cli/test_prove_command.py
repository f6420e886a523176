"""`civicbus prove` against a worker's API over a real connection."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.api.memory import MemoryDossiers
from civicbus.cli import prove_command
from tests.api.city import DEAD, LIVING, UNKNOWN, app_over, city
from tests.cli.served import HOST, served

app = typer.Typer(rich_markup_mode=None)
prove_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


def prove(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["prove", *arguments])


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    yield from served(app_over(city()))


@pytest.fixture(scope="module")
def rebuilding() -> Iterator[str]:
    yield from served(app_over(MemoryDossiers(not_ready="rebuilding")))


@pytest.fixture
def closed() -> str:
    """An address at which nobody listens."""
    with socket.create_server((HOST, 0)) as found:
        return f"http://{HOST}:{found.getsockname()[1]}"


@pytest.fixture
def stranger() -> Iterator[str]:
    """Some other HTTP server."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            """The test's output is no place for it."""

    with HTTPServer((HOST, 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("person", "times", "outcome", "reason"),
    [
        (LIVING, (), "yes", "no_death_registered"),
        (DEAD, (), "no", "death_registered"),
        (DEAD, ("--valid-at", "2024-02-29"), "yes", "died_later"),
        (DEAD, ("--known-at", "2024-03-01"), "yes", "no_death_registered"),
        (UNKNOWN, (), "unknown", "no_such_record"),
    ],
)
def test_with_json_the_answer_is_one_object_and_unknown_is_an_answer(
    api: str, person: object, times: tuple[str, ...], outcome: str, reason: str
) -> None:
    result = prove("alive", "--person", str(person), *times, "--api", api, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    assert (answer["outcome"], answer["reason"]) == (outcome, reason)
    assert answer.keys() >= {"person", "proof", "valid_at", "known_at", "known_through", "basis"}


def test_the_answer_is_told_in_words_with_its_evidence(api: str) -> None:
    result = prove("alive", "--person", str(DEAD), "--api", f"{api}/")
    assert result.exit_code == 0
    for part in (
        "NO  death_registered",
        "Not alive on 2024-06-01",
        "已不在世",
        "known through  civil-registry  2024-06-01T11:59:00.000Z",
        "Death",
        "2024-03-01",
        "REGISTERED",
    ):
        assert part in result.stdout
    assert result.stderr == ""


def test_claims_name_and_birth_date_go_along_with_the_question(api: str) -> None:
    employer = ("--claim", "employer=A=B")
    result = prove("employed", "--person", str(LIVING), *employer, "--api", api, "--json")
    assert json.loads(result.stdout)["claims"] == {"employer": "A=B"}
    born = ("--born", "1950-01-02", "--name", "Zhang San")
    result = prove("alive", "--person", str(LIVING), *born, "--api", api, "--json")
    assert json.loads(result.stdout)["reason"] == "mismatched_person"
    assert "Zhang" not in result.stdout + result.stderr


def test_a_proof_that_is_misspelt_is_guessed_from_those_that_there_are(closed: str) -> None:
    result = prove("employd", "--person", str(LIVING), "--api", closed)
    assert result.exit_code == 2
    assert "did you mean employed? `civicbus proofs` lists them" in result.stderr


def test_a_number_may_be_written_as_people_write_it(api: str) -> None:
    result = prove("alive", "--person", " nl-bsn: 9999 90 639 ", "--api", api, "--json")
    assert json.loads(result.stdout)["person"] == str(LIVING)


@pytest.mark.parametrize(
    "arguments",
    [
        ("alive", "--person", "nl-bsn:777777777"),
        ("alive", "--person", "777777777"),
        ("alive", "--person", "777777777:nl-bsn"),
        ("alive", "--person", str(LIVING), "--valid-at", "2999-01-01"),
        ("alive", "--person", str(LIVING), "--known-at", "yesterday"),
        ("alive",),
        ("wise", "--person", str(LIVING)),
        ("777777777", "--person", str(LIVING)),
        ("alive", "--person", str(LIVING), "--born", "777777777"),
        ("alive", "--person", str(LIVING), "--born", "2023-02-29"),
        ("alive", "--person", str(LIVING), "--name", " "),
        ("alive", "--person", str(LIVING), "--claim", "777777777=1"),
        ("employed", "--person", str(LIVING), "--claim", "777777777"),
        ("employed", "--person", str(LIVING), "--claim", "employer="),
        (*("employed", "--person", str(LIVING)), *("--claim", "employer=777777777") * 2),
        (),
    ],
)
def test_wrong_usage_is_told_without_repeating_a_number(
    closed: str, arguments: tuple[str, ...]
) -> None:
    result = prove(*arguments, "--api", closed)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr
    assert "777777777" not in result.stderr
    assert LIVING.value not in result.stderr


def test_a_worker_that_is_not_there_is_told_with_a_remedy(closed: str) -> None:
    result = prove("alive", "--person", str(LIVING), "--api", closed)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{closed}: no worker reached" in result.stderr
    assert "`civicbus worker`" in result.stderr
    assert LIVING.value not in result.stderr


def test_without_api_the_configured_worker_is_asked(
    api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVICBUS_ADVERTISE", api)
    assert prove("alive", "--person", str(LIVING)).exit_code == 0


def test_no_proxy_of_the_environment_gets_to_see_the_question(
    api: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed)
    monkeypatch.setenv("ALL_PROXY", closed)
    assert prove("alive", "--person", str(LIVING), "--api", api).exit_code == 0


def test_wrong_configuration_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICBUS_API_PORT", "canary")
    result = prove("alive", "--person", str(LIVING))
    assert result.exit_code == 1
    assert "CIVICBUS_API_PORT" in result.stderr


def test_a_worker_that_is_rebuilding_says_when_to_ask_again(rebuilding: str) -> None:
    result = prove("alive", "--person", str(LIVING), "--api", rebuilding)
    assert result.exit_code == 1
    assert "503" in result.stderr
    assert "(rebuilding); ask again in 3 s" in result.stderr


def test_a_stranger_at_the_address_is_recognised(stranger: str) -> None:
    result = prove("alive", "--person", str(LIVING), "--api", stranger)
    assert result.exit_code == 1
    assert "no civicbus worker" in result.stderr


@pytest.mark.parametrize("address", ["canary", "ftp://bus", "http://", "http://[::1"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    result = prove("alive", "--person", str(LIVING), "--api", address)
    assert result.exit_code == 1
    assert "--api" in result.stderr
