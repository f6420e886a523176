"""Repeats: a file delivered twice is delivered once, and its order says nothing.

A connector that crashed reads its file again, and a register exports its rows as it pleases. So the
same record has to give the same bytes every time, wherever it stands.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from civicbus.connect.conformance.findings import Finding
from civicbus.connect.conformance.sample import Sample, in_another_order
from civicbus.connect.mapped import Mapped

SEED = 20260101


def twice(sample: Sample) -> Iterator[Finding]:
    """Records that come to something else the second time, and answers that a repetition changes.

    The first delivery stays: what the second one adds is there beside it.
    """
    again = sample.mapped_again(sample.records)
    told = "comes to something else the second time; build it of the row alone, ids by event_id"
    yield from _differing(sample, again, told)
    yield from _answered(sample, (*sample.mapped, *again), "the file was delivered twice")


def order(sample: Sample) -> Iterator[Finding]:
    """Records that come to something else elsewhere in the file, and answers that differ by it."""
    told = (
        "comes to something else where the rows stand in another order; build it of the record "
        "alone, and not of its line"
    )
    reverse = list(range(len(sample.records)))[::-1]
    shuffled = reverse.copy()
    random.Random(SEED).shuffle(shuffled)  # noqa: S311 - nobody need be unable to guess it
    found: dict[Finding, None] = {}  # both orders may show the same
    for places in (reverse, shuffled):
        mapped = sample.mapped_again(in_another_order(sample.records[place] for place in places))
        by_place = dict(zip(places, mapped, strict=True))
        again = [by_place[place] for place in range(len(places))]
        found |= dict.fromkeys(_differing(sample, again, told))
        found |= dict.fromkeys(_answered(sample, mapped, "the rows stand in another order"))
    yield from found


def _differing(sample: Sample, again: Sequence[Mapped], told: str) -> Iterator[Finding]:
    for one, before, after in zip(sample.records, sample.mapped, again, strict=True):
        if (before.subject, sample.bytes_of(before)) != (after.subject, sample.bytes_of(after)):
            yield Finding(told, one.file, before.line)


def _answered(sample: Sample, mapped: Iterable[Mapped], when: str) -> Iterator[Finding]:
    """The proofs of which an answer is another one when this was delivered."""
    after = sample.answers_from(mapped)
    differing = (key[0] for key, answer in sample.answers.items() if after[key] != answer)
    for proof in dict.fromkeys(differing):
        yield Finding(f"the proof {proof} answers otherwise when {when}", field=proof)
