"""Insurance contracts under all their names: by which insurer and number each was ever known.

Portfolios go over from insurer to insurer, and a contract may get another number each time. Who has
lost the document remembers the first name, and the last one is where the contract is. A transfer
that was only reported, or that somebody doubts, may have given it a further name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from civicbus.domain.bodies import same_body
from civicbus.domain.events import Policy, PolicyTransfer
from civicbus.domain.names import fold
from civicbus.domain.proofs.timing import counts_from
from civicbus.domain.resolve import Fact
from civicbus.domain.truth import Truth, all_of, any_of


@dataclass(frozen=True, slots=True)
class ContractName:
    """By which insurer and number a contract is known."""

    insurer: str
    number: str

    @classmethod
    def of(cls, act: Policy | PolicyTransfer) -> ContractName:
        """The name under which an act speaks of a contract."""
        return cls(act.insurer, act.number)

    @classmethod
    def after(cls, transfer: PolicyTransfer) -> ContractName:
        """The name that a transfer gave it; without a new number it keeps the old one."""
        return cls(transfer.to_insurer, transfer.to_number or transfer.number)

    def names(self, other: ContractName) -> Truth:
        """Do two names name one contract? Unknown where an insurer is a code, and then a name."""
        return all_of(
            fold(self.number) == fold(other.number), same_body(self.insurer, other.insurer)
        )


Transfers = Sequence[Fact[PolicyTransfer]]


def transfers_of(
    name: ContractName, transfers: Transfers, *, perhaps: bool = False
) -> list[Fact[PolicyTransfer]]:
    """Those of the transfers that are of the contract with this name, however many lie between.

    `perhaps`: where two names cannot be compared they count as one, else they do not.
    """
    names, found, left = [name], list[Fact[PolicyTransfer]](), list(transfers)
    for known in names:  # grows as it goes
        same = [
            fact
            for fact in left
            if any(_is_one(end.names(known), perhaps=perhaps) for end in _ends(fact))
        ]
        left = [fact for fact in left if fact not in same]
        found += same
        names += [end for fact in same for end in _ends(fact)]
    return found


def names_after(
    name: ContractName, transfers: Iterable[Fact[PolicyTransfer]]
) -> list[ContractName]:
    """The name, and every one that the transfers of the contract tell, each once."""
    return list(dict.fromkeys((name, *(end for fact in transfers for end in _ends(fact)))))


def is_known_as(names: Iterable[ContractName], insurer: str | None, number: str | None) -> Truth:
    """Was the contract with these names ever with this insurer, and ever under this number?

    The two may come from different times: an heir knows the old number and today's insurer. What is
    not claimed fits any contract.
    """
    names = list(names)
    return all_of(
        insurer is None or any_of(*(same_body(insurer, name.insurer) for name in names)),
        number is None or any(fold(number) == fold(name.number) for name in names),
    )


def carried(
    name: ContractName, transfers: Iterable[Fact[PolicyTransfer]], day: date
) -> list[ContractName]:
    """The names that the contract bore one after the other by the day, the last one that day's.

    A transfer that may have been by the day counts as one that was.
    """
    left = sorted(transfers, key=lambda fact: counts_from(fact.content.header).earliest)
    left = [f for f in left if counts_from(f.content.header).happened_by(day) is not False]
    borne = [name]
    while going := next((f for f in left if ContractName.of(f.content).names(borne[-1])), None):
        left.remove(going)
        borne.append(ContractName.after(going.content))
    return borne


def _ends(transfer: Fact[PolicyTransfer]) -> tuple[ContractName, ContractName]:
    return ContractName.of(transfer.content), ContractName.after(transfer.content)


def _is_one(same: Truth, *, perhaps: bool) -> bool:
    return same is True or (perhaps and same is None)
