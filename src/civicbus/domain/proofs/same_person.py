"""P06 same_person: are two numbers, or a number and a name, one person's?

Two numbers are one person's if a competent register or a court has linked them, directly or by
further numbers; or if they are one number in an older and a newer form. That no link is known
proves nothing, and neither do two births: whoever got a second household record often got it with
another birth date. A `no` needs a register that took a link back because the two are different
people. Whether two people have one number is asked before all this.

A name is the person's if it is or was theirs by a competent register, in any script. It says
nothing about who else bears it. That they never bore it follows from silence since the birth.

Legal source (China): Resident Identity Card Law article 3 (one number for life), Household
Registration Regulations articles 17 and 18 (corrections, changed names).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.dossier import Dossier
from civicbus.domain.events import Annulment, IdentityLink
from civicbus.domain.names import same_name
from civicbus.domain.proofs import absence, obstacles
from civicbus.domain.proofs.absence import Silence
from civicbus.domain.proofs.case import Case
from civicbus.domain.proofs.identity_words import IdentityCase, Word, facts_of
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import is_established, keys_in, reached_from
from civicbus.domain.proofs.same_person_sentences import SENTENCES
from civicbus.domain.proofs.verdict import Rule, Verdict, disputed, first_to_speak, no, unknown, yes
from civicbus.domain.record_codes import NameKind
from civicbus.domain.resolve import Fact
from civicbus.domain.vocabulary import AnnulmentReason

# Here a contested link is what is asked about, and no obstacle.
OBSTACLES = tuple(rule for rule in obstacles.RULES if rule is not obstacles.contested_link)


class SameCase(IdentityCase):
    """Understands the links between the two numbers, and the names of the person."""

    other: Case | None = None

    def gather(self) -> Generator[Need, Dossier, None]:
        """Ask for whoever has the other number, if no link has led there."""
        claimed = self.question.party("number")
        if claimed is None or claimed.person_key in self.facts.keys:
            return
        person = yield from self.ask_for(claimed.person_key, self.scope.families)
        about = replace(
            self.question,
            person=claimed.identifier,
            person_key=claimed.person_key,
            claims=(),
            name=None,
            birth_date=None,
        )
        self.other = Case(self.scope, about, person, self.declared)

    @cached_property
    def claimed_key(self) -> str:
        """The key of the other number; the person's own if none is claimed."""
        claimed = self.question.party("number")
        return self.facts.person_key if claimed is None else claimed.person_key

    @cached_property
    def links(self) -> list[Fact[IdentityLink]]:
        """The links in force about either of the two."""
        return self._established(fact for case in self._cases for fact in case.of(IdentityLink))

    @cached_property
    def former_links(self) -> list[Fact[IdentityLink]]:
        """Links between one of the person's numbers and one of the other's, since withdrawn."""
        withdrawn = (fact for case in self._cases for fact in case.facts.once(IdentityLink))
        others = self.other.facts.keys if self.other is not None else {self.claimed_key}
        return [
            fact
            for fact in self._established(withdrawn)
            if keys_in(fact.content) & self.facts.keys and keys_in(fact.content) & others
        ]

    @cached_property
    def sound_links(self) -> list[Fact[IdentityLink]]:
        """The links that nobody contests."""
        return [fact for fact in self.links if not fact.doubted]

    def are_joined_by(self, links: Iterable[Fact[IdentityLink]]) -> bool:
        """Do these links make one person's of the two numbers?"""
        contents = (fact.content for fact in links)
        return self.claimed_key in reached_from(self.facts.person_key, contents)

    @cached_property
    def all_names(self) -> list[Word]:
        """Every name that the person bears or bore, whoever told of it."""
        return self.names(*NameKind)

    def is_called(self, word: Word) -> bool | None:
        """Is it the name that is claimed?"""
        return same_name(self.question.text("name") or "", word.value)

    @property
    def _cases(self) -> list[Case]:
        return [self] if self.other is None else [self, self.other]

    def _established(self, facts: Iterable[Fact[IdentityLink]]) -> list[Fact[IdentityLink]]:
        by_id = {fact.content.header.event_id: fact for fact in facts}
        return [fact for fact in by_id.values() if is_established(fact.content, self.declared)]


def nothing_claimed(case: SameCase) -> Verdict | None:
    """The question names neither a number nor a name."""
    return None if case.question.claims else unknown("nothing_claimed")


