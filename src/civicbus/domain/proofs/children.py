"""P23 children: has this person at least, or at most, so many registered children?

Whose child somebody is, the child's own record says (proof `kinship`). So the person's dossier only
tells of whom to ask: every child whom an entry of a birth or of parentage names with this person.
An adopted child counts for whoever adopted, and no more for the parents by birth. A child who was
born and has died counts; one who was stillborn makes no person and does not.

"At least" rests on entries and stands. "At most" is a conclusion from silence over the whole life:
it needs registers that hold births and parentages completely since the person was born. A birth
abroad that nobody reported is not seen, and a written commitment has to do for it.

Legal source (China): Civil Code articles 16 (who was not born alive has no capacity), 1071, 1072
and 1111; Population and Family Planning Law article 18.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.answer import Outcome
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Birth, Concerned, Event, Parentage
from civicbus.domain.events.kinship import PARENTS
from civicbus.domain.proofs import absence
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.family import FamilyCase, relative_in_doubt, too_many
from civicbus.domain.proofs.family_record import RESTS_ON
from civicbus.domain.proofs.family_tie_rules import tie_between
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.kinship import PROOF as KINSHIP
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.timing import happened
from civicbus.domain.proofs.verdict import Rule, Verdict, evidence, unknown
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


class ChildrenCase(FamilyCase):
    """Understands which children the person has on the day, and which they may have."""

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for the record of every child who is named with this person, and has a number."""
        for concerned in self.named_children:
            if concerned.person_key is not None and concerned.identifiers:
                yield from self.meet(concerned.identifiers[0], concerned.person_key)

    @cached_property
    def as_parent(self) -> list[Fact[Any]]:
        """The entries that name the person as a parent, whoever told of them."""
        return [*self.of(Birth, *PARENTS), *self.of(Parentage, *PARENTS)]

    @cached_property
    def named_children(self) -> list[Concerned]:
        """Whoever is named as the child in one of these entries, each number once."""
        found: dict[object, Concerned] = {}
        for fact in self.as_parent:
            for concerned in fact.content.header.in_role(Role.CHILD):
                found.setdefault(concerned.person_key or fact.content.header.event_id, concerned)
        return list(found.values())

    @cached_property
    def ties(self) -> list[Verdict]:
        """Of each child with a number whether this person is a parent of theirs on the day."""
        return [tie_between(child, self) for child in self.people.values()]

    @cached_property
    def without_number(self) -> list[Verdict]:
        """Of each birth of a child without a number whether it counts on the day."""
        return [
            self._of_birth(fact)
            for fact in self.of(Birth, *PARENTS)
            if any(c.person_key is None for c in fact.content.header.in_role(Role.CHILD))
        ]

    @cached_property
    def least(self) -> int:
        """How many children the person certainly has."""
        return sum(verdict.outcome is Outcome.YES for verdict in self._each)

    @cached_property
    def most(self) -> int:
        """How many the person may have, by what is named anywhere."""
        return sum(verdict.outcome is not Outcome.NO for verdict in self._each)

    @property
    def open_ties(self) -> list[Verdict]:
        """Those of which nobody can say."""
        return [v for v in self._each if v.outcome in (Outcome.UNKNOWN, Outcome.DISPUTED)]

    def basis_of(self, outcomes: Iterable[Outcome]) -> tuple[Event, ...]:
        """What the verdicts with these outcomes rest on."""
        wanted = set(outcomes)
        return tuple(event for v in self._each if v.outcome in wanted for event in v.basis)

    @property
    def silence(self) -> Silence:
        """No birth and no parentage since the person was born."""
        return Silence(RESTS_ON, self.born.earliest if self.born is not None else date.min)

    @property
    def _each(self) -> list[Verdict]:
        return [*self.ties, *self.without_number]

    def _of_birth(self, fact: Fact[Birth]) -> Verdict:
        born = happened(fact.content.header).happened_by(self.day)
        if born is False:
            return Verdict(Outcome.NO, "not_related", evidence([fact]))
        sure = self.decides(fact.content) and not (fact.doubted or fact.pending)
        if sure and born and not self.investigated([fact], "birth"):
            return Verdict(Outcome.YES, "related", evidence([fact]))
        outcome = Outcome.DISPUTED if fact.doubted else Outcome.UNKNOWN
        return Verdict(outcome, f"child_{outcome}", evidence([fact]))


def nothing_claimed(case: ChildrenCase) -> Verdict | None:
    """The question gives no number of children."""
    given = case.question.number("at_least"), case.question.number("at_most")
    return unknown("nothing_claimed") if given == (None, None) else None


