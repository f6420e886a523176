"""Connectors are folders, kept anywhere, loaded by path."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civicbus.connect.connector import Connector, find_connector, load_connector
from civicbus.connect.mapped import Mapped, run
from civicbus.connect.mapping import RefusedRow
from civicbus.domain.events import EARLIEST_TIME, Annulment, Death, Refusal
from civicbus.domain.identifiers import Identifier
from civicbus.settings import ConfigurationError
from tests.registers.test_systems import GOOD

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MAPPING = """
from dataclasses import dataclass
from civicbus.connect.mapping import Filed, identifier, iso_date, start_of_day, whole_day
from civicbus.connect.mapping import RefusedRow
from civicbus.domain.events import Annulment, Birth, Concerned, Death, Dispute, Header, RangeVoid
from civicbus.domain.events import event_id
from civicbus.domain.record_codes import DisputeBy
from civicbus.domain.vocabulary import AnnulmentReason, Change, LegalState, Role

NEVER_HAPPENED = AnnulmentReason.NEVER_HAPPENED

def subject(record):
    return identifier(record.rows[0], "number", "us-dc")

def header(record, number="1", source="town-deaths", role=Role.DECEASED, **more):
    row = record.rows[0]
    died = iso_date(row, "died")
    values = dict(
        event_id=event_id(source, row["number"], number), source=source,
        concerned=(Concerned(role, (subject(record),)),),
        registered_at=start_of_day(whole_day(row, "died", died)), occurred=died,
    )
    return Header(**(values | more))

