"""P25 heirs: is somebody an heir of the first order of this person, who has died?

Heirs of the first order are the spouse, the children and the parents who survived; the children of
a child who died before represent it. Whether there are others, nobody can prove: a child may have
been born where no register looks, or be expected still. So the answer is never `yes`. At the best
it is `needs_commitment`: the registers show this heir, and a written commitment that no others are
left out completes it. It is `no` where the registers certainly exclude the one who is claimed.

Whoever stood how to the deceased is asked for the day of the death, the spouse for the day before.

Legal source (China): Civil Code articles 16 and 1155 (a child expected), 1121 (the succession opens
with the death), 1127 (orders of heirs), 1128 (representation).
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from functools import cached_property

from civicbus.domain.answer import Outcome, Question
from civicbus.domain.claims import Claim, ClaimKind, Claims
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import UnbornChild
from civicbus.domain.events.kinship import PARENTS
from civicbus.domain.proofs import deceased, kinship
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.deaths import passing
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.timing import period_of
from civicbus.domain.proofs.verdict import Rule, Verdict, evidence
from civicbus.domain.proofs.words import COMMON, Explanation
from civicbus.domain.resolve import Fact

ONE_DAY = timedelta(days=1)
FIRST_ORDER = ("spouse", "child", "parent")
REPRESENTED = "grandchild"


class HeirCase(Case):
    """Understands whether the person has died, and how the one claimed stood to them then."""

    death: Verdict
    outlived: Verdict | None = None
    same_day: Verdict | None = None

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask whether the person has died, whether the heir had not, and how they were related."""
        self.relations: dict[str, Verdict] = {}
        _, self.death = yield from deceased.PROOF.judge(self._about(self.day), self.declared)
        heir = self.question.party("heir")
        if heir is None or self.died_on is None:
            return
        for name, day in (("outlived", self.died_on - ONE_DAY), ("same_day", self.died_on)):
            asked = Question(heir.identifier, heir.person_key, day, self.question.known_at)
            _, verdict = yield from deceased.PROOF.judge(asked, self.declared)
            setattr(self, name, verdict)
        for relation in (*FIRST_ORDER, REPRESENTED):
            day = self.died_on - ONE_DAY if relation == "spouse" else self.died_on
            claims = (("relation", relation), ("relative", heir))
            asked = self._about(day, claims)
            _, self.relations[relation] = yield from kinship.PROOF.judge(asked, self.declared)

    @cached_property
    def died_on(self) -> date | None:
        """The day of the death, if it is one day."""
        life = LifeCase(self.scope, self.question, self.person, self.declared)
        found = passing(life)
        if found is None or found.when.earliest != found.when.latest:
            return None
        return found.when.earliest

    @cached_property
    def expected(self) -> list[Fact[UnbornChild]]:
        """Children of the deceased who were expected on the day of the death."""
        assert self.died_on is not None
        held = [(fact, period_of(fact)) for fact in self.established(UnbornChild, *PARENTS)]
        return [f for f, period in held if not period or period.holds_on(self.died_on) is not False]

    def with_outcome(self, *outcomes: Outcome) -> list[tuple[str, Verdict]]:
        """The relations of the first order for which the answer is one of these."""
        return [(r, v) for r in FIRST_ORDER if (v := self.relations[r]).outcome in outcomes]

    def _about(self, day: date, claims: Claims = ()) -> Question:
        asked = self.question
        return Question(asked.person, asked.person_key, day, asked.known_at, claims)


def not_dead(case: HeirCase) -> Verdict | None:
    """Nobody inherits from the living."""
    return Verdict(Outcome.NO, "not_dead", case.death.basis) if _is(case.death, "no") else None


def death_in_doubt(case: HeirCase) -> Verdict | None:
    """Whether or when the person died cannot be told."""
    if not _is(case.death, "yes"):
        reason = case.death.reason
        known = reason if reason in COMMON else f"death_{case.death.outcome}"
        return Verdict(case.death.outcome, known, case.death.basis)
    if case.died_on is None:
        return Verdict(Outcome.UNKNOWN, "death_date_open", case.death.basis)
    return None


def predeceased(case: HeirCase) -> Verdict | None:
    """The one claimed had died before; who represents them is another question."""
    if case.outlived is not None and _is(case.outlived, "yes"):
        return Verdict(Outcome.NO, "predeceased", (*case.death.basis, *case.outlived.basis))
    return None


def died_the_same_day(case: HeirCase) -> Verdict | None:
    """Both died on one day: who was first, a court has to presume (Civil Code, article 1121)."""
    if case.same_day is not None and _is(case.same_day, "yes"):
        return Verdict(Outcome.UNKNOWN, "same_day", (*case.death.basis, *case.same_day.basis))
    return None


def certainly_none(case: HeirCase) -> Verdict | None:
    """The registers exclude every relation of the first order, and representation."""
    verdicts = list(case.relations.values())
    if any(verdict.outcome is not Outcome.NO for verdict in verdicts):
        return None
    basis = tuple(event for verdict in verdicts for event in verdict.basis)
    return Verdict(Outcome.NO, "not_first_order", (*case.death.basis, *basis))


def expected_child(case: HeirCase) -> Verdict | None:
    """A child of the deceased is expected, whose share has to be kept."""
    if not case.expected:
        return None
    return Verdict(Outcome.UNKNOWN, "pending_birth", evidence(case.expected))


def needs_commitment(case: HeirCase) -> Verdict | None:
    """The registers show this heir; that there are no others they cannot."""
    found = case.with_outcome(Outcome.YES)
    if not found:
        return None
    relation, verdict = found[0]
    basis = (*case.death.basis, *verdict.basis)
    return Verdict(Outcome.UNKNOWN, "needs_commitment", basis, {"relation": relation})