def enough(case: ChildrenCase) -> Verdict | None:
    """Of what is claimed, that which is certain: so many at least, or more than that at most."""
    least, most = case.question.number("at_least"), case.question.number("at_most")
    basis = case.basis_of([Outcome.YES])
    if most is not None and case.least > most:
        return Verdict(Outcome.NO, "more_children", basis)
    if most is None and least is not None and case.least >= least:
        return Verdict(Outcome.YES, "so_many_children", basis)
    return None


def a_tie_in_doubt(case: ChildrenCase) -> Verdict | None:
    """It depends on children of whom nobody can say whether they are this person's."""
    least, most = case.question.number("at_least"), case.question.number("at_most")
    reaches = least is not None and case.least < least <= case.most
    exceeds = most is not None and case.most > most
    if not (reaches or exceeds):
        return None
    disputes = any(verdict.outcome is Outcome.DISPUTED for verdict in case.open_ties)
    outcome = Outcome.DISPUTED if disputes else Outcome.UNKNOWN
    basis = case.basis_of([Outcome.YES, Outcome.UNKNOWN, Outcome.DISPUTED])
    return Verdict(outcome, f"child_{outcome}", basis)


def not_on_record(case: ChildrenCase) -> Verdict | None:
    """Nobody knows of such a person: the number may be a slip of the pen."""
    known = case.is_on_record or case.births or case.named_children
    return None if known else unknown("no_such_record")


def doubt_about(case: ChildrenCase) -> Verdict | None:
    """A further child may be registered where nobody has been heard of."""
    return absence.doubt_about(case, case.silence, case.foundation)


def no_more(case: ChildrenCase) -> Verdict:
    """No further child is registered."""
    basis = (*evidence(case.foundation), *case.basis_of([Outcome.YES, Outcome.NO]))
    least = case.question.number("at_least")
    if least is not None and case.least < least:
        return Verdict(Outcome.NO, "fewer_children", basis)
    return Verdict(Outcome.YES, "no_more_children", basis)


EXPLANATIONS = {
    "so_many_children": Explanation(
        "So by {day}: at least so many children of this person are registered.",
        "截至{day}属实：登记的子女不少于所称人数。",
        "A correction of one of the entries would.",
        "若其中一项登记被更正，结果可能改变。",
    ),
    "no_more_children": Explanation(
        "So by {day}: the registered children are no more, and no fewer, than claimed.",
        "截至{day}属实：登记的子女人数与所称相符。",
        "The registration of another child would; for births abroad take a commitment.",
        "若登记了其他子女，结果将改变；境外出生的，可采用书面承诺。",
    ),
    "more_children": Explanation(
        "Not so by {day}: more children are registered than claimed.",
        "截至{day}不属实：登记的子女多于所称人数。",
        "A correction of one of the entries would.",
        "若其中一项登记被更正，结果可能改变。",
    ),
    "fewer_children": Explanation(
        "Not so by {day}: fewer children are registered than claimed.",
        "截至{day}不属实：登记的子女少于所称人数。",
        "The registration of another child would.",
        "若登记了其他子女，结果将改变。",
    ),
    "child_unknown": Explanation(
        "Unknown: of a child it cannot be told whether it is this person's.",
        "无法确定：其中一名子女与此人的亲子关系无法认定。",
        "A complete entry in that child's record would.",
        "该子女的登记补全后，结果可能改变。",
    ),
    "child_disputed": Explanation(
        "Disputed: of a child it is disputed whether it is this person's.",
        "有争议：其中一名子女与此人的亲子关系存在争议。",
        "A decision of the register that made the entry, or of a court, would.",
        "由作出登记的机关或法院裁定后，结果可能改变。",
    ),
    "nothing_claimed": Explanation(
        "Unknown: the question gives no number of children.",
        "无法确定：查询中未提供子女人数。",
        "A number in the question would.",
        "请在查询中提供子女人数。",
    ),
}

RULES: tuple[Rule, ...] = (
    nothing_claimed,
    too_many,
    relative_in_doubt,
    enough,
    a_tie_in_doubt,
    not_on_record,
    doubt_about,
    no_more,
)

PROOF = Kind(
    number="P23",
    name="children",
    asks={
        "en": "Has this person at least, or at most, so many registered children on a day?",
        "zh": "此人在某日登记的子女是否不少于或不多于所称人数？",
    },
    families=KINSHIP.families,
    hears=KINSHIP.hears,
    rests_on=RESTS_ON,
    fresh_for=timedelta(days=31),
    law={"CN": "Civil Code art. 16, 1071, 1072, 1111; Population and Family Planning Law art. 18"},
    claims=(
        Claim("at_least", ClaimKind.NUMBER, "At least so many children.", lowest=1, highest=24),
        Claim("at_most", ClaimKind.NUMBER, "At most so many children.", lowest=0, highest=24),
    ),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=ChildrenCase,
)
