"""P05 kinship: is the relative that which is claimed of the person, such as a parent or a sibling?

Entries of birth and of parentage decide, whatever booklets the people stand in today: always those
of the child, since the child's record says whose child it is (`family_tie_rules`). Grandparents are
two such steps, siblings are children of one parent at least, and every step has to be in evidence.
Parents are those in law on the day: by adoption from its day on, by recognition from the day that
it counts from; a step-parent is none. Kinship does not end with death, but for that of spouses,
about whom the proof `married_to` is asked.

Somebody without a number may be named by name and birth date, as the entry has them. That answer
says only that the entry names somebody so described; `without_number` stands with it. Names and
dates exclude nobody, so they never lead to a `no`.

Legal source (China): Civil Code articles 1045 (close relatives), 1070 to 1073 (parents), 1072
(step-parents), 1111 and 1117 (adoption). Netherlands: BW 1:197 to 1:212, 1:227 to 1:232.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property

from civicbus.domain.answer import Outcome
from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import kinship_relations as relations
from civicbus.domain.proofs import married_to
from civicbus.domain.proofs.family import (
    FamilyCase,
    in_words_of_any,
    relative_in_doubt,
    too_many,
)
from civicbus.domain.proofs.family_record import FAMILIES, RESTS_ON, Record
from civicbus.domain.proofs.family_tie import Described
from civicbus.domain.proofs.family_tie_rules import tie_between
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.kinship_sentences import SENTENCES
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.verdict import Rule, Verdict, no, unknown

RELATIONS = (
    "parent",
    "child",
    "step_parent",
    "step_child",
    "grandparent",
    "grandchild",
    "sibling",
    "spouse",
)
# Of these somebody without a number may be claimed: the person's own record, or that of a parent
# with a number, describes them.
DESCRIBABLE = ("parent", "step_parent", "grandparent")


class KinshipCase(FamilyCase):
    """Understands who is claimed to be what of whom."""

    spouses: Verdict | None = None

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for the relative's record and, where the relation goes through parents, for these."""
        party = self.question.party("relative")
        relative = None
        if party is not None and self.relation == "spouse":
            asked = replace(self.question, claims=(("spouse", party),))
            _, self.spouses = yield from married_to.PROOF.judge(asked, self.declared)
        elif party is not None:
            relative = yield from self.meet(party.identifier, party.person_key)
        if self.relation in ("grandparent", "sibling"):
            yield from self.meet_parents(self)
        if relative is not None and self.relation in ("grandchild", "sibling"):
            yield from self.meet_parents(relative)

    @property
    def relation(self) -> str:
        """What the relative is claimed to be."""
        return self.question.text("relation") or ""

    @cached_property
    def numbered(self) -> Record | None:
        """The relative's record, if a number was given."""
        party = self.question.party("relative")
        return None if party is None else self.known(party.person_key)

    @cached_property
    def described(self) -> Described | None:
        """The relative by name and birth date, if no number was given."""
        name, born = self.question.text("relative_name"), self.question.claim("relative_birth_date")
        if self.question.party("relative") or name is None or not isinstance(born, date):
            return None
        return Described(name, born) if self.relation in DESCRIBABLE else None


def nobody_named(case: KinshipCase) -> Verdict | None:
    """The question does not say who the relative is, or not as it has to for this relation."""
    if case.question.party("relative") or case.described:
        return None
    return unknown("nobody_named")


def spouse(case: KinshipCase) -> Verdict | None:
    """What the proof `married_to` says of the two."""
    if case.spouses is None:
        return None
    known = {Outcome.YES: "related", Outcome.NO: "not_related"}
    verdict = in_words_of_any(case.spouses, "spouse")
    return replace(verdict, reason=known.get(verdict.outcome, verdict.reason))


def oneself(case: KinshipCase) -> Verdict | None:
    """Nobody is a relative of their own; two numbers may be one person's."""
    return no("not_related", case.foundation) if case.numbered is case else None


def related(case: KinshipCase) -> Verdict:
    """The steps from one to the other are entered, or are excluded, or neither is known."""
    one, other = case.numbered, case.described
    if one is None:
        assert other is not None  # `nobody_named` has spoken else
        if case.relation == "grandparent":
            return relations.grandparent(case, case, other)
        return tie_between(case, other, as_step_parent=case.relation == "step_parent")
    match case.relation:
        case "parent":
            return tie_between(case, one)
        case "child":
            return tie_between(one, case)
        case "step_parent":
            return tie_between(case, one, as_step_parent=True)
        case "step_child":
            return tie_between(one, case, as_step_parent=True)
        case "grandparent":
            return relations.grandparent(case, case, one)
        case "grandchild":
            return relations.grandparent(case, one, case)
        case _:
            return relations.sibling(case, case, one)


RULES: tuple[Rule, ...] = (
    nobody_named,
    spouse,
    too_many,
    relative_in_doubt,
    oneself,
    related,
)

PROOF = Kind(
    number="P05",
    name="kinship",
    asks={
        "en": "Is the relative that which is claimed of this person?",
        "zh": "该亲属与此人是否为所称的亲属关系？",
    },
    families=("birth", "kinship", "identity"),
    hears=tuple(family for family in FAMILIES if family not in ("birth", "kinship", "identity")),
    rests_on=RESTS_ON,
    fresh_for=timedelta(days=31),
    law={
        "CN": "Civil Code art. 1045, 1070 to 1073, 1103, 1111, 1117",
        "NL": "BW 1:197 to 1:212, 1:227 to 1:232",
    },
    claims=(
        Claim(
            "relation",
            ClaimKind.CODE,
            "What the relative is of the person.",
            required=True,
            codes=RELATIONS,
        ),
        Claim("relative", ClaimKind.PERSON, "The relative's number."),
        Claim(
            "relative_name",
            ClaimKind.TEXT,
            "Without a number: the name of a parent or grandparent as it is entered.",
        ),
        Claim("relative_birth_date", ClaimKind.DAY, "Without a number: the birth date as entered."),
    ),
    rules=RULES,
    own_explanations=SENTENCES,
    case=KinshipCase,
    matters=("亲属关系证明", "孙子是孙子证明", "同户与户主关系证明", "收养关系证明"),
)
