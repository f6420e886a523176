"""P01 alive: was this person alive on a day, by what the registers had recorded?

A death registered, or declared by a court, with effect on or before the day is a `no`, and stands
on that evidence alone; on the day of death the answer is `no`. A `yes` is a conclusion from
absence: it needs a register that keeps this person's record, that covers them, and whose word is
fresh and without gaps; or it is evidence, as a later death is. Everything between is `unknown` or
`disputed`, with its reason; a notice from a hospital has no legal force.

Legal source (China): Civil Code articles 13, 15 (the date of death by the certificate, else by the
household register), 40, 46 to 48. Freshness and settling come from the connectors' declarations.

The law is the table `RULES`: the first rule that has something to say decides.
"""

from __future__ import annotations

from datetime import timedelta

from civicbus.domain.proofs import alive_contradictions, alive_evidence, alive_silence
from civicbus.domain.proofs.alive_sentences import SENTENCES
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.life_case import LifeCase
from civicbus.domain.proofs.verdict import Rule

RULES: tuple[Rule, ...] = (
    alive_contradictions.contested_death,
    alive_contradictions.broken_chain,
    alive_contradictions.no_record,
    alive_contradictions.death_before_birth,
    alive_evidence.not_born,
    alive_evidence.dead,
    alive_evidence.record_closed_by_death,
    alive_evidence.mismatched_death,
    alive_evidence.notified_only,
    alive_evidence.not_known_to_be_born,
    alive_evidence.died_later,
    alive_evidence.sign_of_life,
    alive_silence.in_doubt,
    alive_silence.declared_missing,
    alive_silence.not_on_record,
    alive_silence.not_maintained,
    alive_silence.implausible_age,
    alive_silence.doubt_about,
    alive_silence.declaration_revoked,
    alive_silence.no_death_registered,
)

PROOF = Kind(
    number="P01",
    name="alive",
    asks={"en": "Was this person alive on a day?", "zh": "此人在某日是否在世？"},
    families=("birth", "death", "union", "identity", "household", "court"),
    hears=("employment", "insurance"),
    rests_on=("death", "identity", "court"),
    fresh_for=timedelta(days=31),
    law={
        "CN": "Civil Code art. 13, 15, 40, 46 to 53; Household Registration Regulations art. 8",
        "NL": "BW 1:413 to 1:426; Wet BRP art. 2.7",
    },
    rules=RULES,
    own_explanations=SENTENCES,
    case=LifeCase,
)