def events(record):
"""


def connector(tmp_path: Path, events: str, families: str = '["death"]') -> Connector:
    folder = tmp_path / "town"
    folder.mkdir(exist_ok=True)
    declared = GOOD.replace('families = ["death"]', f"families = {families}")
    (folder / "connector.toml").write_text(declared, encoding="utf-8")
    (folder / "mapping.py").write_text(MAPPING + f"    {events}\n", encoding="utf-8")
    return load_connector(folder)


def mapped(connector: Connector, *rows: str) -> list[Mapped]:
    data = "\n".join(["number,died", *rows, ""]).encode()
    return list(run(connector, io.BytesIO(data), "town.csv", NOW))


def refused(tmp_path: Path, events: str, families: str = '["death"]') -> RefusedRow:
    (found,) = mapped(connector(tmp_path, events, families), "5,2020-01-01")
    (row,) = found.refused
    return row


def test_a_connector_is_found_by_path_and_by_bare_name(tmp_path: Path) -> None:
    folder = connector(tmp_path, "yield Death(header(record))").folder
    assert find_connector(str(folder), tmp_path / "none") == folder
    assert find_connector("town", tmp_path) == folder
    with pytest.raises(ConfigurationError, match=r"village: no folder with a connector\.toml"):
        find_connector("village", tmp_path)


def test_a_mapping_may_have_files_beside_it_and_classes_of_its_own(tmp_path: Path) -> None:
    folder = connector(tmp_path, "yield Death(header(record))").folder
    (folder / "beside.py").write_text("ANSWER = 42\n", encoding="utf-8")
    text = "from __future__ import annotations\nfrom .beside import ANSWER\n" + MAPPING
    text += "    yield Death(header(record), age_years=Kept(ANSWER).age)\n"
    text += "@dataclass(frozen=True)\nclass Kept:\n    age: int\n"
    (folder / "mapping.py").write_text(text, encoding="utf-8")
    (found,) = mapped(load_connector(folder), "5,2020-01-01")
    assert isinstance(found.filed[0].event, Death)
    assert found.filed[0].event.age_years == 42


def test_two_folders_of_one_name_do_not_see_each_others_files(tmp_path: Path) -> None:
    for name, value in (("a", "1"), ("b", "2")):
        (tmp_path / name).mkdir()
        folder = connector(tmp_path / name, "yield Death(header(record))").folder
        (folder / "beside.py").write_text(f"AGE = {value}\n", encoding="utf-8")
        text = (
            "from .beside import AGE\n"
            + MAPPING
            + "    yield Death(header(record), age_years=AGE)\n"
        )
        (folder / "mapping.py").write_text(text, encoding="utf-8")
    both = [load_connector(tmp_path / name / "town") for name in ("a", "b")]
    deaths = [mapped(one, "5,2020-01-01")[0].filed[0].event for one in both]
    assert [death.age_years for death in deaths if isinstance(death, Death)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def events(record: ...\n", "mapping.py: line 1: SyntaxError"),
        ("\n1 / 0\n", "mapping.py: line 2: ZeroDivisionError"),
        ("import nowhere_to_be_found\n", "mapping.py: line 1: ModuleNotFoundError"),
        ("subject = print\n", r"mapping.py: has no function events\(record\); write it"),
        ("events = print\n", r"mapping.py: has no function subject\(record\); write it"),
    ],
)
def test_a_mapping_that_cannot_be_loaded_is_told_with_its_line(
    tmp_path: Path, text: str, told: str
) -> None:
    folder = connector(tmp_path, "yield Death(header(record))").folder
    (folder / "mapping.py").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_connector(folder)


def test_a_folder_without_a_mapping_is_refused(tmp_path: Path) -> None:
    folder = connector(tmp_path, "yield Death(header(record))").folder
    (folder / "mapping.py").unlink()
    with pytest.raises(ConfigurationError, match=r"mapping\.py: no such file"):
        load_connector(folder)


def test_loading_leaves_no_name_that_another_package_could_have(tmp_path: Path) -> None:
    before = set(sys.modules)
    connector(tmp_path, "yield Death(header(record))")
    assert all(name.startswith("civicbus_connector_town_") for name in set(sys.modules) - before)


def test_a_file_gives_the_same_events_with_the_same_numbers_each_time(tmp_path: Path) -> None:
    two = connector(tmp_path, 'yield Death(header(record)); yield Death(header(record, "2"))')
    found = mapped(two, "5,2020-01-01", "6,2020-01-02")
    assert found == mapped(two, "5,2020-01-01", "6,2020-01-02")
    numbers = [[filed.event.header.source_sequence for filed in one.filed] for one in found]
    assert numbers == [[1, 2], [1, 2]]
    assert [one.subject for one in found] == [Identifier("us-dc", "5"), Identifier("us-dc", "6")]


def test_an_annulment_goes_where_the_event_it_withdraws_went(tmp_path: Path) -> None:
    events = (
        "birth = header(record, role=Role.CHILD); yield Birth(birth); "
        'yield Annulment(header(record, "2", target_event_id=birth.event_id), '
        "NEVER_HAPPENED)"
    )
    two = connector(tmp_path, events, '["death", "birth"]')
    (found,) = mapped(two, "5,2020-01-01")
    assert [filed.family for filed in found.filed] == ["birth", "birth"]
    assert isinstance(found.filed[1].event, Annulment)


def test_a_dispute_and_a_voided_range_stand_in_the_topic_of_what_they_are_about(
    tmp_path: Path,
) -> None:
    events = (
        "birth = header(record, role=Role.CHILD); yield Birth(birth); "
        'yield Dispute(header(record, "2", target_event_id=birth.event_id), DisputeBy.SUBJECT); '
        'yield Filed("death", RangeVoid(header(record, "3"), "1", "9", NEVER_HAPPENED))'
    )
    (found,) = mapped(connector(tmp_path, events, '["death", "birth"]'), "5,2020-01-01")
    assert found.refused == ()
    assert [filed.family for filed in found.filed] == ["birth", "birth", "death"]


@pytest.mark.parametrize(
    ("events", "families", "reason", "told"),
    [
        ("raise KeyError('secret')", '["death"]', "mapping", "failed with KeyError"),
        ("yield record.rows[0]['town']", '["death"]', "mapping", "UndeclaredColumnError"),
        ("yield 5", '["death"]', "mapping", "failed with TypeError"),
        ("yield Death(header(record, source='x'))", '["death"]', "rule", "another source"),
        (
            "yield Death(header(record, legal_state=LegalState.DECLARED))",
            '["death"]', "rule", "may declare",
        ),
        ("yield Birth(header(record, role=Role.CHILD))", '["death"]', "rule", "family birth"),
        (
            "yield Death(header(record, concerned=(Concerned(Role.DECEASED),)))",
            '["death"]', "rule", "nobody concerned has an identifier",
        ),
        (
            "yield Annulment(header(record, target_event_id=event_id('x')), NEVER_HAPPENED)",
            '["death", "birth"]', "rule", "not of this record",
        ),
        ("yield Death(header(record), age_years=200)", '["death"]', "range", "0 and 150"),
    ],
)  # fmt: skip
def test_what_a_mapping_may_not_do_refuses_the_record_and_marks_its_person(
    tmp_path: Path, events: str, families: str, reason: str, told: str
) -> None:
    body = f"if record.key == '2': {events}\n    else: yield Death(header(record))"
    bad = connector(tmp_path, body, families)
    first, second = mapped(bad, "5,2020-01-01", "6,2020-01-02")
    (row,) = first.refused
    assert (row.line, row.reason) == (2, reason)
    assert told in row.remedy
    assert "secret" not in row.remedy
    assert row.person == Identifier("us-dc", "5")
    assert {filed.family for filed in first.filed} == set(bad.system.families)
    assert all(isinstance(filed.event, Refusal) for filed in first.filed)
    assert second.refused == ()


def test_a_refusal_counts_at_any_time_and_is_the_same_event_each_time(tmp_path: Path) -> None:
    bad = connector(tmp_path, "raise ValueError")
    (found,) = mapped(bad, "5,2020-01-01")
    (again,) = mapped(bad, "5,2020-01-01")
    (mark,) = found.filed
    assert mark.event.header.registered_at == EARLIEST_TIME
    assert found.filed == again.filed


def test_a_mark_without_families_is_told_and_changes_nothing(tmp_path: Path) -> None:
    told = connector(
        tmp_path, 'yield RefusedRow(2, "died", "date", "look"); yield Death(header(record))'
    )
    (found,) = mapped(told, "5,2020-01-01")
    assert len(found.refused) == len(found.filed) == 1
    assert not isinstance(found.filed[0].event, Refusal)


def test_nothing_may_have_been_recorded_in_the_future(tmp_path: Path) -> None:
    (found,) = mapped(connector(tmp_path, "yield Death(header(record))"), "5,2026-06-03")
    (row,) = found.refused
    assert "recorded in the future" in row.remedy


def test_an_incomplete_record_is_not_mapped_and_its_person_is_marked_everywhere(
    tmp_path: Path,
) -> None:
    two = connector(tmp_path, "yield Death(header(record))", '["death", "birth"]')
    first, second = mapped(two, "5,2020-01-01,x", "6,2020-01-02")
    assert [row.reason for row in first.refused] == ["columns"]
    assert [filed.family for filed in first.filed] == ["death", "birth"]
    assert all(isinstance(filed.event, Refusal) for filed in first.filed)
    assert len(second.filed) == 1
