"""Tags on every field of every schema: how near it is to a person, and by which law it is held.

`personal_data` is one of a closed list. `legal_basis` cites the law under which the field is held
and shared: the country (ISO 3166-1), the law, the article. The reference deployment is in China, so
its laws come first; what only another country's registers have cites theirs. Avro keeps both as
attributes that no decoder reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from civicbus.wire.compatibility import Difference
from civicbus.wire.schemas import Schema

NOT_PERSONAL = "none"
PERSONAL_DATA = {
    NOT_PERSONAL: "Says nothing about a person.",
    "pseudonymous": "About a person, but not whom, without a secret or a register at hand "
    "(GDPR art. 4(5); China's Personal Information Protection Law, PIPL, art. 73(3)).",
    "personal": "About a person who is known or can be (GDPR art. 4(1); PIPL art. 4). Of a child "
    "under 14 it is handled as sensitive (PIPL art. 28).",
    "sensitive": "Apt to harm somebody if it leaks: health, origin, family secrets, protection, "
    "numbers of identity and of contracts (GDPR art. 9, art. 87; PIPL art. 28).",
    "criminal": "Of convictions and offences (GDPR art. 10; in China sensitive, PIPL art. 28).",
}

TECHNICAL = "none needed: technical"
LAW = re.compile(r"[A-Z]{2} [A-Z].* (art|s)\. [0-9]+\S*")


def untagged(name: str, named: Schema) -> Iterator[Difference]:
    """What is wrong with the tags of a record's fields."""
    for part in named["fields"]:
        kind, basis = part.get("personal_data"), part.get("legal_basis")
        if not isinstance(kind, str) or kind not in PERSONAL_DATA:
            remedy = f"make it one of {', '.join(PERSONAL_DATA)}"
            problem = "does not say in personal_data how near it is to a person"
            yield Difference(name, part["name"], problem, remedy)
        if not isinstance(basis, str) or (basis != TECHNICAL and not LAW.fullmatch(basis)):
            remedy = "cite country, law and article, such as CN Civil Code art. 1049"
            problem = "does not say in legal_basis by which law it is held and shared"
            yield Difference(name, part["name"], problem, remedy)
        elif basis == TECHNICAL and kind != NOT_PERSONAL:
            problem = "is about a person, which needs a law"
            yield Difference(name, part["name"], problem, "cite the law in legal_basis")
