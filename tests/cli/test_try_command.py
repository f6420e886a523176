"""`civicbus try`: events, refused rows and answers from a file, with no broker."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.cli import try_command
from civicbus.domain.answer import iso

ROOT = Path(__file__).parents[2]
PERSONS = ROOT / "connectors" / "nl_brp" / "sample.csv"
DEATHS = ROOT / "connectors" / "us_deaths" / "sample.csv"
WIDOW, DEAD, EMIGRANT = "nl-bsn:999991644", "nl-bsn:999999916", "nl-bsn:999995868"
NOBODY = "nl-bsn:999999436"

app = typer.Typer(rich_markup_mode=None)
try_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["try", *map(str, arguments)])


def tried(*arguments: str | Path) -> Result:
    return run(ROOT / "connectors" / "nl_brp", "--input", PERSONS, *arguments)


def asked(person: str, *arguments: str) -> dict[str, Any]:
    """The one JSON object on standard output."""
    result = tried("--ask", "alive", "--person", person, "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    answer = json.loads(line)
    assert isinstance(answer, dict)
    return answer


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def spoiled(tmp_path: Path, old: str, new: str, path: Path = DEATHS) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    copy = tmp_path / "spoiled.csv"
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def test_an_answer_is_one_object_with_everything_that_an_answer_has() -> None:
    answer = asked(DEAD)
    assert (answer["outcome"], answer["reason"]) == ("no", "death_registered")
    assert (answer["person"], answer["proof"]) == (DEAD, "alive")
    assert set(answer) >= {"valid_at", "known_at", "known_through", "basis", "sentence"}
    assert {event["record"] for event in answer["basis"]} == {"Death", "IdentityLink"}


def test_a_question_about_a_day_and_a_state_of_knowledge_is_answered_for_them() -> None:
    assert asked(DEAD, "--valid-at", "2019-08-15")["outcome"] == "yes"
    assert asked(DEAD, "--known-at", "2019-08-18")["outcome"] == "yes"
    answer = asked(DEAD, "--known-at", "2019-08-19")
    assert (answer["outcome"], answer["valid_at"]) == ("no", "2019-08-19")


def test_a_person_of_whom_the_file_holds_nothing_is_unknown() -> None:
    assert asked(NOBODY)["reason"] == "no_such_record"


def test_everybody_is_one_object_a_line_and_relatives_are_not_among_them() -> None:
    answers = lines(tried("--ask", "alive", "--all", "--json"))
    assert [answer["outcome"] for answer in answers] == [
        "yes", "no", "yes", "unknown", "yes", "yes", "yes",
    ]  # fmt: skip
    assert answers[0]["person"] == WIDOW


def test_a_file_that_is_complete_up_to_a_week_ago_proves_no_life_today() -> None:
    week_ago = datetime.now(UTC) - timedelta(days=7)
    assert asked(WIDOW, "--complete-through", iso(week_ago))["reason"] == "stale"
    assert asked(DEAD, "--complete-through", iso(week_ago))["outcome"] == "no"


def test_an_answer_in_words_has_both_languages_and_its_evidence() -> None:
    result = tried("--ask", "alive", "--person", DEAD)
    assert result.exit_code == 0
    assert "Not alive on " in result.stdout
    assert "已不在世" in result.stdout
    assert "death_registered" in result.stdout
    assert "Death" in result.stdout
    assert "7 records: 46 events" in result.stderr


def test_everybody_in_words_is_a_table_with_counts() -> None:
    result = tried("--ask", "alive", "--all")
    assert result.exit_code == 0
    assert f"{EMIGRANT}  unknown  not_maintained" in result.stdout
    assert "5  yes  no_death_registered" in result.stdout


def test_the_claims_are_the_same_for_everybody() -> None:
    claims = ("--claim", "employer=canary")
    answers = lines(tried("--ask", "employed", "--all", *claims, "--json"))
    assert len(answers) == 7
    assert all(answer["claims"] == {"employer": "canary"} for answer in answers)


def test_a_birth_date_that_is_not_the_persons_is_noticed() -> None:
    assert asked(WIDOW, "--born", "1948-06-12")["outcome"] == "yes"
    assert asked(WIDOW, "--born", "1948-06-13")["reason"] == "mismatched_person"


def test_events_are_one_object_a_line_with_a_summary_at_the_end() -> None:
    *events, summary = lines(tried("--json"))
    assert summary == {
        "kind": "summary",
        "records": 7,
        "events": {
            "Annulment": 1,
            "Birth": 7,
            "Death": 2,
            "Guardianship": 1,
            "IdentityLink": 7,
            "Parentage": 6,
            "PersonName": 7,
            "Registration": 9,
            "Union": 6,
        },
        "refused_rows": 0,
        "reasons": {},
    }
    assert len(events) == 46
    first = events[0]
    assert (first["kind"], first["line"], first["family"]) == ("event", 2, "birth")
    assert first["event"]["header"]["registered_at"] == "1994-09-30T00:00:00.000Z"


def test_events_in_words_are_a_table() -> None:
    result = tried()
    assert result.exit_code == 0
    assert "2019-08-16" in result.stdout
    assert "7 records: 46 events" in result.stdout


def test_a_bare_name_is_looked_up_among_the_connectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICBUS_CONNECTORS", str(ROOT / "connectors"))
    assert run("us_deaths", "--input", DEATHS).exit_code == 0
    assert run("us-deaths", "--input", DEATHS).exit_code == 0


def test_a_refused_row_is_told_with_line_and_reason_and_the_rest_goes_through(
    tmp_path: Path,
) -> None:
    path = spoiled(tmp_path, "2024-02-29,2024-02-29", "2024-02-30,2024-02-29")
    *found, summary = lines(run(ROOT / "connectors/us_deaths", "--input", path, "--json"))
    (refused,) = [one for one in found if one["kind"] == "refused"]
    assert (refused["line"], refused["field"], refused["reason"]) == (3, "Date of Death", "date")
    assert (summary["refused_rows"], summary["reasons"]) == (1, {"date": 1})
    assert summary["events"] == {"Death": 4, "Refusal": 1}
    in_words = run(ROOT / "connectors/us_deaths", "--input", path)
    assert "1 refused rows (1 date)" in in_words.stdout.replace("\n", " ")
    assert "Date of Death" in in_words.stdout


def test_the_person_of_a_refused_row_is_answered_with_unknown(tmp_path: Path) -> None:
    path = spoiled(tmp_path, "2024-02-29,2024-02-29", "2024-02-30,2024-02-29")
    result = run(
        ROOT / "connectors/us_deaths", "--input", path, "--ask", "alive", "--all", "--json"
    )
    reasons = [answer["reason"] for answer in lines(result)]
    assert reasons == ["death_registered", "quarantined", *["death_registered"] * 3]
    assert "refused: line 3: Date of Death: date" in result.stderr


def test_beside_answers_only_the_first_refused_rows_are_told(tmp_path: Path) -> None:
    path = tmp_path / "deaths.csv"
    header = DEATHS.read_text(encoding="utf-8").splitlines()[0]
    rows = [f"{number},when,2024-01-01,A,B,M,1" for number in range(1, 31)]
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    arguments = ("--ask", "alive", "--person", "us-dc:7", "--json")
    result = run(ROOT / "connectors/us_deaths", "--input", path, *arguments)
    assert json.loads(result.stdout)["reason"] == "quarantined"
    assert result.stderr.count("refused: line") == 20
    assert "and 10 more refused rows" in result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "'Death Record Number' is missing among 2 columns"),
        ("Death Record Number;Date of Death\n", "is missing among 1 columns separated by ','"),
        (DEATHS.read_text(encoding="utf-8").splitlines()[0] + "\n", "no row could be mapped"),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_one(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text(text, encoding="utf-8")
    result = run(ROOT / "connectors/us_deaths", "--input", path)
    assert result.exit_code == 1
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_whose_every_row_is_refused_ends_with_one(tmp_path: Path) -> None:
    path = spoiled(tmp_path, ",2024-0", ",2024/0")
    result = run(ROOT / "connectors/us_deaths", "--input", path)
    assert result.exit_code == 1
    assert "5 refused rows (5 date)" in result.stdout.replace("\n", " ")


def test_a_file_that_holds_nobody_answers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text(DEATHS.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    arguments = ("--ask", "alive", "--person", "us-dc:7", "--json")
    result = run(ROOT / "connectors/us_deaths", "--input", path, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_connector_with_a_wrong_declaration_ends_with_one(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "connector.toml").write_text("[sistem]\n", encoding="utf-8")
    result = run(folder, "--input", DEATHS)
    assert result.exit_code == 1
    assert "connector.toml: line 1: sistem: unknown key; did you mean system?" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--ask", "alive"), "--person"),
        (("--ask", "alive", "--person", WIDOW, "--all"), "--person"),
        (("--person", WIDOW), "--ask"),
        (("--all",), "--ask"),
        (("--ask", "wealthy", "--all"), "--ask"),
        (("--claim", "employer=99999164"), "--ask"),
        (("--name", "99999164"), "--name"),
        (("--ask", "alive", "--all", "--born", "1950-01-01"), "--name"),
        (("--ask", "alive", "--person", WIDOW, "--born", "99999164"), "--born"),
        (("--ask", "alive", "--person", WIDOW, "--claim", "employer=99999164"), "no claims"),
        (("--ask", "employed", "--all", "--claim", "employer"), "--claim"),
        (("--ask", "alive", "--person", "nl-bsn:999991645"), "--person"),
        (("--ask", "alive", "--person", "999991644"), "--person"),
        (("--ask", "alive", "--person", WIDOW, "--valid-at", "2019-02-30"), "--valid-at"),
        (("--ask", "alive", "--person", WIDOW, "--valid-at", "2999-01-01"), "--valid-at"),
        (("--ask", "alive", "--person", WIDOW, "--known-at", "2999-01-01"), "--known-at"),
        (("--ask", "alive", "--all", "--complete-through", "soon"), "--complete-through"),
        (("--ask", "alive", "--all", "--complete-through", "2999-01-01"), "--complete-through"),
    ],
)
def test_wrong_usage_ends_with_two_and_repeats_no_number(
    arguments: tuple[str, ...], told: str
) -> None:
    result = tried(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert "99999164" not in result.stderr
    assert "2999" not in result.stderr


def test_a_connector_or_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert run("nowhere", "--input", DEATHS).exit_code == 2
    missing = run(ROOT / "connectors/us_deaths", "--input", tmp_path / "none.csv")
    assert missing.exit_code == 2


@pytest.mark.data
def test_the_official_files_are_tried_whole(shared_data: Path) -> None:
    persons = shared_data / "nl-brp" / "persons.csv"
    answers = lines(
        run(ROOT / "connectors/nl_brp", "--input", persons, "--ask", "alive", "--all", "--json")
    )
    assert len(answers) == 200
    deaths = shared_data / "us-deaths" / "deaths.csv"
    answers = lines(
        run(ROOT / "connectors/us_deaths", "--input", deaths, "--ask", "alive", "--all", "--json")
    )
    assert [answer["outcome"] for answer in answers] == ["no"] * 4000
