"""Whether bytes that are not what they were announced as are a record of another type.

Only the header can tell. It comes first in every event and names whom the event concerns and in
which role, and most types demand some role. Where it is filled, the record is of the announced
type, with a flaw of its own: many types are a header and a word or two, so that what is left of one
after a flaw may by chance be spelled like another. Where it is not, the record cannot be of the
announced type, whatever follows. A type that demands nothing of the header is never told to be
another.

The cost is bounded: the header is read once, and then only the few bytes after it by each type that
may have such a header.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import fastavro

from civicbus.domain.events import (
    CONTROL_TYPES,
    EVENT_TYPES,
    UUID_PATTERN,
    Event,
    Header,
    InvalidEventError,
    SourceWatermark,
)
from civicbus.wire.canonical import decode, read
from civicbus.wire.records import from_plain, header_from_plain
from civicbus.wire.schemas import Catalogue, LockedSchema, Schema

WATERMARK = SourceWatermark.__name__
CONTROL = frozenset(kind.__name__ for kind in CONTROL_TYPES)
EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in EVENT_TYPES}


@dataclass(slots=True)
class _Layout:
    """Schema versions whose headers are spelled alike: the header, and by type what follows it."""

    header: Schema
    rests: dict[str, Schema] = field(default_factory=dict)
    ids: set[int] = field(default_factory=set)


class OtherTypes:
    """Understands which bytes are a whole and allowed record of a type that was not announced."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def spell(self, announced: LockedSchema, body: bytes) -> bool:
        """True if the body cannot be of the announced type and is a record of another one."""
        if announced.record in CONTROL:
            return any(self._is_event(layout, body) for layout in self._layouts)
        (layout,) = (layout for layout in self._layouts if announced.id in layout.ids)
        return self._is_event(layout, body, but=announced.record) or self._is_watermark(body)

    @cached_property
    def _layouts(self) -> list[_Layout]:
        """Made when they are first needed: a bus without bad records never needs them."""
        found: dict[str, _Layout] = {}
        for schema in sorted(self._catalogue.versions.values(), key=lambda one: one.version):
            if schema.record not in EVENTS:
                continue
            first, *others = json.loads(schema.text)["fields"]
            named: dict[str, Any] = {}
            header = _parsed(first["type"], named)
            # Without docs and tags: they may change, and the bytes stay the same.
            spelling = fastavro.schema.to_parsing_canonical_form(first["type"])
            layout = found.setdefault(spelling, _Layout(header))
            rest = {"type": "record", "name": f"civic.After{schema.record}", "fields": others}
            layout.rests[schema.record] = _parsed(rest, named)
            layout.ids.add(schema.id)
        return list(found.values())

    def _is_event(self, layout: _Layout, body: bytes, but: str | None = None) -> bool:
        """True if it is an event of some type, and by its header cannot be of the type `but`."""
        plain, end = read(layout.header, body)
        if plain is None:
            return False
        try:
            header = header_from_plain(plain)
        except InvalidEventError:
            return False
        if but is not None and may_head(header, EVENTS[but]):
            return False
        return any(
            _follows(header, record, rest, body[end:])
            for record, rest in layout.rests.items()
            if may_head(header, EVENTS[record])
        )

    def _is_watermark(self, body: bytes) -> bool:
        plain = decode(self._catalogue.latest(WATERMARK), body)
        if plain is None:
            return False
        try:
            said = from_plain(WATERMARK, plain)
        except InvalidEventError:
            return False
        # Five fields of an event that was cut could pass for it, but for the id at their head.
        return isinstance(said, SourceWatermark) and not UUID_PATTERN.fullmatch(said.source)


def _parsed(schema: Schema, named: dict[str, Any]) -> Schema:
    """A schema as fastavro wants it, with the types that were defined before it."""
    parsed = fastavro.parse_schema(schema, named_schemas=named)
    assert isinstance(parsed, dict)
    return parsed


def may_head(header: Header, kind: type[Event]) -> bool:
    """True if the header has the roles and the target that events of a type must have."""
    return (
        all(header.in_role(role) for role in kind.roles)
        and (not kind.any_role or bool(header.in_role(*kind.any_role)))
        and (not kind.names_target or header.target_event_id is not None)
    )


def _follows(header: Header, record: str, schema: Schema, rest: bytes) -> bool:
    """True if the bytes after the header make an allowed event of it."""
    plain, end = read(schema, rest)
    if plain is None or end != len(rest):
        return False
    try:
        from_plain(record, {"header": header, **plain})
    except InvalidEventError:
        return False
    return True
