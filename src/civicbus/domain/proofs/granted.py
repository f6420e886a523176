"""Silence about what is granted once and then lasts: a licence, a policy, a record of any kind.

It may have been granted on any day of a life, so that there is none follows only from registers
that hold the whole life. That one which is on record still lasts follows from registers that hold
the time since it began.
"""

from __future__ import annotations

from datetime import date

from civicbus.domain.events import Birth, Business
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.timing import counts_from, happened
from civicbus.domain.vocabulary import Role


def silence_since_the_grant(case: StateCase) -> Silence:
    """Of an end since the grant; where nothing holds, of any grant since the birth."""
    starts = [counts_from(fact.content.header).earliest for fact in case.holding]
    return Silence(case.scope.rests_on, max(starts, default=existed_from(case)))


def silence_of_a_life(case: StateCase) -> Silence:
    """Of any act since the birth."""
    return Silence(case.scope.rests_on, existed_from(case))


def existed_from(case: StateCase) -> date:
    """The first day on which something can have been granted: of the birth or the founding."""
    births = [happened(fact.content.header) for fact in case.of(Birth, Role.CHILD)]
    foundings = [counts_from(f.content.header) for f in case.of(Business, Role.BUSINESS)]
    return min((interval.earliest for interval in (*births, *foundings)), default=date.min)
