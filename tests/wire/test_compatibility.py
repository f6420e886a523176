"""Changes of schemas: which are refused, which go through, and that real decoding agrees.

Goal: no change that would make a record unreadable, or read as something else, gets an id. Method:
each change is made on a copy of the schema folder. Where it is a matter of reading, fastavro is the
judge: it reads old bytes with the new schema and new bytes with the old one.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fastavro.read import SchemaResolutionError
from typer.testing import CliRunner

from civicbus.cli.schemas_command import schemas as commands
from civicbus.wire.catalogue_doc import README, readme_text
from civicbus.wire.codec import Codec
from civicbus.wire.records import to_plain
from civicbus.wire.schema_lock import check, lock, lock_text
from civicbus.wire.schemas import (
    LOCK_FILE,
    SchemaError,
    load_catalogue,
    read_schemas,
    schema_folder,
)
from tests.wire.corpus import catalogue
from tests.wire.edits import (
    Json,
    add,
    field,
    optional,
    record,
    remove,
    require,
    symbols,
    with_symbol,
)
from tests.wire.evolutions import BREAKING, BY_RULE, GOOD, MISREAD, NOTE, Change
from tests.wire.makers import KINDS, event


def title(change: Change) -> str:
    return change.title


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "schemas"
    shutil.copytree(schema_folder(), copy)
    return copy


def read_back(plain: Json, writer: Any, reader: Any) -> Any:
    """What a reader of one schema makes of a record that was written with another."""
    body = io.BytesIO()
    parsed = fastavro.parse_schema(writer)
    fastavro.schemaless_writer(body, parsed, plain)
    body.seek(0)
    return fastavro.schemaless_reader(body, parsed, fastavro.parse_schema(reader))


def rereadings(folder: Path) -> Iterator[tuple[Json, Any, Any]]:
    """Records of every type that has changed: as they were written, the old and the new schema."""
    for name, new in read_schemas(folder).items():
        old = json.loads(catalogue().latest(name).text)
        if new != old:
            parsed = fastavro.parse_schema(old), fastavro.parse_schema(new)
            for seed in range(30):
                yield to_plain(event(name, seed)), *parsed


def is_unreadable(plain: Json, writer: Any, reader: Any) -> bool:
    try:
        read_back(plain, writer, reader)
    except SchemaResolutionError:
        return True
    except (TypeError, ValueError):
        return False  # this writer cannot write such a record at all
    return False


def agree(one: Any, other: Any) -> bool:
    """True if two readings say the same wherever both say something."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(agree(one[key], other[key]) for key in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(agree, one, other))
    return bool(one == other)


@pytest.mark.parametrize("change", BREAKING, ids=title)
def test_a_breaking_change_is_refused_and_named(change: Change, folder: Path) -> None:
    locked = (folder / LOCK_FILE).read_bytes()
    change.make(folder)
    findings = check(folder)
    named = [(finding.file, finding.field) for finding in findings]
    file = change.found_in or change.file
    assert any(found == file and part.startswith(change.field) for found, part in named), named
    assert all(finding.problem and finding.remedy for finding in findings)
    assert not any("civicbus schemas lock" in finding.remedy for finding in findings)
    with pytest.raises(SchemaError):
        lock(folder)
    assert (folder / LOCK_FILE).read_bytes() == locked


@pytest.mark.parametrize(
    "change", [change for change in BREAKING if change.by != BY_RULE], ids=title
)
def test_real_decoding_agrees_that_a_change_breaks(change: Change, folder: Path) -> None:
    change.make(folder)
    if change.by == MISREAD:
        assert not all(
            agree(read_back(plain, old, new), read_back(plain, old, old))
            for plain, old, new in rereadings(folder)
        )
    else:
        assert any(
            is_unreadable(plain, old, new) or is_unreadable(plain, new, old)
            for plain, old, new in rereadings(folder)
        )


