"""Stories of what the other registers hold: families, policies, marriages, work, numbers."""

from __future__ import annotations

from collections.abc import Mapping

from civicbus.demo.cast import MONTHS_ASKED
from civicbus.demo.offices_of_persons import marriage_entry
from civicbus.demo.requester import Expected
from civicbus.demo.scene import CHANGES_WITHIN, Scene
from civicbus.domain.identifiers import Identifier

IN_FORCE = Expected("yes", "in_force")
ELSEWHERE = Expected("no", "elsewhere")
RELATED = Expected("yes", "related")
OTHER_STATUS = Expected("no", "other_status")
DIVORCED = Expected("yes", "divorced")
NEVER_MARRIED = Expected("yes", "never_married")
MONTHS_PAID = Expected("yes", "months_paid")
AWARDED = Expected("yes", "awarded")
LINKED = Expected("yes", "linked")


async def my_mother_is_my_mother(scene: Scene) -> None:
    """A household book shows who lives together, and not whose child somebody is."""
    son, mothers = scene.cast.gone_son()
    assert son.mother is not None
    scene.show.tell(
        "A travel agency wants proof that the emergency contact is the traveller's mother. He left "
        "her household's book years ago:"
    )
    book = {"household": mothers.household}
    await _told(scene, son.identifier, "household_registration", book, ELSEWHERE)
    scene.show.tell("\nWhose son he is, no book need show; the entry of his birth does:")
    claims = {"relation": "parent", "relative": str(son.mother.identifier)}
    await _told(scene, son.identifier, "kinship", claims, RELATED)


async def a_policy_whose_paper_is_lost(scene: Scene) -> None:
    """The contract is what is registered, under whatever number and insurer."""
    contract = scene.cast.lost_policy()
    scene.show.tell(
        f"A policy of {contract.since.year} is lost. It bears a number of 15 digits, and the "
        "insurer has been taken over. The holder knows the old insurer's name."
    )
    claims = {"insurer": contract.insurer}
    await _told(scene, contract.holder.identifier, "policies", claims, IN_FORCE)


async def married_to_the_wrong_one(scene: Scene) -> None:
    """A correction takes a marriage away from somebody who never had it."""
    mistake = scene.cast.wrong_spouse()
    wife, husband = mistake.marriage.both
    single = {"status": "never_married"}
    scene.show.tell("A man wants to marry, and the register says that he is married already:")
    await _told(scene, mistake.named.identifier, "marital_status", single, OTHER_STATUS)
    scene.show.tell("\nThe office had entered him in place of another man. It corrects the entry.")
    await scene.civil_affairs.record(
        "registered_at",
        kind="MARRIAGE_CORRECTED",
        partner_1=wife.number,
        partner_2=husband.number,
        wrong_partner=mistake.named.number,
        date=mistake.marriage.married.isoformat(),
        refers_to=scene.civil_affairs.named(marriage_entry(mistake.marriage)),
    )
    await _told(scene, mistake.named.identifier, "marital_status", single, NEVER_MARRIED)


async def a_divorce_by_a_court(scene: Scene) -> None:
    """The court's judgment counts, and the marriage register need not know of it."""
    _, one = scene.cast.divorced_by_court()
    scene.show.tell(
        "A court has dissolved a marriage. The marriage register never heard of it and still holds "
        "the marriage; a certificate from there alone would be wrong."
    )
    await _told(scene, one.identifier, "marital_status", {"status": "divorced"}, DIVORCED)


async def three_certificates(scene: Scene) -> None:
    """What three counters used to certify is asked of three registers."""
    applicant = scene.cast.applicant()
    person = applicant.job.resident.identifier
    scene.show.tell(
        "Who wants to settle in the city had to bring certificates of a job, of "
        f"{MONTHS_ASKED} months of contributions, and of a degree."
    )
    employer = {"employer": applicant.job.employer.code}
    await _told(scene, person, "employed", employer, IN_FORCE)
    months: Mapping[str, str | int] = {"insurance": "pension", "months": MONTHS_ASKED}
    await _told(scene, person, "insured", months, MONTHS_PAID)
    await _told(scene, person, "education", {"education_kind": "degree"}, AWARDED)


async def one_person_two_numbers(scene: Scene) -> None:
    """Numbers that were merged reach one person."""
    twice = scene.cast.two_numbers()
    second = Identifier.of(twice.resident.identifier.scheme, twice.number)
    scene.show.tell(
        "Somebody was entered a second time, under another number. The police merged the two; who "
        "asks with the old one is answered from both."
    )
    await _told(scene, second, "same_person", {"number": str(twice.resident.identifier)}, LINKED)


async def _told(
    scene: Scene,
    person: Identifier,
    proof: str,
    claims: Mapping[str, str | int],
    expected: Expected,
) -> None:
    asked = await scene.requester.wait_for(person, expected, CHANGES_WITHIN, proof, claims)
    scene.show.answered(person, asked)
