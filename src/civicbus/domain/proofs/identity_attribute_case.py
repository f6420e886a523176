"""The case before the proof `identity_attribute`: what is registered, and does the claim agree."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from civicbus.domain.dates import common
from civicbus.domain.events import Birth
from civicbus.domain.names import same_name
from civicbus.domain.periods import Period
from civicbus.domain.proofs.identity_values import (
    falls_in,
    lies_in,
    read_date,
    same_sex,
    same_value,
)
from civicbus.domain.proofs.identity_words import (
    IdentityCase,
    Word,
    born,
    current,
    facts_of,
)
from civicbus.domain.record_codes import AttributeKind, NameKind
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth
from civicbus.domain.vocabulary import Role

NAME, FORMER_NAME = "name", "former_name"
NATIONALITY = AttributeKind.NATIONALITY.lower()
BIRTH_DATE, BIRTH_PLACE = "birth_date", "birth_place"
KEPT = {kind.lower(): kind for kind in AttributeKind}
ATTRIBUTES = (NAME, FORMER_NAME, BIRTH_DATE, BIRTH_PLACE, *KEPT)
COMPARISONS = {
    NAME: same_name,
    FORMER_NAME: same_name,
    BIRTH_PLACE: lies_in,
    AttributeKind.SEX.lower(): same_sex,
    AttributeKind.ETHNICITY.lower(): same_value,
    NATIONALITY: same_value,
    AttributeKind.ORIGIN.lower(): lies_in,
}
FOR_GOOD = Period(None, None)


class AttributeCase(IdentityCase):
    """Understands what is registered of the attribute, and how the claim compares with it."""

    @cached_property
    def attribute(self) -> str:
        """Which attribute is claimed."""
        return self.question.text("attribute") or ""

    @cached_property
    def claimed(self) -> str:
        """The value that is claimed."""
        return self.question.text("value") or ""

    @property
    def is_of_birth(self) -> bool:
        """True of what the entry of the birth says for good."""
        return self.attribute in (BIRTH_DATE, BIRTH_PLACE)

    @cached_property
    def told(self) -> list[Word]:
        """What is said of the attribute, by whomever."""
        if self.attribute in KEPT:
            return self.attributes(KEPT[self.attribute])
        return self._of_birth() if self.is_of_birth else self.names(NameKind.OFFICIAL)

    @cached_property
    def words(self) -> list[Word]:
        """What is said of it by whoever decides."""
        return self.settled(self.told)

    @cached_property
    def current(self) -> list[Word]:
        """Of these what holds on the day, or may; of a birth everything that is said."""
        return self.words if self.is_of_birth else current(self.words, self.day)

    def transliterations(self, name: Word) -> list[Word]:
        """Entries of the claimed text as the name in another script, not older than the name."""
        words = self.settled(self.names(NameKind.TRANSLITERATION))
        return [
            word
            for word in current(words, self.day)
            if word.is_current(words, self.day) is True
            and word.start.before(name.start) is False
            and same_name(self.claimed, word.value) is True
            and not word.fact.doubted
        ]

    def agrees(self, word: Word) -> Truth:
        """Is it as claimed by this word?"""
        if self.attribute == BIRTH_DATE:
            return self._agrees_on_birth(word)
        found = COMPARISONS[self.attribute](self.claimed, word.value)
        if found is None and self.attribute == NAME and self.transliterations(word):
            return True
        return found

    def basis(self, words: list[Word]) -> list[Fact[Any]]:
        """The facts behind some words, and behind the transliterations that they are read with."""
        spelt = self.attribute == NAME
        more = [other for word in words if spelt for other in self.transliterations(word)]
        return facts_of([*words, *more])

    def _of_birth(self) -> list[Word]:
        births = self.of(Birth, Role.CHILD)
        if self.attribute == BIRTH_PLACE:
            births = [fact for fact in births if fact.content.place is not None]
        return [Word(fact, fact.content.place or "", FOR_GOOD) for fact in births]

    def _agrees_on_birth(self, word: Word) -> Truth:
        claimed = read_date(self.claimed)
        agreed = common(born(other.fact) for other in self.words)
        return None if claimed is None else falls_in(claimed, agreed or born(word.fact))