@pytest.mark.parametrize("change", GOOD, ids=title)
def test_a_good_change_is_asked_to_be_locked_and_then_in_order(
    change: Change, folder: Path
) -> None:
    before = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8"))["schemas"]
    written = {name: Codec(catalogue()).encode(event(name)) for name in KINDS}
    change.make(folder)
    findings = check(folder)
    assert findings
    assert all("civicbus schemas lock" in finding.remedy for finding in findings)
    added = lock(folder)
    after = json.loads((folder / LOCK_FILE).read_text(encoding="utf-8"))["schemas"]
    assert check(folder) == []
    assert after[: len(before)] == before
    assert [entry["id"] for entry in after[len(before) :]] == [locked.id for locked in added]
    assert all(locked.version == catalogue().latest(locked.record).version + 1 for locked in added)
    assert min(locked.id for locked in added) > max(catalogue().versions)
    grown = Codec(load_catalogue(folder))
    assert {name: grown.decode(framed) for name, framed in written.items()} == {
        name: event(name) for name in KINDS
    }


@pytest.mark.parametrize("change", GOOD, ids=title)
def test_real_decoding_agrees_that_a_change_is_good(change: Change, folder: Path) -> None:
    change.make(folder)
    for plain, old, new in rereadings(folder):
        as_it_was = read_back(plain, old, old)
        assert agree(read_back(plain, old, new), as_it_was)
        assert agree(read_back(plain, new, old), read_back(plain, new, new))


def test_an_old_reader_sees_unknown_in_place_of_a_new_symbol(folder: Path) -> None:
    Change("", "header.avsc", symbols("LegalState", with_symbol("PRESUMED", 2))).make(folder)
    old, new = json.loads(catalogue().latest("Death").text), read_schemas(folder)["Death"]
    plain = to_plain(event("Death"))
    plain["header"]["legal_state"] = "PRESUMED"
    assert read_back(plain, new, old)["header"]["legal_state"] == "UNKNOWN"


def test_a_locked_name_that_was_given_up_is_not_used_again(folder: Path) -> None:
    Change("", "death.avsc", remove("Death.country")).make(folder)
    lock(folder)
    Change("", "death.avsc", add("Death", optional("string", "country"))).make(folder)
    (finding,) = check(folder)
    assert (finding.file, finding.field) == ("death.avsc", "Death.country")
    assert "given up" in finding.problem


def test_a_change_is_held_against_every_version_and_not_the_last_alone(folder: Path) -> None:
    Change("", "death.avsc", add("Death", NOTE)).make(folder)
    lock(folder)
    Change("", "death.avsc", require("Death.note", ["null", "string"])).make(folder)
    (finding,) = check(folder)
    assert finding.field == "Death.note"
    assert "(version 1)" in finding.problem


def test_a_new_record_gets_the_next_id_as_its_first_version(folder: Path) -> None:
    path = folder / "name_change.avsc"
    path.write_text(json.dumps(record(field("civic.Header", "header"), NOTE, name="NameChange")))
    (added,) = lock(folder)
    assert (added.record, added.version) == ("NameChange", 1)
    assert added.id == max(catalogue().versions) + 1
    assert check(folder) == []


def test_locking_again_changes_nothing(folder: Path) -> None:
    before = (folder / LOCK_FILE).read_bytes()
    assert lock(folder) == []
    assert (folder / LOCK_FILE).read_bytes() == before
    entries = json.loads(before)["schemas"]
    assert lock_text(entries).encode() == before


def test_a_record_that_was_published_may_not_disappear(folder: Path) -> None:
    (folder / "refusal.avsc").unlink()
    (finding,) = check(folder)
    assert (finding.file, finding.field) == (LOCK_FILE, "Refusal")


def test_a_file_with_a_key_twice_is_refused(folder: Path) -> None:
    path = folder / "refusal.avsc"
    text = path.read_text(encoding="utf-8").replace('"name": "reason",', '"name": "reason", ' * 2)
    path.write_text(text, encoding="utf-8")
    (finding,) = check(folder)
    assert (finding.file, finding.field) == ("refusal.avsc", "Refusal")
    assert "the key name twice" in finding.problem


def _reused_id(entries: list[Json]) -> None:
    entries[1]["id"] = entries[0]["id"]


def _skipped_version(entries: list[Json]) -> None:
    entries[1]["version"] = 3


def _shuffled(entries: list[Json]) -> None:
    entries.reverse()


def _rewritten(entries: list[Json]) -> None:
    entries.append({**entries[0], "id": 99, "version": 2})
    entries[0] = json.loads(json.dumps(entries[0]))
    entries[0]["schema"]["fields"].pop()
    entries[0]["schema"]["fields"].append(field("int", "place"))


