"""The messages of the AsyncAPI document, their schemas, keys and headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from civicbus.domain.events import (
    CONTROL_TYPES,
    EVENT_TYPES,
    SOURCE_PATTERN,
    UUID_PATTERN,
    Dismissal,
    SourceWatermark,
)
from civicbus.domain.person_key import PATTERN
from civicbus.wire.releases import ATTEMPT, RELEASES, SIGNATURE
from civicbus.wire.row_notes import PREFIX
from civicbus.wire.schemas import Catalogue, LockedSchema, SchemaError, full_name
from civicbus.wire.topics import WATERMARK_KEY_PREFIX

Json = dict[str, Any]

KAFKA = {"bindingVersion": "0.5.0"}
AVRO_SCHEMA = "application/vnd.apache.avro;version=1.9.0"
BYTES = "application/octet-stream"

SCHEMA_ID = {"schemaIdLocation": "payload", "schemaIdPayloadEncoding": "4"}
SUBJECT = {"schemaLookupStrategy": "TopicRecordNameStrategy"}

KEYS: dict[str, Json] = {
    "ofPerson": {
        "type": "string",
        "pattern": f"^{PATTERN.pattern}$",
        "description": "The person key: 128 bits of an HMAC under the deployment's secret, in "
        "base32.",
    },
    "ofSource": {
        "type": "string",
        "pattern": f"^{WATERMARK_KEY_PREFIX.decode()}{SOURCE_PATTERN.pattern}$",
        "description": "The source's name. Its watermark stands in every partition that it writes.",
    },
    "ofDismissal": {
        "type": ["string", "null"],
        "pattern": f"^{PATTERN.pattern}$",
        "description": "The person key of the refused record; none where that had none.",
    },
}
ROW_KEY = {
    "type": "string",
    "pattern": f"^{UUID_PATTERN.pattern}$",
    "description": "The event id of the Refusal that stands for the row.",
}
POSITION_KEY = {
    "type": "string",
    "pattern": f"^{SOURCE_PATTERN.pattern}$",
    "description": "The source's name.",
}
KEY_OF = {SourceWatermark.__name__: "ofSource", Dismissal.__name__: "ofDismissal"}

RELEASE_HEADERS = {
    RELEASES: "The offset, in this partition, of the refused record whose mark this one ends.",
    ATTEMPT: "How many times the refused record has been tried with this one.",
    SIGNATURE: "HMAC-SHA-256 under the operators' secret, in hexadecimal.",
}
PLACE_HEADERS = {
    "x-original-topic": "The topic of the refused record.",
    "x-original-partition": "Its partition.",
    "x-original-offset": "Its offset.",
}
REFUSED_HEADERS = {
    "__connect.errors.topic": "The topic in which the record stood that was judged.",
    "__connect.errors.partition": "Its partition.",
    "__connect.errors.offset": "Its offset.",
    "__connect.errors.connector.name": "Always `civicbus`.",
    "__connect.errors.task.id": "The partition.",
    "__connect.errors.stage": "Always `VALUE_CONVERTER`.",
    "__connect.errors.class.name": "What refused it.",
    "__connect.errors.exception.class.name": "The reason, as a class name.",
    "__connect.errors.exception.message": "The field, and what is wrong with it; no personal data.",
    "x-reason": "Code of the reason.",
    "x-attempt": "How many times the record has been tried.",
    "x-original-timestamp": "Milliseconds since 1970 at which the broker had the record.",
    **PLACE_HEADERS,
}
# Only where they have something to say, so no record needs them.
SIZE_HEADERS = {
    "x-original-value-bytes": "The value's size, where only its beginning is kept.",
    "x-original-key-bytes": "The key's size, where only its beginning is kept.",
    "x-original-headers-bytes": "The size of the record's own headers, where they are left out.",
    "x-original-value-none": "`true` where the record had neither key nor value.",
}
OUTCOME_HEADERS = {
    "x-outcome": "`replayed`, `refused_again` or `dismissed`.",
    "x-attempt": "Which attempt at the record it was.",
    "x-reason": "Code of the reason for which it was refused last.",
    "x-detail": "What is wrong with it, or why it was dismissed.",
    "x-by": "Who dismissed it.",
    **PLACE_HEADERS,
}
ROW_HEADERS = {
    f"{PREFIX}refusal": "The event id of the Refusal.",
    f"{PREFIX}source": "The source whose row it is.",
    f"{PREFIX}family": "The family in whose topic the Refusal stands.",
    f"{PREFIX}row": "A digest of the row as it stood in the file.",
    f"{PREFIX}reason": "Code of the reason.",
    f"{PREFIX}settled": "`True` once what the row told is known.",
}
EMPTY = {"type": "string", "maxLength": 0, "description": "Nothing: all is told in the headers."}


def components(catalogue: Catalogue) -> Json:
    """Messages, schemas and bindings, each once for all topics that have it.

    Raises:
        SchemaError: if a record of some topic has no version in the catalogue.
    """
    locked = {kind.__name__: _latest(catalogue, kind) for kind in (*EVENT_TYPES, *CONTROL_TYPES)}
    return {
        "schemas": {
            "ReleaseHeaders": _headers({}, RELEASE_HEADERS),
            **{
                name: {"schemaFormat": AVRO_SCHEMA, "schema": json.loads(schema.text)}
                for name, schema in locked.items()
            },
        },
        "messages": {
            **{name: _avro_message(name, schema) for name, schema in locked.items()},
            **_quarantine_messages(),
            **_row_messages(),
            "Position": _position_message(),
        },
        "messageBindings": {
            **{name: _kafka(key, SCHEMA_ID | SUBJECT) for name, key in KEYS.items()},
            # The notes' topic has no subjects: what stands there has those of the person topics.
            "ofRow": _kafka(ROW_KEY, SCHEMA_ID),
            "ofSettledRow": _kafka(ROW_KEY, {}),
            "ofPosition": _kafka(POSITION_KEY, {}),
        },
    }


def _latest(catalogue: Catalogue, kind: type) -> LockedSchema:
    try:
        return catalogue.latest(kind.__name__)
    except KeyError as error:
        raise SchemaError(
            f"no version of {kind.__name__} is locked; write its file and run "
            "`civicbus schemas lock`"
        ) from error


def _avro_message(name: str, locked: LockedSchema) -> Json:
    schema = json.loads(locked.text)
    # Nobody but an operator ends a mark, and a dismissal does nothing else.
    released = _headers(RELEASE_HEADERS) if name == Dismissal.__name__ else None
    return {
        "name": full_name(schema),
        "title": name,
        "summary": schema["doc"],
        "headers": released or {"$ref": "#/components/schemas/ReleaseHeaders"},
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "bindings": _binding(KEY_OF.get(name, "ofPerson")),
        "x-schema-id": locked.id,
        "x-schema-version": locked.version,
    }


def _quarantine_messages() -> Json:
    return {
        "RefusedRecord": {
            "name": "RefusedRecord",
            "title": "A refused record",
            "summary": "Key, value and headers as they came, with the reason in further headers. "
            "Of one that is too large only the beginning is kept.",
            "contentType": BYTES,
            "headers": _headers(REFUSED_HEADERS, SIZE_HEADERS),
            "payload": {
                "type": "string",
                "format": "binary",
                "description": "The value as it came.",
            },
        },
        "RefusedRecordOutcome": {
            "name": "RefusedRecordOutcome",
            "title": "What came of a refused record",
            "summary": "It was let in on another attempt, refused again, or dismissed by somebody.",
            "contentType": BYTES,
            "headers": _headers(OUTCOME_HEADERS),
            "payload": EMPTY,
        },
    }


def _row_messages() -> Json:
    return {
        "RefusedRow": {
            "name": "RefusedRow",
            "title": "A row was refused",
            "summary": "The Refusal that stands for it in a person topic, under its event id.",
            "headers": _headers(ROW_HEADERS),
            "payload": {"$ref": "#/components/schemas/Refusal"},
            "bindings": _binding("ofRow"),
        },
        "SettledRow": {
            "name": "SettledRow",
            "title": "What the row told is known",
            "summary": "The row could be mapped, or the register no longer holds it.",
            "contentType": BYTES,
            "headers": _headers(ROW_HEADERS),
            "payload": EMPTY,
            "bindings": _binding("ofSettledRow"),
        },
    }


def _position_message() -> Json:
    return {
        "name": "Position",
        "title": "Where a connector reads on",
        "summary": "What it holds depends on the way in, and is for the connector alone; no "
        "personal data.",
        "contentType": "application/json",
        "payload": {"type": "object", "additionalProperties": True},
        "bindings": _binding("ofPosition"),
    }


def _kafka(key: Json, of_schema: Json) -> Json:
    return {"kafka": {"key": key, **of_schema, **KAFKA}}


def _binding(name: str) -> Json:
    return {"$ref": f"#/components/messageBindings/{name}"}


def _headers(required: Mapping[str, str], optional: Mapping[str, str] | None = None) -> Json:
    """Headers of a record and what they mean; on Kafka all of them are texts in UTF-8."""
    told = {**required, **(optional or {})}
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": meaning} for name, meaning in told.items()
        },
        **({"required": list(required)} if required else {}),
    }
