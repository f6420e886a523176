"""Messages of the Digital Convergence Initiative, version 1.0.0: what a notification holds.

`{signature, header, message}`, with `message.notify_event` a list of events, each with its
`reg_records`: one object by the civil registers' own page, a list by the core standard. Both are
read. What a rule of the standard refuses bears the standard's own code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from civicbus.connect.timestamps import moment
from civicbus.wire import strict_json

VERSIONS = ("1.0.0", "1.0")
ACTION = "notify"
OTHER_ACTIONS = frozenset(
    f"{prefix}{verb}"
    for prefix in ("", "on-")
    for verb in ("search", "subscribe", "unsubscribe", "txnstatus", "txn-status", "status")
)
RECORDS_MAX = 1_000  # in one message
TEXT_MAX = 999  # characters of an id or a code
# How an identifier's type and value are called.
STANDARD = "identifier_type", "identifier_value"
OPENCRVS = "name", "identifier"
KIND = "@type"
RELATIONS = "relations"


class InvalidMessageError(ValueError):
    """A message that breaks a rule: the standard's code, and in words what to do."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


@dataclass(frozen=True, slots=True)
class Notice:
    """A record that is notified, and what the message says about it, all texts.

    Beside what the standard says (`message_id`, `reference_id`, `event_type` ...) `about` has the
    record's identifiers by their type, under the names that they have in it, and under `relations`
    the people beside its own: what is a list there no mapping could read. `twice` names those of
    which one type stands twice.
    """

    record: Mapping[str, Any] = field(repr=False)
    about: Mapping[str, Any] = field(repr=False)
    twice: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message that keeps the rules."""

    sender_id: str
    message_id: str
    notices: Sequence[Notice] = field(repr=False)


def read_message(body: bytes) -> Message:
    """The notification that a body is.

    Raises:
        InvalidMessageError: if it is none, or not one that is taken here.
    """
    try:
        found, spelled = strict_json.parse(body), strict_json.parse(body, keep_numbers=True)
    except strict_json.NotJsonError as error:
        raise InvalidMessageError("err.request.bad", f"the body {error}") from None
    header, message = _object(found, "", "header"), _object(found, "", "message")
    message_id = _text(header, "header", "message_id")
    sender_id = "" if header.get("sender_id") is None else header["sender_id"]
    if not isinstance(sender_id, str) or len(sender_id) > TEXT_MAX:
        raise InvalidMessageError("err.sender_id.invalid", "header.sender_id: write a text")
    _check_header(header)
    if _is_true(header.get("is_msg_encrypted")) or "ciphertext" in message:
        raise InvalidMessageError(
            "err.encryption.invalid", "messages are not decrypted here; send it in plain over TLS"
        )
    _text(message, "message", "transaction_id")
    events = message.get("notify_event")
    if not isinstance(events, list):
        raise InvalidMessageError("err.request.bad", "message.notify_event: send a list of events")
    _check_count(header.get("total_count"), len(events))
    notices: list[Notice] = []
    about = {"message_id": message_id, "sender_id": sender_id}
    for number, event in enumerate(events):
        spelled_event = spelled["message"]["notify_event"][number]
        notices += _notices(event, spelled_event, f"message.notify_event[{number}]", about)
        if len(notices) > RECORDS_MAX:
            raise _too_many()
    return Message(sender_id, message_id, notices)


def _check_header(header: Mapping[str, Any]) -> None:
    if header.get("version") not in (None, *VERSIONS):
        raise InvalidMessageError("rjct.version.invalid", "header.version: 1.0.0 is spoken here")
    if not _is_moment(header.get("message_ts")):
        told = "header.message_ts: write YYYY-MM-DDThh:mm:ss with Z or an offset"
        raise InvalidMessageError("rjct.message_ts.invalid", told)
    action = header.get("action")
    if action != ACTION:
        is_other = isinstance(action, str) and action in OTHER_ACTIONS
        code = "rjct.action.not_supported" if is_other else "rjct.action.invalid"
        raise InvalidMessageError(code, f"header.action: this address takes {ACTION}")


def _check_count(given: Any, events: int) -> None:
    """Hold the announced number of events, where there is one, to those that came."""
    if events > RECORDS_MAX:
        raise _too_many()
    if given in (None, ""):
        return  # a notifying header need not have it
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 9) or int(text) != events:
        told = "header.total_count: it is not the number of events in message.notify_event"
        raise InvalidMessageError("rjct.total_count.invalid", told)


def _too_many() -> InvalidMessageError:
    told = f"a message may notify {RECORDS_MAX} records; send several"
    return InvalidMessageError("rjct.total_count.limit_exceeded", told)


def _notices(event: Any, spelled: Any, place: str, about: Mapping[str, str]) -> Iterator[Notice]:
    """The records of one event; `spelled` is it with its numbers as texts."""
    if not isinstance(event, dict):
        raise InvalidMessageError("err.request.bad", f"{place}: send an object")
    reference = event.get("reference_id")
    if not isinstance(reference, str) or not 0 < len(reference) <= TEXT_MAX:
        told = f"{place}.reference_id: write a text"
        raise InvalidMessageError("rjct.reference_id.invalid", told)
    if not _is_moment(event.get("timestamp")):
        told = f"{place}.timestamp: write YYYY-MM-DDThh:mm:ss with Z or an offset"
        raise InvalidMessageError("rjct.timestamp.invalid", told)
    data = _object(event, place, "data")
    records = data.get("reg_records")
    records_spelled = spelled["data"].get("reg_records")
    if isinstance(records, dict):
        records, records_spelled = [records], [records_spelled]
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        told = f"{place}.data.reg_records: send a record, or a list of records"
        raise InvalidMessageError("err.request.bad", told)
    told_about = {
        **about,
        "reference_id": reference,
        "timestamp": event["timestamp"],
        "event_type": _code(data, place, "reg_event_type"),
        "record_type": _code(data, place, "reg_record_type") or _code(data, place, "reg_type"),
    }
    for record in records_spelled:
        identifiers, twice = _identifiers(record)
        relations, told_twice = _relations(record)
        yield Notice(record, {**identifiers, **relations, **told_about}, (*twice, *told_twice))


def _identifiers(record: Mapping[str, Any]) -> tuple[dict[str, dict[str, str]], list[str]]:
    """The identifiers in a record by name and type, and the names where a type stands twice."""
    found: dict[str, dict[str, str]] = {}
    twice = []
    for name, value in record.items():
        for one in value if isinstance(value, list) else [value]:
            if (identifier := _identifier(one)) is None:
                continue
            type_, number = identifier
            if found.setdefault(name, {}).setdefault(type_, number) != number:
                twice.append(name)
    return found, twice


def _identifier(value: Any) -> tuple[str, str] | None:
    """The type and value of an identifier: as the standard spells one, or as OpenCRVS does."""
    if not isinstance(value, dict):
        return None
    # What has more than these beside a name, such as a place, is no identifier.
    names = OPENCRVS if value.keys() == set(OPENCRVS) else STANDARD
    type_, number = (value.get(name) for name in names)
    return (type_, number) if isinstance(type_, str) and isinstance(number, str) else None


def _relations(record: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The people in a record's `relations` by what they are to its person, such as `Mother`.

    Of each their texts, and their identifiers by type. Who is told without a kind is `Other`.
    """
    relations = record.get(RELATIONS)
    if not isinstance(relations, list):
        return {}, []
    found: dict[str, Any] = {}
    twice = []
    for one in relations:
        if not isinstance(one, dict):
            continue
        kind = one.get(KIND)
        name = kind.rpartition(":")[2] if isinstance(kind, str) else "Other"
        texts = {key: value for key, value in one.items() if isinstance(value, str)}
        identifiers, own_twice = _identifiers(one)
        told = {**texts, **identifiers}
        if own_twice or found.setdefault(name, told) != told:
            twice.append(RELATIONS)
    return {RELATIONS: found}, twice


def _object(found: Any, place: str, name: str) -> dict[str, Any]:
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, dict):
        path = f"{place}.{name}" if place else name
        raise InvalidMessageError("err.request.bad", f"{path}: it is missing, or no object")
    return value


def _text(found: Mapping[str, Any], place: str, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_MAX:
        told = f"{place}.{name}: write a text of at most {TEXT_MAX} characters"
        raise InvalidMessageError("err.request.bad", told)
    return value


def _code(data: Mapping[str, Any], place: str, name: str) -> str:
    value = data.get(name)
    if value is not None and not (isinstance(value, str) and len(value) <= TEXT_MAX):
        raise InvalidMessageError("err.request.bad", f"{place}.data.{name}: write a text")
    return value or ""


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and moment(value) is not None


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
