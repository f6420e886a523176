"""A schema registry that is only read: what a Confluent-compatible one answers, from our catalogue.

With it any Kafka tool can decode our topics where no registry is configured. Subjects are named by
topic and record (TopicRecordNameStrategy), since a topic holds several record types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from civicbus.domain.events import CONTROL_TYPES
from civicbus.domain.families import FAMILIES
from civicbus.wire.schemas import Catalogue, LockedSchema, full_name

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
LATEST = "latest"
VERSION = re.compile("[1-9][0-9]{0,9}")
# What `civicbus schemas check` holds the schemas to.
COMPATIBILITY = "FULL_TRANSITIVE"

Json = dict[str, Any]


class NoSuchEntryError(LookupError):
    """What a registry says, with its own error codes, when it has no such thing."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code

    @property
    def status(self) -> int:
        """The HTTP status: the first three digits of the code."""
        return int(str(self.code)[:3])

    def document(self) -> Json:
        """The body of the HTTP answer."""
        return {"error_code": self.code, "message": str(self)}


def subjects_of(schema: LockedSchema) -> tuple[str, ...]:
    """The subjects under which a schema stands: one for each topic that may hold its record."""
    name = full_name(json.loads(schema.text))
    topics = [
        family.topic
        for family in FAMILIES.values()
        if schema.record in {kind.__name__ for kind in (*family.record_types, *CONTROL_TYPES)}
    ]
    return tuple(f"{topic}-{name}" for topic in topics)


class RegistryView:
    """Understands what a registry answers that holds exactly one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._schemas = {str(number): schema for number, schema in catalogue.versions.items()}
        self._subjects: dict[str, dict[int, LockedSchema]] = {}
        for schema in catalogue.versions.values():
            for subject in subjects_of(schema):
                self._subjects.setdefault(subject, {})[schema.version] = schema

    def answer(self, *path: str) -> Any:
        """The JSON body for `GET` of a path, given in its parts.

        Raises:
            NoSuchEntryError: if the registry has no such thing.
        """
        match path:
            case ("subjects",):
                return sorted(self._subjects)
            case ("subjects", subject, "versions"):
                return sorted(self._subject(subject))
            case ("subjects", subject, "versions", version):
                return self._version(subject, version)
            case ("subjects", subject, "versions", version, "schema"):
                return json.loads(self._version(subject, version)["schema"])
            case ("schemas", "types"):
                return ["AVRO"]
            case ("schemas", "ids", number):
                return {"schema": self._schema(number).text}
            case ("schemas", "ids", number, "versions"):
                schema = self._schema(number)
                uses = subjects_of(schema)
                return [{"subject": subject, "version": schema.version} for subject in uses]
            case ("config",):
                return {"compatibilityLevel": COMPATIBILITY}
            case ("mode",):
                return {"mode": "READONLY"}
            case _:
                raise NoSuchEntryError(404, "HTTP 404 Not Found")

    def _subject(self, subject: str) -> Mapping[int, LockedSchema]:
        if subject not in self._subjects:
            raise NoSuchEntryError(40401, "Subject not found.")
        return self._subjects[subject]

    def _version(self, subject: str, version: str) -> Json:
        found = self._subject(subject)
        if version != LATEST and not VERSION.fullmatch(version):
            raise NoSuchEntryError(42202, f"The version must be a number or {LATEST}.")
        number = max(found) if version == LATEST else int(version)
        if number not in found:
            raise NoSuchEntryError(40402, "Version not found.")
        schema = found[number]
        return {
            "subject": subject,
            "version": schema.version,
            "id": schema.id,
            "schema": schema.text,
        }

    def _schema(self, number: str) -> LockedSchema:
        if number not in self._schemas:
            raise NoSuchEntryError(40403, "Schema not found")
        return self._schemas[number]
