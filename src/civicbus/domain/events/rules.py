"""The rules for single values that every event keeps, and the error that names the one broken.

The bounds are wide enough for every register and narrow enough that no value can overwhelm or
deceive a reader.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

MAX_TEXT = 1_000
MAX_CONCERNED = 64
MAX_LISTED = 64  # identifiers of a person, elements under investigation
UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SOURCE_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
EARLIEST_TIME = datetime(1850, 1, 1, tzinfo=UTC)
LATEST_TIME = datetime(9998, 12, 31, tzinfo=UTC)
# Registers write local dates; the day may already be tomorrow somewhere.
CLOCK_TOLERANCE = timedelta(days=1)
# A departure may be announced before it counts; years ahead, it is a slip of the pen.
EFFECT_AHEAD = timedelta(days=365)

# Text that could change how a line is read or shown: control characters, NUL, overrides of the
# writing direction, lone surrogates. Tab and line breaks occur in addresses and are allowed.
FORBIDDEN_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class InvalidEventError(ValueError):
    """An event that must not exist. `reason` is the quarantine reason, `field` where it lies.

    The text names the rule, never the value: it may be about a person.
    """

    def __init__(self, reason: str, field: str, rule: str) -> None:
        self.reason = reason
        self.field = field
        super().__init__(f"{field}: {rule}")


def day_of(moment: datetime) -> date:
    """The UTC day of a moment."""
    return moment.astimezone(UTC).date()


def check_uuid(text: str, where: str) -> None:
    if not UUID_PATTERN.fullmatch(text) or text == str(uuid.UUID(int=0)):
        raise InvalidEventError("uuid", where, "a lower-case UUID other than nil is needed")


def check_source(text: str, where: str) -> None:
    if len(text) > 64 or not SOURCE_PATTERN.fullmatch(text):
        raise InvalidEventError("text", where, "lower-case letters, digits, single hyphens")


def check_listed(items: tuple[object, ...], where: str) -> None:
    if len(items) > MAX_LISTED:
        raise InvalidEventError("collection", where, f"more than {MAX_LISTED} items")


def check_time(moment: datetime, where: str) -> None:
    if moment.tzinfo is None:
        raise InvalidEventError("range", where, "a time zone is needed")
    if not EARLIEST_TIME <= moment <= LATEST_TIME:
        raise InvalidEventError("range", where, "must lie between 1850 and 9998")


def check_texts(value: object, where: str = "", *, but: type | None = None) -> None:
    """Refuse text that is too long or that could deceive a reader, however deep it stands.

    A part of the type `but` is passed over: it has been looked at already.
    """
    if not _is_sound(value, but):
        _refuse_text(value, where, but)


def _is_sound(value: object, but: type | None) -> bool:
    """True if no text in it is to be refused. Every part of every event is looked at: it counts."""
    kind: Any = type(value)
    if kind is str:
        text: Any = value
        return len(text) <= MAX_TEXT and not FORBIDDEN_TEXT.search(text)
    if isinstance(value, tuple):
        return all(_is_sound(item, but) for item in value)
    if but is not None and isinstance(value, but):
        return True
    for name in _parts(kind):
        part = getattr(value, name)
        if part is not None and not _is_sound(part, but):
            return False
    return True


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """What a value of ours consists of; a code of a list, a number or a day of nothing."""
    return () if issubclass(kind, str) else tuple(getattr(kind, "__slots__", ()))


def _refuse_text(value: object, where: str, but: type | None) -> None:
    """Say which text it is."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise InvalidEventError("size", where, f"more than {MAX_TEXT} characters")
        if FORBIDDEN_TEXT.search(value):
            raise InvalidEventError("text", where, "control or direction characters")
    elif isinstance(value, tuple):
        for item in value:
            _refuse_text(item, where, but)
    elif but is None or not isinstance(value, but):
        for name in getattr(value, "__slots__", ()):
            part = getattr(value, name)
            if part is not None:
                _refuse_text(part, f"{where}.{name}" if where else name, but)
