"""P20 record_free: has this person no criminal record that counts for a purpose?

The question names the purpose, and the purpose names the law, the offences that count, and whether
sealed records do. A conviction counts from the day of the final judgment. One that was quashed is
annulled and never counts; one that is sealed counts only where the law says so, and for every other
purpose the answer is the very same as if there were none: nothing in it tells a sealed record from
no record. An investigation is no conviction. Served sentences stay on record.

A `yes` is a conclusion from silence over the whole life. A `no` names no offence.

Legal source (China): Criminal Procedure Law article 286 (sealed records of minors), Criminal Law
article 100, and the law of each purpose in `PURPOSES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.events import Conviction
from civicbus.domain.proofs import absence, in_force
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.proofs.verdict import Rule, Verdict, no, unknown, yes
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of
from civicbus.domain.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Purpose:
    """For what a record is asked, by which law; `categories` are those that count, none is all."""

    law: str
    categories: frozenset[str] = frozenset()
    sealed_counts: bool = False


PURPOSES: dict[str, Purpose] = {
    "public_service": Purpose("Civil Servant Law art. 26"),
    "work_with_minors": Purpose(
        "Law on the Protection of Minors art. 62",
        frozenset({"sexual", "abuse", "abduction", "violence"}),
    ),
    "passenger_transport": Purpose(
        "Interim Measures for Online Taxi Booking Services art. 14",
        frozenset({"traffic", "drugs", "violence"}),
    ),
    "criminal_proceedings": Purpose("Criminal Procedure Law art. 286", sealed_counts=True),
}


class RecordCase(StateCase):
    """Understands which convictions count for the purpose; of the others it does not know."""

    @cached_property
    def purpose(self) -> Purpose:
        """For what the record is asked."""
        return PURPOSES[self.question.text("purpose") or ""]

    @cached_property
    def candidates(self) -> list[Fact[Conviction]]:
        """The convictions that count, or may. Sealed ones that do not count are not there."""
        found = self.of(Conviction, Role.PERSON)
        return [fact for fact in found if self.counts(fact) is not False]

    @property
    def silence(self) -> Silence:
        """No conviction since the person was born."""
        return Silence(self.scope.rests_on, self.existed_from)

    def counts(self, fact: Fact[Conviction]) -> Truth:
        """Does it count for the purpose on the day, whenever the judgment was?"""
        return all_of(self._is_of_the_categories(fact), self._is_open(fact))

    def holds(self, fact: Fact[Conviction]) -> Truth:
        """Does it count, and had the judgment become final by the day?"""
        return all_of(self.counts(fact), counts_from(fact.content.header).happened_by(self.day))

    def _is_of_the_categories(self, fact: Fact[Conviction]) -> Truth:
        wanted, category = self.purpose.categories, fact.content.category
        if not wanted:
            return True
        return None if category is None else category in wanted

    def _is_open(self, fact: Fact[Conviction]) -> Truth:
        # Within an uncertain date of sealing it counts as sealed: to say "unknown" would tell.
        sealed = fact.content.sealed_from
        return self.purpose.sealed_counts or sealed is None or self.day < sealed.earliest


def record_found(case: RecordCase) -> Verdict | None:
    """A conviction that counts was final by the day: evidence that no silence can change."""
    return no("record_found", case.holding) if case.holding else None


def category_unknown(case: RecordCase) -> Verdict | None:
    """A conviction was final by the day, and its register does not say for what."""
    open_ones = [
        fact
        for fact in case.settled
        if case.counts(fact) is None and counts_from(fact.content.header).happened_by(case.day)
    ]
    return unknown("category_unknown", open_ones) if open_ones else None


def no_record(case: RecordCase) -> Verdict:
    """The register is complete and silent."""
    doubt = absence.doubt_about(case, case.silence, case.known_here[:1])
    return doubt or yes("no_record", [*case.known_here[:1], *case.settled])


EXPLANATIONS = {
    "no_record": Explanation(
        "So by {day}: the register holds no criminal record that counts for this purpose.",
        "截至{day}属实：登记机关没有因该用途应予计入的犯罪记录。",
        "A final judgment by that day that is registered later would.",
        "若日后登记了当日或之前生效的判决，结果将改变。",
    ),
    "record_found": Explanation(
        "Not so: the register holds a criminal record that counts for this purpose.",
        "不属实：登记机关存有因该用途应予计入的犯罪记录。",
        "The quashing of the judgment would.",
        "该判决被撤销后，结果将改变。",
    ),
    "category_unknown": Explanation(
        "Unknown: a record does not say whether it is one that counts for this purpose.",
        "无法确定：登记未载明类别，不能判断是否因该用途应予计入。",
        "A complete entry by the register would.",
        "登记机关补全记录后，结果可能改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    record_found,
    in_force.contested,
    in_force.under_investigation,
    category_unknown,
    in_force.undetermined,
    in_force.reported_only,
    in_force.not_on_record,
    no_record,
)

PROOF = Kind(
    number="P20",
    name="record_free",
    asks={
        "en": "Has this person no criminal record that counts for a purpose?",
        "zh": "此人是否没有因特定用途应予计入的犯罪记录？",
    },
    families=("criminal",),
    rests_on=("criminal",),
    fresh_for=timedelta(days=1),
    law={
        "CN": "Criminal Procedure Law art. 286; Criminal Law art. 100; "
        + "; ".join(f"{name}: {purpose.law}" for name, purpose in PURPOSES.items())
    },
    claims=(
        Claim(
            "purpose",
            ClaimKind.CODE,
            "For what the record is asked; each purpose has a law of its own.",
            required=True,
            codes=tuple(PURPOSES),
        ),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=RecordCase,
)
