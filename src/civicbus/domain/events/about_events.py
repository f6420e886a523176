"""Events about other events, in whatever topic that is: withdrawn, disputed, not readable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from civicbus.domain.events.base import Event
from civicbus.domain.events.rules import InvalidEventError
from civicbus.domain.record_codes import DisputeBy
from civicbus.domain.vocabulary import AnnulmentReason, Change


@dataclass(frozen=True, slots=True)
class Annulment(Event):
    """Withdraws the event that it names, as if it had never been recorded.

    Naming the CREATED event withdraws the act with all its corrections; naming a correction
    withdraws that correction alone. Published in the topic of the event it withdraws.
    """

    names_target: ClassVar[bool] = True

    reason: AnnulmentReason


@dataclass(frozen=True, slots=True)
class RangeVoid(Event):
    """Withdraws every act whose document bears a number from `first_number` to `last_number`.

    Of the same source, in the same topic: a block of certificates that was voided at once (the
    United States' VRDR, `block_count`). Both numbers are included, of the same length, digits only;
    the number of an act's document is its `basis.number`.
    """

    texts: ClassVar[tuple[str, ...]] = ("first_number", "last_number")

    first_number: str
    last_number: str
    reason: AnnulmentReason

    def check(self) -> None:
        first, last = self.first_number, self.last_number
        if self.header.change is not Change.CREATED:
            raise InvalidEventError("rule", "header.change", "a range voided wrongly is annulled")
        if not (first + last).isascii() or not (first + last).isdigit():
            raise InvalidEventError("rule", "first_number", "digits only are needed")
        if len(first) != len(last) or first > last:
            raise InvalidEventError("rule", "last_number", "lies before the first number")

    def covers(self, number: str | None) -> bool:
        """True if a document with this number is withdrawn."""
        return (
            number is not None
            and len(number) == len(self.first_number)
            and number.isascii()
            and number.isdigit()
            and self.first_number <= number <= self.last_number
        )


@dataclass(frozen=True, slots=True)
class Dispute(Event):
    """Somebody says that the event it names is wrong.

    It counts from the moment at which it was registered. Only the source of the disputed event, or
    a court, closes it, with an ENDED event that names the dispute.
    """

    names_target: ClassVar[bool] = True

    by: DisputeBy


@dataclass(frozen=True, slots=True)
class Refusal(Event):
    """A row about this person could not be mapped, so what the source holds is not known here.

    Published in each topic that the row could have changed: an answer that rests on that topic
    is `unknown: quarantined` until the refusal is annulled.
    """

    texts: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str
