"""Every schema version that was ever published stays readable, in both modes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import fastavro
import pytest

from civicbus.domain.events import Birth, Header
from civicbus.wire.codec import FRAME, MAGIC, Codec
from civicbus.wire.guard import Guard, Judgement, Mode
from civicbus.wire.guard_layout import layout_of
from civicbus.wire.records import to_plain
from civicbus.wire.schemas import Catalogue, LockedSchema
from tests.wire.corpus import PUBLISHERS, Record, catalogue, older
from tests.wire.makers import ENVIRONMENT, event

OLD_ID = 4_000
COUNT = 40


def catalogue_with(schema: LockedSchema) -> Catalogue:
    return Catalogue({**catalogue().versions, schema.id: schema})


def written(schema: LockedSchema, **more: Any) -> list[Record]:
    """Births as a publisher wrote them at the time of that version."""
    records = []
    for seed in range(COUNT):
        said = event("Birth", seed)
        body = io.BytesIO()
        body.write(FRAME.pack(MAGIC, schema.id))
        fastavro.schemaless_writer(body, schema.parsed, to_plain(said) | more)
        records.append(Record(said.header.keys()[0].encode(), body.getvalue()))
    return records


def judged(schema: LockedSchema, mode: Mode, records: Sequence[Record]) -> Judgement:
    guard = Guard(catalogue_with(schema), PUBLISHERS, ENVIRONMENT, mode)
    return guard.judge("civic.birth.v1", records)


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize(
    ("lacking", "screened"),
    [
        pytest.param(("place", "country"), True, id="fields that no rule reads"),
        pytest.param(("under_investigation",), False, id="a field that a rule reads"),
    ],
)
def test_a_version_from_before_a_field_is_accepted(
    lacking: Sequence[str], *, screened: bool, mode: Mode
) -> None:
    old = older(catalogue().latest("Birth"), OLD_ID, lacking)
    judgement = judged(old, mode, written(old))
    assert judgement.refused == []
    assert all(judgement.event_ids)
    assert (layout_of(old) is not None) == screened
    assert judgement.one_by_one == (0 if screened and mode == "native" else COUNT)


def test_a_field_that_a_version_lacks_has_its_default() -> None:
    old = older(catalogue().latest("Birth"), OLD_ID, ("under_investigation", "basis", "place"))
    codec = Codec(catalogue_with(old))
    for seed, record in enumerate(written(old)):
        said = event("Birth", seed)
        assert isinstance(said, Birth)
        head = replace(said.header, under_investigation=(), basis=None)
        assert codec.decode(record.value or b"") == replace(said, header=head, place=None)


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_version_without_a_needed_field_cannot_be_read(mode: Mode) -> None:
    old = older(catalogue().latest("Birth"), OLD_ID, ("registered_at",))
    judgement = judged(old, mode, written(old))
    assert {(item.reason, item.detail) for item in judgement.refused} == {
        ("schema", "header.registered_at: a value that is not allowed")
    }
    assert len(judgement.refused) == COUNT


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_field_that_has_gone_is_not_looked_at(mode: Mode) -> None:
    latest = catalogue().latest("Birth")
    extra = '{"name":"hospital","type":"string","doc":"Was once noted."},{"name":"sex"'
    text = latest.text.replace('{"name":"sex"', extra)
    assert text != latest.text
    old = replace(latest, id=OLD_ID, version=0, text=text)
    judgement = judged(old, mode, written(old, hospital="a\x00b"))
    assert judgement.refused == []
    assert judgement.one_by_one == (0 if mode == "native" else COUNT)


@pytest.mark.parametrize("mode", get_args(Mode))
def test_a_symbol_that_has_gone_is_refused_where_it_is_used(mode: Mode) -> None:
    latest = catalogue().latest("Birth")
    text = latest.text.replace('"NOT_APPLICABLE"]', '"NOT_APPLICABLE","OTHER"]')
    assert text != latest.text
    old = replace(latest, id=OLD_ID, version=0, text=text)
    assert judged(old, mode, written(old)).refused == []
    records = [*written(old)[:-1], written(old, sex="OTHER")[-1]]
    refused = judged(old, mode, records).refused
    assert [(item.index, item.reason) for item in refused] == [(COUNT - 1, "enum")]


@pytest.mark.parametrize("change", ['"type":"int"', '"type":"string"'])
def test_a_version_with_other_types_is_not_screened(change: str) -> None:
    latest = catalogue().latest("Birth")
    text = latest.text.replace(
        '"name":"source_sequence","type":"long"', f'"name":"source_sequence",{change}'
    )
    assert text != latest.text
    screened = layout_of(replace(latest, text=text)) is not None
    assert screened == (change == '"type":"int"')


def test_the_header_has_no_field_that_the_screen_forgot() -> None:
    assert Header.__slots__ == (
        "event_id", "source", "concerned", "registered_at", "occurred", "change",
        "target_event_id", "effective_from", "legal_state", "basis", "cause",
        "under_investigation", "source_sequence", "environment",
    )  # fmt: skip