def relation_in_doubt(case: HeirCase) -> Verdict | None:
    """It cannot be told whether the one claimed is a spouse, child or parent."""
    found = case.with_outcome(Outcome.DISPUTED) or case.with_outcome(Outcome.UNKNOWN)
    if not found:
        return None
    outcome = found[0][1].outcome
    basis = tuple(event for _, verdict in found for event in verdict.basis)
    return Verdict(outcome, f"relation_{outcome}", basis)


def may_represent(case: HeirCase) -> Verdict:
    """A grandchild inherits in the place of a parent who died before."""
    return Verdict(Outcome.UNKNOWN, "may_represent", case.relations[REPRESENTED].basis)


def _is(verdict: Verdict, outcome: str) -> bool:
    return verdict.outcome.value == outcome


EXPLANATIONS = {
    "not_dead": Explanation(
        "No: this person had not died by {day}, and nobody inherits from the living.",
        "否：此人在{day}未死亡，继承尚未开始。",
        "The death would; so would a correction of what the answer rests on.",
        "此人死亡，或相关登记被更正后，结果将改变。",
    ),
    "death_unknown": Explanation(
        "Unknown: it cannot be told whether this person had died by {day}.",
        "无法确定：无法认定此人在{day}是否已死亡。",
        "The proof of the death would.",
        "死亡得到认定后，可再次查询。",
    ),
    "death_disputed": Explanation(
        "Disputed: the records of this person's death contradict each other.",
        "有争议：有关此人死亡的记录相互矛盾。",
        "A decision of the register that entered the death, or of a court, would.",
        "由登记死亡的机关或法院裁定后，结果可能改变。",
    ),
    "death_date_open": Explanation(
        "Unknown: the day of the death is not known, and heirs are those of that day.",
        "无法确定：死亡日期不确切，而继承人以死亡之日为准。",
        "A complete date in the register would.",
        "登记机关补全日期后，可再次查询。",
    ),
    "predeceased": Explanation(
        "No: the one claimed had died before; who represents them is another question.",
        "否：所称继承人先于被继承人死亡；代位继承另行查询。",
        "A correction of one of the two dates of death would.",
        "其中一方的死亡日期被更正后，结果可能改变。",
    ),
    "same_day": Explanation(
        "Unknown: both died on one day, and who was first is not registered.",
        "无法确定：双方于同日死亡，死亡先后未登记。",
        "A court's finding on who survived would.",
        "由法院依法推定死亡先后后，结果可能改变。",
    ),
    "not_first_order": Explanation(
        "No: by the registers the one claimed is no spouse, child or parent, nor represents one.",
        "否：登记显示所称之人既非配偶、子女、父母，亦无代位继承情形。",
        "An entry that makes the one claimed a relative would.",
        "登记显示其亲属关系后，结果将改变。",
    ),
    "pending_birth": Explanation(
        "Unknown: a child of the deceased was expected, and its share has to be kept.",
        "无法确定：被继承人死亡时有胎儿待产，应为其保留份额。",
        "The birth of the child would, or its end without one.",
        "胎儿出生或妊娠终止后，可再次查询。",
    ),
    "needs_commitment": Explanation(
        "Unknown whether alone: registered as an heir of the first order; others are not excluded.",
        "无法确定是否有其他继承人：登记显示所称之人为第一顺序继承人。",
        "A written commitment that no heir is left out completes it; no paper is needed.",
        "由申请人书面承诺无遗漏继承人即可办理，无需开具证明。",
    ),
    "relation_unknown": Explanation(
        "Unknown: it cannot be told whether the one claimed is spouse, child or parent.",
        "无法确定：无法认定所称之人是否为配偶、子女或父母。",
        "A complete entry in one of the records would.",
        "相关登记补全后，结果可能改变。",
    ),
    "relation_disputed": Explanation(
        "Disputed: it is disputed whether the one claimed is spouse, child or parent.",
        "有争议：所称之人是否为配偶、子女或父母存在争议。",
        "A decision of the register that made the entry, or of a court, would.",
        "由作出登记的机关或法院裁定后，结果可能改变。",
    ),
    "may_represent": Explanation(
        "Unknown: the one claimed may represent a child who died before.",
        "无法确定：所称之人可能代位继承先亡子女的份额。",
        "The records of the child between the two would.",
        "查明中间一代子女的情况后，结果可能改变。",
    ),
}

RULES: tuple[Rule, ...] = (
    not_dead,
    death_in_doubt,
    predeceased,
    died_the_same_day,
    certainly_none,
    expected_child,
    needs_commitment,
    relation_in_doubt,
    may_represent,
)

PROOF = Kind(
    number="P25",
    name="heirs",
    asks={
        "en": "Is somebody an heir of the first order of this person, who has died?",
        "zh": "某人是否为此人（已故）的第一顺序继承人？",
    },
    families=tuple(
        dict.fromkeys((*deceased.PROOF.families, *kinship.PROOF.families, *kinship.PROOF.hears))
    ),
    hears=deceased.PROOF.hears,
    rests_on=tuple(dict.fromkeys((*deceased.PROOF.rests_on, *kinship.PROOF.rests_on))),
    fresh_for=timedelta(days=31),
    law={"CN": "Civil Code art. 16, 1121, 1127, 1128, 1155"},
    claims=(Claim("heir", ClaimKind.PERSON, "The number of the one claimed.", required=True),),
    rules=RULES,
    own_explanations=EXPLANATIONS,
    case=HeirCase,
    never=(Outcome.YES,),
)