@pytest.mark.parametrize("edit", [_reused_id, _skipped_version, _shuffled, _rewritten])
def test_a_lock_file_that_was_edited_by_hand_is_refused(edit: Any, folder: Path) -> None:
    path = folder / LOCK_FILE
    entries = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    edit(entries)
    path.write_text(lock_text(entries), encoding="utf-8")
    assert any(finding.file == LOCK_FILE for finding in check(folder))
    with pytest.raises(SchemaError):
        lock(folder)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("birth.avsc", "{"),
        ("birth.avsc", "[]"),
        ("birth.avsc", "{}"),
        ("birth.avsc", '{"type": "record", "name": "Birth", "fields": "none"}'),
        ("birth.avsc", '{"type": "record", "name": "Birth"}'),
        ("birth.avsc", '{"type": "record", "name": "../Birth", "fields": []}'),
        ("birth.avsc", '{"type": "record", "name": "Birth", "fields": [{"name": "x"}]}'),
        ("birth.avsc", json.dumps(record(field("int", default=None), name="Birth"))),
        ("header.avsc", "{}"),
        ("header.avsc", '{"type": "record", "name": "Header", "fields": [{"name": "x"}]}'),
        (LOCK_FILE, "{}"),
        (LOCK_FILE, '{"schemas": [{"id": 1}]}'),
    ],
)
def test_a_file_that_is_no_schema_is_refused_by_name(file: str, text: str, folder: Path) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(commands, ["check", "--folder", str(folder)])
    assert result.exit_code == 1
    assert file in result.output
    assert "Traceback" not in result.output


def test_the_check_command_names_file_field_and_remedy(folder: Path) -> None:
    BREAKING[0].make(folder)
    runner = CliRunner()
    plain = runner.invoke(commands, ["check", "--folder", str(folder)])
    assert plain.exit_code == 1
    assert "header.avsc: Header.registered_at: was removed" in plain.stdout
    assert "put it back" in plain.stdout
    lines = runner.invoke(commands, ["check", "--folder", str(folder), "--json"]).stdout
    assert {"file", "field", "problem", "remedy"} == json.loads(lines.splitlines()[0]).keys()
    refused = runner.invoke(commands, ["lock", "--folder", str(folder)])
    assert refused.exit_code == 1
    assert "header.avsc: Header.registered_at" in refused.stderr


def test_the_commands_lead_from_a_change_to_an_id(folder: Path) -> None:
    GOOD[0].make(folder)
    runner = CliRunner()
    options = ["--folder", str(folder)]
    asked = runner.invoke(commands, ["check", *options])
    assert asked.exit_code == 1
    assert "run `civicbus schemas lock`" in asked.stdout
    locked = runner.invoke(commands, ["lock", *options, "--json"])
    assert locked.exit_code == 0
    schema_id, version = max(catalogue().versions) + 1, catalogue().latest("Birth").version + 1
    given = {"id": schema_id, "version": version, "record": "Birth"}
    assert json.loads(locked.stdout) == given
    assert runner.invoke(commands, ["check", *options]).exit_code == 0
    assert f"Version {version}, id {schema_id}." in (folder / README).read_text(encoding="utf-8")
    assert runner.invoke(commands, ["lock", *options]).exit_code == 0


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands, ["check", "--folder", str(tmp_path / "none")])
    assert result.exit_code == 2


def test_the_schemas_of_the_bus_are_in_order() -> None:
    assert [str(finding) for finding in check(schema_folder())] == []


def test_the_catalogue_page_is_current() -> None:
    """Run `civicbus schemas readme` if this fails."""
    page = (schema_folder() / README).read_text(encoding="utf-8")
    assert page == readme_text()


def test_the_readme_command_writes_the_page(folder: Path) -> None:
    (folder / README).unlink()
    result = CliRunner().invoke(commands, ["readme", "--folder", str(folder)])
    assert result.exit_code == 0
    assert (folder / README).read_text(encoding="utf-8") == readme_text()


def test_the_catalogue_page_names_every_field_and_code() -> None:
    page = readme_text()
    for name, schema in read_schemas().items():
        assert f"### {name}\n" in page
        text = json.dumps(schema)
        assert all(f"`{part['name']}`" in page for part in schema["fields"])
        assert all(f"| {part['legal_basis']} |\n" in page for part in schema["fields"])
        assert "UNKNOWN" not in text or "`UNKNOWN`" in page