def obstacle_with_the_other(case: SameCase) -> Verdict | None:
    """Nothing can rest on what is known under the other number."""
    return None if case.other is None else first_to_speak(OBSTACLES, case.other)


def contested(case: SameCase) -> Verdict | None:
    """The two are joined only by a link that is contested, or one was withdrawn so."""
    if case.are_joined_by(case.sound_links):
        return None
    doubted = [fact for fact in case.former_links if fact.doubted]
    if case.are_joined_by(case.links):
        doubted += [fact for fact in case.links if fact.doubted]
    return disputed("contested", doubted) if doubted else None


def told_apart(case: SameCase) -> Verdict | None:
    """A register took a link between the two back: they are different people."""
    apart = [fact for fact in case.former_links if _of_two_people(fact)]
    if not apart or case.are_joined_by(case.links):
        return None
    return no("told_apart", [*apart, *case.links])


def not_linked(case: SameCase) -> Verdict | None:
    """No link joins the two."""
    if case.are_joined_by(case.links):
        return None
    return unknown("not_linked", case.former_links)


def not_on_record(case: SameCase) -> Verdict | None:
    """Nobody knows of such a person: the number may be a slip of the pen."""
    return None if case.known_here or case.sound_links else unknown("no_such_record")


def contested_name(case: SameCase) -> Verdict | None:
    """The claimed name is or was theirs only by an entry that is contested."""
    named = [word for word in _claimed_names(case) if case.is_called(word) is True]
    if not named or any(not word.fact.doubted for word in named):
        return None
    return disputed("contested", facts_of(named))


def so_named(case: SameCase) -> Verdict | None:
    """A competent register has the name for this person."""
    named = [word for word in _claimed_names(case) if case.is_called(word) is True]
    sound = [word for word in named if not word.fact.doubted]
    return yes("so_named", facts_of(sound)) if sound else None


def may_be_so_named(case: SameCase) -> Verdict | None:
    """The name may be theirs in another spelling, was only reported, or none is registered."""
    if case.question.text("name") is None:
        return None
    settled = _claimed_names(case)
    if similar := [word for word in settled if case.is_called(word) is None]:
        return unknown("may_be_so_named", facts_of(similar))
    reported = [word for word in case.all_names if case.is_called(word) is not False]
    if reported:
        return unknown("notified_only", facts_of(reported))
    return None if settled else unknown("no_name", case.known_here)


def not_so_named(case: SameCase) -> Verdict | None:
    """No name that the person ever bore by the register is the one claimed."""
    if case.question.text("name") is None:
        return None
    basis = [*case.births, *facts_of(_claimed_names(case))]
    silence = Silence(case.scope.rests_on, case.born_from)
    return absence.doubt_about(case, silence, basis) or no("not_so_named", basis)


def linked(case: SameCase) -> Verdict:
    """The two numbers are one person's."""
    if case.claimed_key == case.facts.person_key:
        return yes("same_number", case.known_here[:1])
    return yes("linked")


def _claimed_names(case: SameCase) -> list[Word]:
    return [] if case.question.text("name") is None else case.settled(case.all_names)


def _of_two_people(link: Fact[IdentityLink]) -> bool:
    reasons = {event.reason for event in link.evidence if isinstance(event, Annulment)}
    return reasons == {AnnulmentReason.WRONG_PERSON}


RULES: tuple[Rule, ...] = (
    nothing_claimed,
    obstacle_with_the_other,
    contested,
    told_apart,
    not_linked,
    not_on_record,
    contested_name,
    so_named,
    may_be_so_named,
    not_so_named,
    linked,
)

PROOF = Kind(
    number="P06",
    name="same_person",
    asks={
        "en": "Are two numbers, or a number and a name, one person's?",
        "zh": "两个号码，或号码与姓名，是否属于同一人？",
    },
    families=("birth", "identity"),
    rests_on=("identity",),
    fresh_for=timedelta(days=31),
    law={"CN": "Resident Identity Card Law art. 3; Household Registration Regulations art. 17, 18"},
    claims=(
        Claim("number", ClaimKind.PERSON, "The other number."),
        Claim("name", ClaimKind.TEXT, "A name that the person bears or bore."),
    ),
    rules=RULES,
    own_explanations=SENTENCES,
    case=SameCase,
    obstacles=OBSTACLES,
)
