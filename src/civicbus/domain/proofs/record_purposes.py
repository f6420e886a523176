"""For what a criminal record may be asked about, and which convictions count for that.

Each purpose rests on a law that says who may not be admitted to something. What that law does not
name does not count, and is not told. Records that were sealed because the offender was a minor
count only for criminal proceedings (China's Criminal Procedure Law, article 286: judicial organs
that handle a case, or whoever a rule of the State entitles; no other purpose here has such a rule).

`Conviction.category` is one of `CATEGORIES`; connectors map the codes of their registers to these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civicbus.domain.truth import Truth

CATEGORIES: Mapping[str, str] = {
    "sexual": "sexual assault or abuse",
    "abuse": "maltreatment of those in one's care",
    "trafficking": "abduction of and traffic in people",
    "violence": "intentional injury and other violence",
    "traffic_casualty": "causing a traffic casualty, which is negligence",
    "dangerous_driving": "dangerous driving",
    "negligent": "any other offence by negligence",
    "other_intentional": "any other intentional offence",
}
BY_NEGLIGENCE = frozenset({"traffic_casualty", "negligent"})
INTENTIONAL = frozenset(CATEGORIES) - BY_NEGLIGENCE


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a law asks a clean record for: its source, the categories that count, the sealed ones.

    All convictions count for one whose categories are all there are.
    """

    law: str
    categories: frozenset[str] = frozenset(CATEGORIES)
    sealed_count: bool = False

    def counts(self, category: str | None) -> Truth:
        """Does a conviction of this category count? Unknown for a category that is not known."""
        if self.categories == CATEGORIES.keys():
            return True
        return category in self.categories if category in CATEGORIES else None


PURPOSES: Mapping[str, Purpose] = {
    "work_with_minors": Purpose(
        "Law on the Protection of Minors art. 62",
        frozenset({"sexual", "abuse", "trafficking", "violence"}),
    ),
    "public_service": Purpose("Civil Servants Law art. 26"),
    "legal_practice": Purpose("Lawyers Law art. 7", INTENTIONAL),
    "security_guard": Purpose("Regulations on Security Services art. 17", INTENTIONAL),
    "ride_hailing": Purpose(
        "Interim Measures for Online Taxi Services art. 14",
        frozenset({"traffic_casualty", "dangerous_driving", "violence"}),
    ),
    "criminal_proceedings": Purpose("Criminal Procedure Law art. 286", sealed_count=True),
}
