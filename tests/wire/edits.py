"""Edits of a schema file; `where` is `Record.field`, or a record, or an enum. And what they add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from civicbus.wire.personal_data import TECHNICAL
from civicbus.wire.schemas import named_types

Json = dict[str, Any]
Edit = Callable[[Json], None]


def _type(schema: Json, name: str) -> Json:
    found: Json = named_types(schema)[f"civic.{name}"]
    return found


def _field(schema: Json, where: str) -> Json:
    record, name = where.split(".")
    found: Json = next(f for f in _type(schema, record)["fields"] if f["name"] == name)
    return found


def remove(where: str) -> Edit:
    owner = where.partition(".")[0]
    return lambda schema: _type(schema, owner)["fields"].remove(_field(schema, where))


def add(record: str, *fields: Json, place: int | None = None) -> Edit:
    def edit(schema: Json) -> None:
        found = _type(schema, record)["fields"]
        at = len(found) if place is None else place
        found[at:at] = fields

    return edit


def retype(where: str, kind: Any) -> Edit:
    return lambda schema: _field(schema, where).update(type=kind)


def require(where: str, kind: Any) -> Edit:
    def edit(schema: Json) -> None:
        field = _field(schema, where)
        field["type"] = kind
        del field["default"]

    return edit


def set_on(name: str, /, **keys: Any) -> Edit:
    """Set keys of a record or an enum; `None` takes a key away."""

    def edit(schema: Json) -> None:
        found = _type(schema, name)
        for key, value in keys.items():
            found[key] = value
            if value is None:
                del found[key]

    return edit


def rename(where: str, new: str, *aliases: str) -> Edit:
    more = {"aliases": list(aliases)} if aliases else {}
    return lambda schema: _field(schema, where).update(name=new, **more)


def tag(where: str, **tags: Any) -> Edit:
    """Set attributes of a field; `None` takes one away."""

    def edit(schema: Json) -> None:
        found = _field(schema, where)
        for key, value in tags.items():
            found[key] = value
            if value is None:
                del found[key]

    return edit


def symbols(name: str, edit: Callable[[list[str]], list[str]]) -> Edit:
    def apply(schema: Json) -> None:
        found = _type(schema, name)
        found["symbols"] = edit(found["symbols"])

    return apply


def without(symbol: str) -> Callable[[list[str]], list[str]]:
    return lambda found: [one for one in found if one != symbol]


def with_symbol(symbol: str, place: int | None = None) -> Callable[[list[str]], list[str]]:
    return lambda found: [*found[:place], symbol, *(found[place:] if place is not None else [])]


def order(*names: str) -> Edit:
    def edit(schema: Json) -> None:
        schema["fields"].sort(key=lambda field: names.index(field["name"]))

    return edit


def both(*edits: Edit) -> Edit:
    def edit(schema: Json) -> None:
        for one in edits:
            one(schema)

    return edit


def field(kind: Any, name: str = "added", **more: Any) -> Json:
    tags = {"personal_data": "none", "legal_basis": TECHNICAL}
    return {"name": name, "type": kind, "doc": "Something new.", **tags, **more}


def optional(kind: Any, name: str = "added") -> Json:
    return field(["null", kind], name, default=None)


def a_list(items: Any) -> Json:
    return field({"type": "array", "items": items}, default=[])


def a_map(values: Any) -> Json:
    return field({"type": "map", "values": values}, default={})


def record(*fields: Json, name: str = "Added") -> Json:
    return {"type": "record", "name": name, "doc": "A record.", "fields": list(fields)}


def enum(*found: str, **more: Any) -> Json:
    return {"type": "enum", "name": "Added", "doc": "A list.", "symbols": list(found), **more}


def logical(kind: str, name: str, **more: Any) -> Json:
    return {"type": kind, "logicalType": name, **more}


def nested(levels: int) -> Any:
    kind: Any = "string"
    for level in reversed(range(levels)):
        kind = record(field(["null", kind], default=None), name=f"Level{level}")
    return kind
