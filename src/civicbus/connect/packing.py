"""From a source's events to what goes onto the bus: keys and bytes. No broker is needed for it.

Whatever the guard would refuse on arrival is refused here, where the department can still mend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from civicbus.connect.kafka import PublishError
from civicbus.connect.mapping import Filed
from civicbus.connect.stamping import AnyEvent, stamp
from civicbus.domain.events import Annulment, Event, InvalidEventError, Refusal
from civicbus.domain.families import FAMILIES
from civicbus.registers.systems import System
from civicbus.settings import Settings
from civicbus.wire.codec import Codec
from civicbus.wire.guard_judge import CLOCK_TOLERANCE_MILLIS, MAX_VALUE_BYTES
from civicbus.wire.schemas import Catalogue


class Packed(NamedTuple):
    """An event ready to be sent: the same bytes once under each key."""

    topic: str
    keys: tuple[bytes, ...]
    value: bytes
    sequence: int


class Packer:
    """Understands what one source may publish in a deployment, and in which form."""

    def __init__(self, settings: Settings, system: System, catalogue: Catalogue) -> None:
        self._system = system
        self._environment = settings.environment
        self._secret = settings.secret_bytes()
        self.codec = Codec(catalogue)

    def pack(self, events: Sequence[Filed]) -> list[Packed | InvalidEventError]:
        """Each event ready to be sent, or why the guard would refuse it; in their order.

        That is: nobody concerned has an identifier, it is too large, or registered later than now.

        Raises:
            PublishError: if the source may not publish one of them.
            ValueError: naming the field that a schema does not allow.
        """
        found: list[Packed | InvalidEventError | None] = []
        stamped: list[tuple[int, Filed]] = []
        for place, filed in enumerate(events):
            try:
                stamped.append((place, Filed(self._family(filed), self.stamped(filed.event))))
                found.append(None)
            except InvalidEventError as error:
                found.append(error)
        values = self.codec.encode_block([filed.event for _, filed in stamped])
        for (place, filed), value in zip(stamped, values, strict=True):
            found[place] = _packed(filed, value)
        return [outcome for outcome in found if outcome is not None]

    def pack_one(self, event: Event, family: str | None = None) -> Packed:
        """One event ready to be sent.

        Raises:
            InvalidEventError, PublishError, ValueError: as `pack` gives or raises them.
        """
        (packed,) = self.pack([Filed(family or "", event)])
        if isinstance(packed, InvalidEventError):
            raise packed
        return packed

    def _family(self, filed: Filed) -> str:
        event, family = filed.event, filed.family
        kind = type(event).__name__
        own = "" if isinstance(event, Annulment | Refusal) else event.family
        family = family or own
        if not family:
            raise PublishError(f"{kind}: name the family of the topic in which it belongs")
        if own and family != own:
            raise PublishError(f"{kind}: belongs in the family {own}, not in {family}")
        if family not in self._system.families:
            raise PublishError(
                f"{self._system.source} does not publish the family {family}; name it under "
                "publishes in its connector.toml"
            )
        if event.header.source != self._system.source:
            raise PublishError(f"{kind}: names another source than {self._system.source}")
        return family

    def stamped(self, event: AnyEvent) -> AnyEvent:
        """An event as it is published here.

        Raises:
            InvalidEventError: if the guard would refuse it.
        """
        check_not_ahead(event.header.registered_at, "header.registered_at")
        event = stamp(event, self._environment, self._secret)
        if not event.header.keys():
            rule = "nobody has an identifier, so no dossier can hold it"
            raise InvalidEventError("rule", "header.concerned", rule)
        return event


def check_not_ahead(moment: datetime, where: str) -> None:
    """Refuse what the guard would refuse on arrival: a time that the bus has yet to see.

    Raises:
        InvalidEventError: with reason `rule`.
    """
    if (moment - datetime.now(UTC)).total_seconds() * 1000 > CLOCK_TOLERANCE_MILLIS:
        raise InvalidEventError("rule", where, "lies in the future; set the clock right")


def _packed(filed: Filed, value: bytes) -> Packed | InvalidEventError:
    if len(value) > MAX_VALUE_BYTES:
        return InvalidEventError("size", "event", f"more than {MAX_VALUE_BYTES} bytes")
    header = filed.event.header
    keys = tuple(key.encode() for key in header.keys())  # noqa: SIM118 - not a dict
    return Packed(FAMILIES[filed.family].topic, keys, value, header.source_sequence)
