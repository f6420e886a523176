"""P24 capacity: did this person have capacity for civil acts on a day: full, limited, or none?

An adult has full capacity unless a court has ruled otherwise, and until the court restores it. That
no court has is a conclusion from silence: it holds only where the courts are heard of. Nothing else
takes capacity away: no visit to a psychiatrist however long ago, no disability on record, no
relative's word. A child below eight has none and one from eight on limited capacity, whatever a
court says; at sixteen who lives mainly by their own work has full capacity, which no register
tells.

Of several rulings the last one counts. Without a claim the question is whether the capacity is
full, and the answer says which it is; with one it says only whether it is the one claimed. Who has
died, or is not yet born, has none to ask about.

Legal source (China): Civil Code articles 13 and 16 (birth and death), 17 to 22 (ages, and who
cannot comprehend what they do), 24 (only a court rules, on application, and restores).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, wraps
from typing import Any

from civicbus.domain.ages import has_reached
from civicbus.domain.answer import Outcome
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dates import Interval, common
from civicbus.domain.events import CapacityRuling
from civicbus.domain.proofs import alive_evidence, in_force, while_living
from civicbus.domain.proofs.capacity_sentences import SENTENCES
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, evidence, unknown
from civicbus.domain.proofs.while_living import LivingCase
from civicbus.domain.record_codes import Capacity
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role

LIMITED_FROM, OWN_LIVING_FROM, ADULT_FROM = 8, 16, 18  # years: articles 19, 18, 17
ASCENDING = (Capacity.NONE, Capacity.LIMITED, Capacity.FULL)
ANY = frozenset(ASCENDING)


class CapacityCase(LivingCase):
    """Understands what a person's age and the courts' rulings leave possible."""

    @cached_property
    def candidates(self) -> list[Fact[CapacityRuling]]:
        """Rulings on the person's capacity, whoever told of them."""
        return self.of(CapacityRuling, Role.PERSON)

    @property
    def claimed(self) -> Capacity:
        """The capacity that the question claims; full if it names none."""
        claim = self.question.text("capacity")
        return Capacity.FULL if claim is None else Capacity(claim.upper())

    @cached_property
    def born(self) -> list[Interval]:
        """When the person was born: the days that the births agree on, or each birth's own."""
        intervals = [self.life.born(fact) for fact in self.life.legal_births]
        agreed = common(intervals) if intervals else None
        return [agreed] if agreed else intervals

    @cached_property
    def by_age(self) -> frozenset[Capacity]:
        """What the age leaves possible; anything, if no birth is registered."""
        found = (capacity for born in self.born for capacity in self._at_the_age(born))
        return frozenset(found) if self.born else ANY

    def _at_the_age(self, born: Interval) -> set[Capacity]:
        found = set()
        if has_reached(LIMITED_FROM, born, self.day) is not True:
            found.add(Capacity.NONE)
        if has_reached(OWN_LIVING_FROM, born, self.day) is not False:
            found.add(Capacity.FULL)
        is_child = has_reached(LIMITED_FROM, born, self.day) is False
        if not is_child and has_reached(ADULT_FROM, born, self.day) is not True:
            found.add(Capacity.LIMITED)
        return found

    @cached_property
    def last_rulings(self) -> list[Fact[CapacityRuling]]:
        """The rulings that hold on the day, or may, and that no later one has replaced."""
        return [
            fact
            for fact in self.settled
            if self.holds(fact) is not False and not self._is_replaced(fact)
        ]

    def _is_replaced(self, ruling: Fact[CapacityRuling]) -> bool:
        start = counts_from(ruling.content.header)
        others = (counts_from(fact.content.header) for fact in self.settled if fact is not ruling)
        return any(other.after(start) and other.happened_by(self.day) for other in others)

    @cached_property
    def certain_rulings(self) -> list[Fact[CapacityRuling]]:
        """Of the last ones those that certainly hold."""
        return [fact for fact in self.last_rulings if self.holds(fact) is True]

    @property
    def ruled(self) -> frozenset[Capacity]:
        """What the rulings leave possible; full capacity, if there may be none in force."""
        found = {fact.content.capacity for fact in self.last_rulings}
        return frozenset(found if self.certain_rulings else {*found, Capacity.FULL})


def not_born(case: CapacityCase) -> Verdict | None:
    """By every birth registered the day was before it."""
    return alive_evidence.not_born(case.life)


def life_in_doubt(case: CapacityCase) -> Verdict | None:
    """Somebody tells of a death that is not certain; the dead have no capacity."""
    if case.word is None:
        return None
    reason = "life_disputed" if case.word.outcome is Outcome.DISPUTED else "life_unknown"
    return Verdict(case.word.outcome, reason, case.word.basis)


