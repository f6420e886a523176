"""Changes of the schema files, good and bad, each made on a copy of the folder.

`UNREADABLE` and `MISREAD` are for fastavro to confirm; what is refused `BY_RULE` Avro would let
pass, and a reader would pay for it. (Avro leaves logical types out when it resolves schemas, and
libraries differ in whose they apply: the writer's or the reader's.)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.wire.edits import (
    Edit,
    a_list,
    a_map,
    add,
    both,
    enum,
    field,
    logical,
    nested,
    optional,
    order,
    record,
    remove,
    rename,
    require,
    retype,
    set_on,
    symbols,
    tag,
    with_symbol,
    without,
)

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
    Change("a field of which nobody knows how near it is to a person", "birth.avsc",
           tag("Birth.place", personal_data=None), "Birth.place"),
    Change("a field of a shared type without that tag", "header.avsc",
           tag("Identifier.value", personal_data=None), "Identifier.value"),
    Change("a class of personal data that is not on the list", "birth.avsc",
           tag("Birth.place", personal_data="secret"), "Birth.place"),
    Change("a class that is no text", "birth.avsc", tag("Birth.place", personal_data=["none"]),
           "Birth.place"),
    Change("a field that no law allows", "birth.avsc", tag("Birth.place", legal_basis=None),
           "Birth.place"),
    Change("a law that is left blank", "birth.avsc", tag("Birth.place", legal_basis=" "),
           "Birth.place"),
    Change("a law without its article", "birth.avsc",
           tag("Birth.place", legal_basis="CN Civil Code"), "Birth.place"),
    Change("a law of no country", "birth.avsc",
           tag("Birth.place", legal_basis="Civil Code art. 15"), "Birth.place"),
    Change("personal data for technical reasons", "birth.avsc",
           tag("Birth.place", legal_basis="none needed: technical"), "Birth.place"),
    Change("a new field without tags", "death.avsc",
           add("Death", {"name": "note", "type": ["null", "string"], "doc": "A note.",
                         "default": None}), "Death.note"),
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
    Change("a symbol comes at the end", "header.avsc", symbols("Role", with_symbol("TRUSTEE"))),
    Change("a symbol comes in between", "header.avsc", symbols("Role", with_symbol("HEIR", 3))),
    Change("a field with a default goes", "death.avsc", remove("Death.country")),
    Change("fields change places", "birth.avsc", order("header", "country", "sex", "place")),
    Change("a field is tagged as nearer to a person", "birth.avsc",
           tag("Birth.place", personal_data="sensitive")),
    Change("another law allows a field", "header.avsc",
           tag("Header.basis", legal_basis="CN Archives Law art. 14")),
    Change("a law that counts in sections allows it", "birth.avsc",
           tag("Birth.place", legal_basis="GB Births and Deaths Registration Act 1953 s. 1")),
    Change("a record names a type of another one's file", "unemployment.avsc",
           add("Unemployment", optional("civic.PensionKind"))),
    Change("a doc says more", "birth.avsc", set_on("Birth", doc="A live birth, in any place.")),
]  # fmt: skip
