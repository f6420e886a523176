"""Which unions the Dutch register holds, and the status that follows: the oracle of P03 and P04.

Written apart from the connector and from the proofs. `None` is what it cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.connectors.register_of_persons import PersonList
from tests.connectors.rows_of_register import born, died, is_whole, right, says, stacks_of

UNITED = {"H": "married", "P": "in_partnership"}
AFTER = {
    ("H", "S"): "divorced",
    ("P", "S"): "partnership_dissolved",
    ("H", "O"): "widowed",
    ("P", "O"): "surviving_partner",
}
FOREVER = "99999999"


@dataclass(frozen=True)
class Union:
    """A union: with whom, since when, until when, how it ended."""

    partner_bsn: str
    partner_anr: str
    kind: str
    start: str
    end: str = FOREVER
    how: str = ""

    def holds(self, day: str) -> bool:
        return self.start <= day < self.end


def unions_of(of: PersonList, lists: Mapping[str, PersonList]) -> list[Union]:
    """The person's unions by their own list, with the deaths that the partners' lists tell of."""
    found = []
    for stack in stacks_of(of, "05"):
        top = stack[0]
        starts = [row for row in right(stack) if row["06.10"]]
        if not says({"06.10": top["06.10"], "07.10": top["07.10"]}) or not starts:
            continue
        start = starts[0]
        end, how = (top["07.10"], top["07.40"]) if top["07.10"] else (FOREVER, "")
        partner = lists.get(top["01.20"])
        death = died(partner) if partner is not None else ""
        if death and death < end:
            end, how = death, "O"
        found.append(
            Union(top["01.20"], top["01.10"], top["15.10"], start["06.10"], end, how),
        )
    return found


Unions = Mapping[str, list[Union]]


def all_unions(lists: Mapping[str, PersonList]) -> Unions:
    """The unions of everybody, by the number of whose list tells of them."""
    return {bsn: unions_of(of, lists) for bsn, of in lists.items()}


def status(of: PersonList, own: list[Union], day: str) -> str | None:
    """The status on a day (YYYYMMDD); `died` and `not_born` where there is none."""
    if born(of) > day:
        return "not_born"
    if died(of) and died(of) <= day:
        return "died"
    if not all(is_whole(union.start) and is_whole(union.end) for union in own):
        return None
    held = [union for union in own if union.holds(day)]
    if len(held) > 1:
        return None
    if held:
        return UNITED[held[0].kind]
    past = sorted((u for u in own if u.end <= day), key=lambda union: union.end)
    return AFTER[past[-1].kind, past[-1].how] if past else "never_married"


def are_united(one: PersonList, other: str, own: list[Union], day: str) -> bool:
    """By the first one's list: are the two united on a day? The other is a number alone.

    Nobody is united with themselves, whatever a list says.
    """
    if other == number_of(one) or (died(one) and died(one) <= day):
        return False
    return any(union.holds(day) for union in own if other == union.partner_bsn)


def is_excused(of: PersonList, unions: Unions, day: str) -> bool:
    """True of those of whom the register itself cannot be sure, so that `unknown` is right.

    Whoever was abroad may have married there; two unions at once cannot both be; a union with
    oneself is none; and of what is under investigation nothing is sure.
    """
    own = number_of(of)
    partners = [union.partner_bsn for union in unions[own]]
    return (
        any(row["08.13.10"] or row["01.83.10"] or row["05.83.10"] for row in of.rows)
        or of.suspended in ("E", "R", "M", "F", "W")
        or own in partners
        or any(_held(unions.get(bsn, []), day) > 1 for bsn in (own, *partners))
        or any(_is_elsewhere(bsn, own, unions, day) for bsn in partners if bsn)
    )


def number_of(of: PersonList) -> str:
    """The person's number without its scheme."""
    return of.rows[0]["01.01.20"]


def _held(unions: list[Union], day: str) -> int:
    return sum(union.holds(day) for union in unions)


def _is_elsewhere(bsn: str, own: str, unions: Unions, day: str) -> bool:
    """True if by others' lists the partner is in a union with somebody else."""
    return any(
        union.holds(day) and union.partner_bsn == bsn
        for other, theirs in unions.items()
        for union in theirs
        if other not in (own, bsn)
    )