def unclear_birth(case: CapacityCase) -> Verdict | None:
    """The birth on which the age rests is contested, investigated, or told in two ways."""
    births = case.life.legal_births
    if any(fact.doubted for fact in births):
        return disputed("contested", births)
    if doubts := case.investigated([*births, *case.life.records], "birth"):
        return unknown("under_investigation", [*births, *doubts])
    different = len(case.born) > 1 and len(case.by_age) > 1
    return disputed("conflicting_dates", births) if different else None


def unless_age_decides(doubt: Rule) -> Rule:
    """A doubt about the rulings, which is none where a child's age decides whatever they say."""

    @wraps(doubt)
    def doubting(case: CapacityCase) -> Verdict | None:
        verdict = doubt(case)
        possible = _lower(case.by_age, ANY)
        certain = _decided(case, possible, "age") if verdict and case.born else None
        return certain or verdict

    return doubting


def contested(case: CapacityCase) -> Verdict | None:
    """Somebody says that a ruling is wrong, or it ended before it began."""
    found = [fact for fact in case.settled if fact.doubted]
    if found:
        return disputed("contested", found)
    return disputed("conflicting_dates", case.contradictory) if case.contradictory else None


def under_investigation(case: CapacityCase) -> Verdict | None:
    """The court marks a ruling as in doubt."""
    doubts = case.investigated(case.settled, "court")
    return unknown("under_investigation", doubts) if doubts else None


def conflicting_rulings(case: CapacityCase) -> Verdict | None:
    """Two rulings of one day say different things, and nothing tells which came last."""
    certain = case.certain_rulings
    different = len({fact.content.capacity for fact in certain}) > 1
    return disputed("conflicting_rulings", certain) if different else None


def reported_only(case: CapacityCase) -> Verdict | None:
    """Somebody who is no court says that there is a ruling."""
    found = [fact for fact in case.told if case.holds(fact) is not False]
    return unknown("notified_only", found) if found else None


def by_age_and_ruling(case: CapacityCase) -> Verdict | None:
    """The age says what is possible at the most, and the last ruling what is left of it."""
    by = "ruling" if case.certain_rulings else "age"
    return _decided(case, _lower(case.by_age, case.ruled), by)


def own_living(case: CapacityCase) -> Verdict | None:
    """At sixteen or seventeen it depends on whether the person lives by their own work."""
    ages = [
        (has_reached(OWN_LIVING_FROM, born, case.day), has_reached(ADULT_FROM, born, case.day))
        for born in case.born
    ]
    if not ages or any(age != (True, False) for age in ages) or len(case.ruled) > 1:
        return None
    return unknown("own_living", [*case.life.legal_births, *case.last_rulings])


def undetermined(case: CapacityCase) -> Verdict:
    """The dates of the birth or of a ruling leave it open."""
    return unknown("undetermined_date", [*case.known_here[:1], *case.settled])


def _lower(one: frozenset[Capacity], other: frozenset[Capacity]) -> frozenset[Capacity]:
    """What is possible where the lower one of two counts."""
    return frozenset(min(left, right, key=ASCENDING.index) for left in one for right in other)


def _decided(case: CapacityCase, possible: frozenset[Capacity], by: str) -> Verdict | None:
    """The answer, if what is possible leaves only one."""
    claimed = case.claimed
    if claimed in possible and len(possible) > 1:
        return None
    outcome, reason = (Outcome.YES, "has") if claimed in possible else (Outcome.NO, "has_not")
    told = case.question.text("capacity") is None and len(possible) == 1
    details = {"capacity": next(iter(possible)).lower()} if told else {}
    facts: list[Fact[Any]] = [*case.life.legal_births, *case.life.records[:1], *case.settled]
    return Verdict(outcome, f"{reason}_by_{by}", evidence(facts), details)


DOUBTS: tuple[Rule, ...] = (
    contested,
    under_investigation,
    conflicting_rulings,
    reported_only,
    in_force.not_on_record,
    in_force.doubt_about,
)
RULES: tuple[Rule, ...] = (
    while_living.died,
    not_born,
    life_in_doubt,
    unclear_birth,
    *map(unless_age_decides, DOUBTS),
    by_age_and_ruling,
    own_living,
    undetermined,
)

PROOF = Kind(
    number="P24",
    name="capacity",
    asks={
        "en": "Did this person have full capacity for civil acts on a day, or that claimed?",
        "zh": "此人在某日是否具有完全民事行为能力，或所称的民事行为能力？",
    },
    families=("court", "birth", "identity", *while_living.FAMILIES),
    hears=tuple(name for name in while_living.HEARS if name != "court"),
    rests_on=("court",),
    fresh_for=timedelta(days=31),
    law={"CN": "Civil Code art. 13, 17 to 22, 24"},
    claims=(
        Claim(
            "capacity",
            ClaimKind.CODE,
            "The capacity that is claimed: full, limited or none.",
            codes=tuple(capacity.lower() for capacity in reversed(ASCENDING)),
        ),
    ),
    rules=RULES,
    own_explanations=SENTENCES,
    case=CapacityCase,
)
