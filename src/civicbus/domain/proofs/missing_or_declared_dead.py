"""P26 missing_or_declared_dead: is a court's declaration about this person in force on a day?

A court may declare somebody missing, so that a person is named to look after what they own, and
after years declare them dead. Either holds from the day on which it has effect until the court
revokes it; a dispute, or the person at the counter, ends neither. Where both hold, the declaration
of death is named (Civil Code, article 47). One that was revoked was in force before: what followed
from it meanwhile stands, so it is ended and not annulled.

Neither says that the person has died. Whoever was declared dead counts as dead; `alive` and
`deceased` say so. A registered death does not end a declaration by itself, and is flagged.

Legal source (China): Civil Code articles 40 to 42 and 45 (missing), 46 to 48 (dead), 49 to 53
(revocation).
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from civicbus.domain.events import Death, MissingDeclaration
from civicbus.domain.proofs import alive_sentences, in_force
from civicbus.domain.proofs.death_case import DeathCase, is_declared
from civicbus.domain.proofs.in_force import StateCase
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.verdict import Rule, Verdict, unknown, yes
from civicbus.domain.proofs.words import Explanation
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import Role


class DeclarationCase(StateCase, DeathCase):
    """Understands which declarations are made about a person, and which are in force."""

    @cached_property
    def candidates(self) -> list[Fact[Any]]:
        """Declarations that the person is missing, or dead."""
        return [*self.of(MissingDeclaration, Role.PERSON), *self.declared_dead]

    @cached_property
    def declared_dead(self) -> list[Fact[Death]]:
        """Declarations of death alone."""
        return [fact for fact in self.of(Death, Role.DECEASED) if is_declared(fact)]

    def is_contested(self, fact: Fact[Any]) -> bool:
        """What a court has declared stands until the court revokes it, whoever disputes it."""
        return fact.contested

    @property
    def flags(self) -> tuple[str, ...]:
        """That somebody disputes a declaration in force, or that the person was found dead."""
        died = [fact for fact in self.legal_deaths if not is_declared(fact)]
        found = {
            "open_dispute": any(fact.disputes for fact in self.holding),
            "death_registered": any(
                self.died(fact).happened_by(self.day) is not False for fact in died
            ),
        }
        return tuple(flag for flag, holds in found.items() if holds)


def mismatched_death(case: DeclarationCase) -> Verdict | None:
    """A declaration of death that may be in force names somebody else under this number."""
    found = [
        fact
        for fact in case.declared_dead
        if case.agrees(fact) is False and case.holds(fact) is not False
    ]
    return unknown("mismatched_death", [*found, *case.identified_by]) if found else None


def declared_dead(case: DeclarationCase) -> Verdict | None:
    """The person counts as dead on the day."""
    return _in_force(case, "declared_dead", [f for f in case.holding if f in case.declared_dead])


def declared_missing(case: DeclarationCase) -> Verdict | None:
    """The person is declared missing on the day, and not dead."""
    return _in_force(case, "declared_missing", case.holding)


def _in_force(case: DeclarationCase, reason: str, facts: list[Fact[Any]]) -> Verdict | None:
    if not facts:
        return None
    header = facts[0].content.header
    since = header.effective_from or header.occurred
    details = {"since": None if since.is_unknown else str(since)}
    return yes(reason, [*facts, *case.legal_deaths], details=details)


RULES: tuple[Rule, ...] = (
    in_force.contested,
    mismatched_death,
    in_force.under_investigation,
    in_force.undetermined,
    in_force.reported_only,
    in_force.not_on_record,
    in_force.doubt_about,
    declared_dead,
    declared_missing,
    in_force.ended,
    in_force.none_registered,
)

EXPLANATIONS = {
    "declared_dead": Explanation(
        "Declared dead: a court's declaration of death is in force on {day}. It can be revoked.",
        "已被宣告死亡：法院的死亡宣告在{day}有效，可依法撤销。",
        "A court's revocation would; the person, or anyone with an interest, may apply for it.",
        "本人或利害关系人可向法院申请撤销死亡宣告；撤销后结果将改变。",
    ),
    "declared_missing": Explanation(
        "Declared missing: a court's declaration is in force on {day}.",
        "已被宣告失踪：法院的失踪宣告在{day}有效。",
        "A court's revocation would, or its declaration of death.",
        "法院撤销失踪宣告或宣告死亡后，结果将改变。",
    ),
    "mismatched_death": alive_sentences.SENTENCES["mismatched_death"],
    "ended": Explanation(
        "Neither declared missing nor dead on {day}: the court had revoked its declaration.",
        "{day}未处于宣告失踪或宣告死亡状态：法院此前的宣告已撤销。",
        "Another declaration by a court would.",
        "法院再次作出宣告后，结果将改变。",
    ),
    "none_registered": Explanation(
        "Neither declared missing nor dead on {day}: no court has declared it by that day.",
        "{day}未处于宣告失踪或宣告死亡状态：没有法院在当日或之前作出宣告。",
        "A court's declaration with effect by that day would.",
        "法院作出当日或之前生效的宣告后，结果将改变。",
    ),
}

PROOF = Kind(
    number="P26",
    name="missing_or_declared_dead",
    asks={
        "en": "Is a court's declaration that this person is missing or dead in force on a day?",
        "zh": "此人在某日是否处于被法院宣告失踪或宣告死亡的状态？",
    },
    families=("court", "death", "birth", "identity"),
    rests_on=("court",),
    fresh_for=timedelta(days=31),
    law={"CN": "Civil Code art. 40 to 42, 45 to 53", "NL": "BW 1:409 to 1:426"},
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=DeclarationCase,
)
