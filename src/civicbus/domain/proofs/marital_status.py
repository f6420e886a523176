"""P03 marital_status: what was a person's marital status on a day?

The status is that of the union in which the person was on the day, else of the one that ended last.
What decides is what an authority for unions has entered, or a court decreed, and the death of a
spouse, wherever that was entered. A divorce by a court counts from when it took effect; an
application for divorce, or a reissued certificate, changes nothing. A union that was void never
was, and the answer does not mention it.

Everything that is not seen could change the status, so every answer needs registers that are heard
of: for unions, for what courts dissolve (a registry of marriages that does not take that in cannot
answer alone), and for deaths. A marriage abroad that nobody reported is not seen; `never_married`
says what the registers hold, and is not said of whoever they did not follow since they could first
have married.

Without the claim `status` the answer is `yes` and its reason is the status. With it, `yes` if it is
that one, else `no`, and which one it is stays untold. Of somebody who had died by the day the
status is told as it was at death. Beside the status stands its code in GB/T 2261.2, where that has
one: 10 never married, 21 first marriage, 22 married again, 23 married again to the same spouse
(20 where an earlier marriage would not be seen), 30 widowed, 40 divorced.

Legal source (China): Civil Code articles 1049, 1051 to 1054, 1076 to 1080; 46 to 51 for deaths
declared; Marriage Registration Regulations. Netherlands: BW 1:31, 1:80a to 1:80g, 1:149, 1:169.
The statuses are Norway's (`sivilstand`) but for the ended by presumption (LO3 07.40 `R`).
"""

from __future__ import annotations

from datetime import timedelta

from civicbus.domain.claims import Claim, ClaimKind
from civicbus.domain.proofs import marital_status_rules, union_rules
from civicbus.domain.proofs.kind import Kind
from civicbus.domain.proofs.marital_status_rules import STATUSES
from civicbus.domain.proofs.marital_status_sentences import SENTENCES
from civicbus.domain.proofs.union_case import UnionCase
from civicbus.domain.proofs.verdict import Rule

RULES: tuple[Rule, ...] = (
    union_rules.not_born,
    union_rules.own_death_unclear,
    union_rules.too_many_people,
    union_rules.broken_chain,
    union_rules.contested,
    union_rules.contradictory,
    union_rules.under_investigation,
    union_rules.partner_not_told,
    union_rules.partners_word_unclear,
    union_rules.two_unions,
    union_rules.undetermined,
    union_rules.reported_only,
    marital_status_rules.order_unknown,
    marital_status_rules.form_unknown,
    marital_status_rules.separation_unknown,
    marital_status_rules.doubt_about,
    marital_status_rules.at_death,
    marital_status_rules.status,
)

PROOF = Kind(
    number="P03",
    name="marital_status",
    asks={
        "en": "What was this person's marital status on a day?",
        "zh": "此人在某日的婚姻状况如何？",
    },
    families=("birth", "union", "death", "court", "identity", "household"),
    rests_on=("union", "court", "death", "identity"),
    fresh_for=timedelta(days=31),
    law={
        "CN": "Civil Code art. 46 to 51, 1049, 1051, 1076 to 1080",
        "NL": "BW 1:80a to 1:80g, 1:149, 1:169; Wet BRP art. 2.7",
    },
    claims=(
        Claim(
            "status", ClaimKind.CODE, "The status, if it is only asked whether it is that.",
            codes=STATUSES,
        ),
    ),
    rules=RULES,
    own_explanations=SENTENCES,
    case=UnionCase,
)  # fmt: skip
