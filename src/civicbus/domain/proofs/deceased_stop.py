"""When a payment may be stopped because of a death: never on one authority's word of today.

A register that errs declares a living person dead, and everything that rests on it follows within
hours. So that somebody has died is one answer, and that a payment may be stopped is another. It
needs two authorities of different departments; or one, if the person was told over another channel
and nothing was heard for some days. No single source, and no single department, can bring it about.

Where it is not permitted the payment may be suspended and the case verified, and not terminated.
The time runs from the last word on the death or from the notice, whichever was later: whoever was
told has all of it to object.

After the practice of the survivors' service of Norway's NAV (five days), and of the United States'
Social Security Administration, which suspends and does not terminate before it has verified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from civicbus.domain.dates import common
from civicbus.domain.events import Death, NoticeDelivered, day_of
from civicbus.domain.proofs.alive_evidence import contradictions_after
from civicbus.domain.proofs.alive_silence import doubt_about
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.timing import happened
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

SHORTEST_HOLD = 5  # days
BACK_DATED = timedelta(days=30)


class Stop:
    """Understands what stands in the way of stopping a payment to somebody who has died."""

    def __init__(self, case: LifeCase, hold: timedelta) -> None:
        self.case = case
        self.hold = hold
        self._departments = case.declared.departments()

    @property
    def blockers(self) -> tuple[str, ...]:
        """Codes of what stands in the way; none means that the payment may be stopped."""
        always = tuple(code for code, holds in ALWAYS.items() if holds(self))
        if self.is_independently_confirmed or not self.confirmed:
            return always
        return (*always, *min(map(self._blockers_of, self.confirmed), key=len))

    @cached_property
    def confirmed(self) -> list[Fact[Death]]:
        """The deaths that count, and whose entries name the person by more than the number."""
        return [fact for fact in self.case.legal_deaths if self.case.agrees(fact) is True]

    @property
    def is_independently_confirmed(self) -> bool:
        """True if authorities of more than one department have entered the death."""
        return len({self._department(fact.source) for fact in self.confirmed}) > 1

    @cached_property
    def notices(self) -> list[Fact[NoticeDelivered]]:
        """Every notice of a confirmed death that counts."""
        return [notice for death in self.confirmed for notice in self.notices_of(death)]

    def notices_of(self, death: Fact[Death]) -> list[Fact[NoticeDelivered]]:
        """The notices that the person was told of a death, by departments that did not enter it."""
        entries = [event.header for event in death.evidence if isinstance(event, Death)]
        names = {header.event_id for header in entries}
        departments = {self._department(header.source) for header in entries}
        return [
            notice
            for notice in self.case.established(NoticeDelivered, Role.DECEASED)
            if notice.content.header.target_event_id in names
            and self._department(notice.source) not in departments
            and notice.end is None
            and not notice.doubted
        ]

    def has_held(self, death: Fact[Death]) -> bool:
        """True if the hold has passed since the last word on a death, and since the notice."""
        started = last_word(death)
        if notices := self.notices_of(death):
            told = min(notice.content.header.registered_at for notice in notices)
            started = max(started, told)
        return self.case.question.known_at - started >= self.hold

    def _blockers_of(self, death: Fact[Death]) -> tuple[str, ...]:
        found = {
            "back_dated": is_back_dated(death),
            "notice_not_delivered": not self.notices_of(death),
            "hold_running": not self.has_held(death),
        }
        return tuple(code for code, holds in found.items() if holds)

    def _department(self, source: str) -> str:
        return self._departments.get(source, source)


def last_word(death: Fact[Death]) -> datetime:
    """When something was last written about a death: its entry, a correction, an objection."""
    return max(event.header.registered_at for event in death.evidence)


def is_back_dated(death: Fact[Death]) -> bool:
    """True if a death was first entered more than 30 days after the day that it names, or may be.

    Of a court's declaration the day of the judgment counts, not that from which it has effect.
    """
    entered = min(e.header.registered_at for e in death.evidence if isinstance(e, Death))
    occurred = happened(death.content.header).earliest
    return day_of(entered) - occurred > BACK_DATED


def no_death_entry(stop: Stop) -> bool:
    """A register has closed the record because of a death that nobody has entered."""
    return not stop.case.legal_deaths


def no_second_attribute(stop: Stop) -> bool:
    """Nothing but the number says that the entry is about this person."""
    return bool(stop.case.legal_deaths) and not stop.confirmed


def conflicting_dates(stop: Stop) -> bool:
    """The entries name different days, so they may be about different people."""
    intervals = [stop.case.died(fact) for fact in stop.case.legal_deaths]
    return bool(intervals) and common(intervals) is None


def sign_of_life(stop: Stop) -> bool:
    """An act that needs a living person came after the death that a court has declared."""
    intervals = [stop.case.died(fact) for fact in stop.case.legal_deaths]
    return bool(intervals) and bool(contradictions_after(stop.case, intervals))


def open_dispute(stop: Stop) -> bool:
    """Somebody says that the declaration is wrong."""
    return any(fact.disputes for fact in stop.case.legal_deaths)


def sources_silent(stop: Stop) -> bool:
    """A dispute or a withdrawal may be on its way: a source is not heard of well enough."""
    return doubt_about(stop.case) is not None


# What no second authority and no notice can make good. A registered death that is disputed, or
# contradicted by a sign of life, is no certain death at all, and the answer says so.
ALWAYS: Mapping[str, Callable[[Stop], bool]] = {
    "no_death_entry": no_death_entry,
    "no_second_attribute": no_second_attribute,
    "conflicting_dates": conflicting_dates,
    "sign_of_life": sign_of_life,
    "open_dispute": open_dispute,
    "sources_silent": sources_silent,
}
