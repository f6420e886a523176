"""Changes of the schema files, good and bad, each made on a copy of the folder.

`UNREADABLE` and `MISREAD` are for fastavro to confirm; what is refused `BY_RULE` Avro would let
pass, and a reader would pay for it. (Avro leaves logical types out when it resolves schemas, and
libraries differ in whose they apply: the writer's or the reader's.)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civicbus.wire.schemas import named_types

Json = dict[str, Any]
Edit = Callable[[Json], None]

UNREADABLE, MISREAD, BY_RULE = "unreadable", "misread", "by rule"


@dataclass(frozen=True)
class Change:
    """An edit of one file. `field` is what a finding must name, `by` why it is refused."""

    title: str
    file: str
    edit: Edit
    field: str = ""
    by: str = BY_RULE
    found_in: str = ""  # the file that the finding names, where it is another one

    def make(self, folder: Path) -> None:
        path = folder / self.file
        schema = json.loads(path.read_text(encoding="utf-8"))
        self.edit(schema)
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False), encoding="utf-8")


# --- Edits: `where` is `Record.field`, or a record, or an enum --------------------------------


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


# --- What is added --------------------------------------------------------------------------


def field(kind: Any, name: str = "added", **more: Any) -> Json:
    return {"name": name, "type": kind, "doc": "Something new.", **more}


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


NOTE = optional("string", "note")
REMARKS = [
    optional("string", f"remark_{one}{other}")
    for one in "abcdefghjkmnpq"
    for other in "abcdefghjkmnpqr"
]

BREAKING = [
    Change("a field without a default goes", "header.avsc", remove("Header.registered_at"),
           "Header.registered_at", UNREADABLE),
    Change("an enum field without a default goes", "birth.avsc", remove("Birth.sex"),
           "Birth.sex", UNREADABLE),
    Change("a field comes without a default", "birth.avsc", add("Birth", field("string")),
           "Birth.added", UNREADABLE),
    Change("a field comes without a default, deep inside", "header.avsc",
           add("Identifier", field("string")), "Identifier.added", UNREADABLE),
    Change("a field is renamed", "refusal.avsc", rename("Refusal.reason", "code"),
           "Refusal.reason", UNREADABLE),
    Change("a type narrows", "header.avsc", retype("Header.source_sequence", "int"),
           "Header.source_sequence", UNREADABLE),
    Change("a type widens", "death.avsc", retype("Death.age_years", ["null", "long"]),
           "Death.age_years", UNREADABLE),
    Change("a number becomes a text", "header.avsc", retype("Header.source_sequence", "string"),
           "Header.source_sequence", UNREADABLE),
    Change("a text becomes a number", "refusal.avsc", retype("Refusal.reason", "int"),
           "Refusal.reason", UNREADABLE),
    Change("an optional field becomes required", "death.avsc", require("Death.place", "string"),
           "Death.place", UNREADABLE),
    Change("a list becomes a text", "header.avsc",
           retype("Header.under_investigation", "string"),
           "Header.under_investigation", UNREADABLE),
    Change("a list is one of other things", "header.avsc",
           retype("Concerned.identifiers", {"type": "array", "items": "string"}),
           "Concerned.identifiers", UNREADABLE),
    Change("a record becomes a text", "header.avsc", retype("Header.basis", ["null", "string"]),
           "Header.basis", UNREADABLE),
    Change("a logical type is dropped", "header.avsc", retype("Header.registered_at", "long"),
           "Header.registered_at"),
    Change("milliseconds become microseconds", "header.avsc",
           retype("Header.registered_at", logical("long", "timestamp-micros")),
           "Header.registered_at"),
    Change("a symbol goes", "header.avsc", symbols("LegalState", without("REGISTERED")),
           "LegalState.REGISTERED", MISREAD),
    Change("a symbol is renamed", "birth.avsc",
           both(symbols("Sex", without("MALE")), symbols("Sex", with_symbol("MAN"))),
           "Sex.MALE", MISREAD),
    Change("an enum loses its default", "header.avsc", set_on("Role", default=None), "Role"),
    Change("an enum's default becomes a fact", "header.avsc",
           set_on("LegalState", default="REGISTERED"), "LegalState"),
    Change("an enum loses UNKNOWN", "birth.avsc",
           both(symbols("Sex", without("UNKNOWN")), set_on("Sex", default="NOT_KNOWN")), "Sex"),
    Change("a code list comes without UNKNOWN", "death.avsc",
           add("Death", optional(enum("INQUEST"))), "Added"),
    Change("a retraction comes as a symbol", "header.avsc",
           symbols("Change", with_symbol("ANNULLED")), "Change.ANNULLED"),
    Change("two fields swap names by aliases", "birth.avsc",
           both(rename("Birth.place", "x", "country"), rename("Birth.country", "place", "place"),
                rename("Birth.x", "country", "place")), "Birth.country"),
    Change("a field is renamed with an alias", "birth.avsc",
           rename("Birth.place", "town", "place"), "Birth.town"),
    Change("a record has another name", "birth.avsc", set_on("Birth", name="LiveBirth"),
           "LiveBirth"),
    Change("a type has another namespace", "header.avsc", set_on("Basis", namespace="city"),
           "city.Basis"),
    Change("a default states a fact", "birth.avsc", add("Birth", field("boolean", default=True)),
           "Birth.added"),
    Change("a default is an empty id", "birth.avsc", add("Birth", field("string", default="")),
           "Birth.added"),
    Change("a default is zero", "birth.avsc", add("Birth", field("int", default=0)),
           "Birth.added"),
    Change("a number is not exact", "death.avsc", add("Death", optional("double")), "Death.added"),
    Change("a number in a list is not exact", "death.avsc", add("Death", a_list("float")),
           "Death.added"),
    Change("a record holds itself", "header.avsc", add("Concerned", optional("civic.Concerned")),
           "Concerned.added"),
    Change("a record holds itself by way of another", "header.avsc",
           add("Basis", optional("civic.Header")), "Basis.added"),
    Change("a list of nothing", "death.avsc", add("Death", a_list("null")), "Death.added"),
    Change("a list of empty records", "death.avsc", add("Death", a_list(record())), "Death.added"),
    Change("a map of nothing", "death.avsc", add("Death", a_map("null")), "Death.added"),
    Change("nested too deep", "death.avsc", add("Death", optional(nested(9))), "Level"),
    Change("lists nested too deep", "death.avsc",
           add("Death", a_list(a_list(a_list(a_list(a_list(a_list(a_list(a_list("int")["type"])
               ["type"])["type"])["type"])["type"])["type"])["type"])), "Death.added"),
    Change("more than two hundred fields", "death.avsc", add("Death", *REMARKS), "Death"),
    Change("a file larger than 64 KiB", "death.avsc", set_on("Death", doc="x" * 65_536), "Death"),
    Change("field names that differ by case", "birth.avsc", add("Birth", optional("int", "Place")),
           "Birth.Place"),
    Change("field names that look alike", "birth.avsc", add("Birth", optional("int", "p1ace")),
           "Birth.p1ace"),
    Change("symbols that look alike", "birth.avsc", symbols("Sex", with_symbol("MA1E")),
           "Sex.MA1E"),
    Change("type names that look alike", "death.avsc",
           add("Death", optional(record(NOTE, name="BaslS"))), "Basis", found_in="header.avsc"),
    Change("a type that the guard does not know", "death.avsc", add("Death", optional("bytes")),
           "Death.added"),
    Change("a decimal", "death.avsc",
           add("Death", optional(logical("bytes", "decimal", precision=9, scale=2))),
           "Death.added"),
    Change("a logical type that the guard does not know", "death.avsc",
           add("Death", optional(logical("string", "uuid"))), "Death.added"),
    Change("one of three types", "death.avsc",
           add("Death", field(["null", "int", "string"], default=None)), "Death.added"),
    Change("a field without a doc", "death.avsc", add("Death", NOTE | {"doc": " "}), "Death.note"),
    Change("a header that does not come first", "birth.avsc", add("Birth", NOTE, place=0),
           "Birth.header"),
    Change("a header that begins otherwise", "header.avsc", add("Header", NOTE, place=0),
           "Header"),
    Change("a type that another file defines", "birth.avsc",
           add("Birth", optional(record(NOTE, name="Death"))), "Death"),
]  # fmt: skip

GOOD = [
    Change("an optional field comes", "birth.avsc", add("Birth", NOTE)),
    Change("an optional field comes within the header", "header.avsc",
           add("Header", NOTE, place=5)),
    Change("an optional field comes deep inside", "header.avsc", add("Basis", NOTE)),
    Change("a list comes, empty by default", "death.avsc", add("Death", a_list("string"))),
    Change("an optional record comes", "death.avsc", add("Death", optional(record(NOTE)))),
    Change("an optional code comes", "death.avsc",
           add("Death", optional(enum("UNKNOWN", "INQUEST", default="UNKNOWN")))),
    Change("an optional day comes", "death.avsc", add("Death", optional(logical("int", "date")))),
    Change("a symbol comes at the end", "header.avsc", symbols("Role", with_symbol("GUARDIAN"))),
    Change("a symbol comes in between", "header.avsc", symbols("Role", with_symbol("HEIR", 3))),
    Change("a field with a default goes", "death.avsc", remove("Death.country")),
    Change("fields change places", "birth.avsc", order("header", "country", "sex", "place")),
    Change("a doc says more", "birth.avsc", set_on("Birth", doc="A live birth, in any place.")),
]  # fmt: skip
