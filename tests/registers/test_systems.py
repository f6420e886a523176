"""Declarations of systems: what is read from them, and how a wrong one is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from civicbus.domain.authority import Authority, Coverage
from civicbus.registers.competence import duration
from civicbus.registers.inputs import (
    DciInput,
    DebeziumInput,
    FolderInput,
    OutboxInput,
    PushInput,
    TableInput,
)
from civicbus.registers.interconnected import describe
from civicbus.registers.systems import (
    CsvInput,
    JsonInput,
    Timetable,
    authorities,
    publishers,
    read_system,
    read_systems,
)
from civicbus.settings import ConfigurationError

GOOD = """\
[system]
source = "town-deaths"
department = "Town hall"
title = "Deaths"
legal_basis = "Act on registers, 1"
contact = "registrar"

[input]
format = "csv"
delimiter = ","
encoding = "utf-8"
columns = ["number", "died"]

[publishes]
families = ["death"]

[authority.death]
schemes = ["uk-reg"]
fresh_for = "36h"
settles_after = "5d"
"""


def folder_with(tmp_path: Path, text: str, name: str = "town") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "connector.toml").write_text(text, encoding="utf-8")
    return folder


def problem(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_system(folder_with(tmp_path, text))
    return str(caught.value)


def test_a_declaration_says_what_a_system_is_reads_and_may_publish(tmp_path: Path) -> None:
    system = read_system(folder_with(tmp_path, GOOD))
    assert (system.source, system.families) == ("town-deaths", ("death",))
    assert system.input == CsvInput(",", "utf-8", ("number", "died"))
    assert system.authorities == (
        Authority(
            "town-deaths",
            "death",
            frozenset({"uk-reg"}),
            fresh_for=timedelta(hours=36),
            settles_after=timedelta(days=5),
            department="Town hall",
        ),
    )


def test_a_department_promises_from_when_and_how_fresh(tmp_path: Path) -> None:
    text = GOOD + '[timetable]\nconnected = 2027-01-01\nfresh_within = "1h"\n'
    system = read_system(folder_with(tmp_path, text))
    assert system.timetable == Timetable(date(2027, 1, 1), timedelta(hours=1))
    assert "| 2027-01-01 | town-deaths | 60 minutes | files |" in describe([system])
    assert "| not promised | town-deaths |" in describe([replace(system, timetable=None)])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('connected = 2027-13-01\nfresh_within = "1h"', "not valid TOML"),
        ('connected = "soon"\nfresh_within = "1h"', "timetable.connected"),
        ('connected = 2027-01-01\nfresh_within = "soon"', "timetable.fresh_within"),
        ("connected = 2027-01-01", "timetable.fresh_within: is missing"),
        ('connected = 2027-01-01\nfresh_within = "1h"\nfresh = 1', "unknown key"),
    ],
)
def test_a_timetable_that_promises_nothing_certain_is_refused(
    tmp_path: Path, table: str, told: str
) -> None:
    assert told in problem(tmp_path, f"{GOOD}[timetable]\n{table}\n")


WAYS_IN = {
    "outbox": ("", OutboxInput("civicbus_outbox", timedelta(seconds=1))),
    "table": (
        'table = "town.persons"\nkey = ["number"]',
        TableInput("town.persons", ("number",), timedelta(minutes=1), 0.1),
    ),
    "folder": ('path = "in"', FolderInput("in", timedelta(seconds=10))),
    "push": ("", PushInput()),
    "dci": ("", DciInput()),
    "debezium": (
        'topic = "town.persons"',
        DebeziumInput("town.persons", None, timedelta(minutes=10)),
    ),
}


@pytest.mark.parametrize("kind", WAYS_IN)
def test_a_way_in_is_declared_under_the_input(tmp_path: Path, kind: str) -> None:
    text, expected = WAYS_IN[kind]
    good = GOOD
    if kind == "table":  # it comes as changes
        good = GOOD.replace('"number", "died"', '"op", "after.number", "after.died"')
    system = read_system(folder_with(tmp_path, f"{good}[input.{kind}]\n{text}\n"))
    assert system.live == expected


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[input.outbox]\ntable = "x; DROP TABLE y"', "input.outbox.table"),
        ('[input.outbox]\npoll = "now"', "input.outbox.poll"),
        ("[input.outbox]\ntabel = 1", "did you mean table?"),
        ('[input.table]\ntable = "x"\nkey = []', "input.table.key"),
        ('[input.table]\ntable = "x"\nkey = ["a", "a"]', "a stands twice"),
        ('[input.table]\ntable = "x"\nkey = ["a"]\nmass_change = 40.0', "input.table.mass_change"),
        ('[input.debezium]\ntopic = "a b"', "input.debezium.topic"),
        ("[input.outbox]\n[input.push]", "one way in is enough"),
        ("[input.fax]", "unknown key"),
        ('[input.table]\ntable = "x"\nkey = ["a"]', "columns: number is no column of a change"),
        ('[input.folder]\npath = "x"\nkey = ["a"]', "columns: number is no column of a change"),
    ],
)
def test_a_way_in_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, table: str, told: str
) -> None:
    assert told in problem(tmp_path, f"{GOOD}{table}\n")


def test_a_system_can_be_an_authority_of_whose_silence_nothing_follows(tmp_path: Path) -> None:
    text = GOOD.replace('fresh_for = "36h"', 'fresh_for = "36h"\ncomplete = false')
    system = read_system(folder_with(tmp_path, text))
    assert [declared.coverage for declared in system.authorities] == [()]
    assert "5 days" in describe([system])
    assert "its silence says nothing" in describe([system])


def test_a_system_can_hold_a_period_and_places_completely_and_take_in_what_others_decide(
    tmp_path: Path,
) -> None:
    text = GOOD + (
        'coverage = [{ since = 1994-02-01, places = ["1101", "NL"] }, { until = 1949-09-30 }]\n'
        'takes_in = ["court"]\n'
    )
    system = read_system(folder_with(tmp_path, text))
    (declared,) = system.authorities
    assert declared.coverage == (
        Coverage(since=date(1994, 2, 1), places=("1101", "NL")),
        Coverage(until=date(1949, 9, 30)),
    )
    assert declared.takes_in == {"court"}
    assert (
        "complete from 1994-02-01 in 1101, NL; complete until 1949-09-30; "
        "enters acts of court itself"
    ) in describe([system])


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("coverage = []", "coverage: List should have at least 1 item"),
        ("coverage = [{}]", "coverage: give since, until or places, or leave the coverage out"),
        ("coverage = { since = 1994-02-01 }", "coverage: Input should be a valid list"),
        ('coverage = [{ since = "1994-02-01" }]', "coverage.since: Input should be a valid date"),
        ("coverage = [{ since = 1994-02-01T00:00:00Z }]", "coverage.since: Input should be a"),
        ("coverage = [{ from = 1994-02-01 }]", "coverage.from: unknown key; known: since, until"),
        (
            "coverage = [{ since = 1994-02-01, until = 1994-01-31 }]",
            "coverage: until lies before since; correct one of them",
        ),
        ("coverage = [{ places = [] }]", "coverage.places: List should have at least 1 item"),
        ('coverage = [{ places = [""] }]', "coverage.places: write area codes: letters, digits"),
        ('coverage = [{ places = ["1", "1"] }]', "coverage.places: 1 stands twice; remove one"),
        ("takes_in = []", "takes_in: List should have at least 1 item"),
        ('takes_in = ["courts"]', "takes_in: no such family: courts; known: birth"),
        ('takes_in = ["court", "court"]', "takes_in: court stands twice; remove one"),
    ],
)
def test_a_coverage_that_says_nothing_or_cannot_be_is_refused(
    tmp_path: Path, added: str, told: str
) -> None:
    text = problem(tmp_path, GOOD + added)
    assert f"connector.toml: line 21: authority.death.{told}" in text


def test_what_contradicts_itself_is_refused(tmp_path: Path) -> None:
    incomplete = "complete = false\ncoverage = [{ since = 1994-02-01 }]"
    assert "remove it, or complete = false" in problem(tmp_path, GOOD + incomplete)


def test_a_family_takes_in_others_and_not_itself(tmp_path: Path) -> None:
    text = problem(tmp_path, GOOD + 'takes_in = ["death"]')
    assert "authority.death: takes_in names the family itself" in text


def test_all_systems_together_tell_who_may_publish_what_and_whose_silence_counts(
    tmp_path: Path,
) -> None:
    folder_with(tmp_path, GOOD)
    notices = GOOD.replace("town-deaths", "hospital").partition("[authority")[0]
    folder_with(tmp_path, notices, "hospital")
    (tmp_path / "no connector").mkdir()
    systems = read_systems(tmp_path)
    assert publishers(systems) == {
        "hospital": frozenset({"death"}),
        "town-deaths": frozenset({"death"}),
    }
    assert [declared.source for declared in authorities(systems).declared] == ["town-deaths"]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('"town-deaths"', "17", 2, "system.source: Input should be a valid string"),
        ('"town-deaths"', '"Town Deaths"', 2, "system.source: String should match pattern"),
        (
            'title = "Deaths"',
            'titel = "Deaths"',
            4,
            "system.titel: unknown key; did you mean title",
        ),
        ('title = "Deaths"', 'title = "A"\ntitle = "B"', 5, "title: given twice; remove one"),
        ('title = "Deaths"', "title = Deaths", 4, "title: not valid TOML"),
        ('title = "Deaths"', 'title = ""', 4, "system.title: String should have at least 1"),
        ("[publishes]", "[publish]", 14, "publish: unknown key; did you mean publishes?"),
        ('delimiter = ","', 'delimiter = "x"', 10, "input.delimiter: Input should be"),
        ('encoding = "utf-8"', 'encoding = "utf-16"', 11, "input.encoding: Input should be"),
        ('["number", "died"]', '"number"', 12, "input.columns: Input should be a valid list"),
        ('["number", "died"]', '["a", "a"]', 12, "input.columns: a stands twice; remove one"),
        ('["number", "died"]', "[]", 12, "input.columns: List should have at least 1"),
        ('["death"]', '["deaths"]', 15, "publishes.families: no such family: deaths; known: birth"),
        ('["uk-reg"]', '["uk"]', 18, "authority.death.schemes: no such identifier scheme: uk"),
        ('"36h"', '"36 hours"', 19, "authority.death.fresh_for: write a number and s, m, h or d"),
        ('"36h"', "36", 19, "authority.death.fresh_for: Input should be a valid string"),
        ("settles_after", "settled_after", 20, "settled_after: unknown key; did you mean settles"),
    ],
)
def test_an_error_names_the_file_the_line_the_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, line: int, told: str
) -> None:
    text = problem(tmp_path, GOOD.replace(old, new, 1))
    assert f"connector.toml: line {line}: " in text
    assert told in text


JSON = GOOD.replace('"csv"\ndelimiter = ","\nencoding = "utf-8"', '"json"')


def test_a_file_of_json_objects_is_declared_by_the_values_that_are_read(tmp_path: Path) -> None:
    text = JSON.replace('["number", "died"]', '["number", "deceased.died"]')
    system = read_system(folder_with(tmp_path, text))
    assert system.input == JsonInput(("number", "deceased.died"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace('delimiter = ","\n', ""), "delimiter is missing; the format csv needs it"),
        (GOOD.replace('encoding = "utf-8"\n', ""), "encoding is missing; the format csv needs it"),
        (
            GOOD.replace('"csv"', '"json"'),
            "delimiter means nothing in the format json; remove it",
        ),
        (
            JSON.replace('"json"', '"json"\nrecord_column = "a"'),
            "record_column means nothing in the format json; remove it",
        ),
        (JSON.replace('"died"', '"deceased."'), "a name is missing beside a full stop"),
        (JSON.replace('"died"', '""'), "a name is missing beside a full stop"),
        (GOOD.replace('"csv"', '"xml"'), "input.format: Input should be 'csv' or 'json'"),
    ],
)
def test_each_format_has_its_own_keys(tmp_path: Path, text: str, told: str) -> None:
    found = problem(tmp_path, text)
    assert "connector.toml: line " in found
    assert told in found


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    text = problem(tmp_path, GOOD.replace('contact = "registrar"\n', ""))
    assert text.endswith("connector.toml: system.contact: is missing; add it")


def test_an_authority_over_a_family_that_is_not_published_is_refused(tmp_path: Path) -> None:
    text = problem(tmp_path, GOOD.replace("[authority.death]", "[authority.birth]"))
    assert "authority.birth: the system does not publish that family" in text


def test_a_missing_and_an_empty_and_an_unreadable_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"connector\.toml: no such file"):
        read_system(tmp_path)
    assert "the file is empty" in problem(tmp_path, "\n \n")
    (tmp_path / "town" / "connector.toml").write_bytes(b"[system]\xff")
    with pytest.raises(ConfigurationError, match="byte 9 is not UTF-8"):
        read_system(tmp_path / "town")


def test_two_systems_of_one_name_are_refused(tmp_path: Path) -> None:
    folder_with(tmp_path, GOOD)
    folder_with(tmp_path, GOOD, "village")
    with pytest.raises(ConfigurationError, match="town-deaths is already the name of"):
        read_systems(tmp_path)


def test_a_missing_folder_of_connectors_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="set CIVICBUS_CONNECTORS"):
        read_systems(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "24 h", "123456s", "٣h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 24h"):
        duration(text)
