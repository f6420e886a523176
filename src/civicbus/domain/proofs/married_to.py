"""P04 married_to: was this person married to another on a day, or ever by it?

Asked is about a marriage or registered partnership; the reason of a `yes` says which of the two it
was on the day. A partnership that was converted into a marriage is one union. What decides is the
same as for the marital status (`marital_status.py`): what an authority for unions has entered or a
court decreed, and the death of either.

The answer is the same from whichever side it is asked. Where only one of the two is shown as united
to the other, the record of the one asked about decides, with the flag `asymmetric`. Two numbers
that differ are two people, but where the entry names somebody who may be the one meant, the answer
is unknown until an identity link tells: certificates bear mistyped and outdated numbers.

Whether a separation is in force makes no difference. A reissued certificate is no new union.

Legal source (China): Civil Code articles 1049, 1051, 1052, 1080, 1083; 46 to 51 for deaths
declared. Netherlands: BW 1:149, 1:80c.
"""

from __future__ import annotations

from datetime import timedelta

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.proofs import married_to_rules, union_rules
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.married_to_case import PairCase
from civicbus.domain.proofs.married_to_sentences import SENTENCES
from civicbus.domain.proofs.verdict import Rule

RULES: tuple[Rule, ...] = (
    married_to_rules.one_person,
    married_to_rules.not_born,
    union_rules.too_many_people,
    married_to_rules.other_in_doubt,
    married_to_rules.parted_by_death,
    union_rules.broken_chain,
    union_rules.contested,
    union_rules.contradictory,
    union_rules.under_investigation,
    union_rules.partner_not_told,
    married_to_rules.ever_united,
    married_to_rules.death_in_doubt,
    married_to_rules.two_unions,
    married_to_rules.form_unknown,
    married_to_rules.undetermined,
    union_rules.reported_only,
    married_to_rules.may_be_the_other,
    married_to_rules.ended_later,
    married_to_rules.doubt_about,
    married_to_rules.united,
    married_to_rules.not_united,
)

PROOF = Kind(
    number="P04",
    name="married_to",
    asks={
        "en": "Was this person married to, or the registered partner of, the other on a day?",
        "zh": "此人与另一人在某日是否为夫妻或登记伴侣？",
    },
    families=("birth", "union", "death", "court", "identity", "household"),
    rests_on=("union", "court", "death", "identity"),
    fresh_for=timedelta(days=31),
    law={
        "CN": "Civil Code art. 46 to 51, 1049, 1051, 1052, 1080, 1083",
        "NL": "BW 1:80c, 1:149",
    },
    claims=(
        Claim("spouse", ClaimKind.PERSON, "The other person.", required=True),
        Claim(
            "ever", ClaimKind.CODE, "`yes`: at any time by the day, and not on it alone.",
            codes=("no", "yes"),
        ),
    ),
    rules=RULES,
    own_explanations=SENTENCES,
    case=PairCase,
)  # fmt: skip
