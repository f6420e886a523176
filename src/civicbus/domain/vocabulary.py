"""The closed vocabularies that all events, and those of birth, death and unions, use.

`record_codes` has those of the other records. Each is an enum of the same name in `schemas/`. On
the wire every enum has a further symbol, UNKNOWN: what an old reader sees in place of a symbol that
it does not know. It states nothing, so no event may be built with it.
"""

from enum import StrEnum


class Change(StrEnum):
    """What an event does. All but CREATED name the event that they change."""

    CREATED = "CREATED"
    CORRECTED = "CORRECTED"
    ENDED = "ENDED"
    REINSTATED = "REINSTATED"


class LegalState(StrEnum):
    """How far an act has come in law: only REGISTERED and DECLARED (by a court) have force."""

    NOTIFIED = "NOTIFIED"
    REGISTERED = "REGISTERED"
    DECLARED = "DECLARED"


class Cause(StrEnum):
    """Why the event is published now; subscribers may divert bulk causes."""

    GENUINE = "GENUINE"
    BULK = "BULK"
    MIGRATION = "MIGRATION"
    CORRECTION = "CORRECTION"


class Role(StrEnum):
    """In which capacity an act concerns a person."""

    CHILD = "CHILD"
    MOTHER = "MOTHER"
    FATHER = "FATHER"
    PARENT = "PARENT"  # where the register does not say which
    DECEASED = "DECEASED"
    PARTNER = "PARTNER"
    PERSON = "PERSON"  # the one whose record it is
    FORMER = "FORMER"  # known by this number before, or by mistake beside another
    RIGHTFUL = "RIGHTFUL"  # the one to whom an identity really belongs
    WRONGLY_NAMED = "WRONGLY_NAMED"  # entered by mistake; the act does not concern them
    HEAD = "HEAD"  # of a household
    WARD = "WARD"
    GUARDIAN = "GUARDIAN"
    EMPLOYEE = "EMPLOYEE"
    HOLDER = "HOLDER"  # of a policy or a licence
    INSURED = "INSURED"
    BENEFICIARY = "BENEFICIARY"
    BUSINESS = "BUSINESS"


class BasisKind(StrEnum):
    """The kind of document that an entry rests on."""

    DEED = "DEED"
    CERTIFICATE = "CERTIFICATE"
    JUDGMENT = "JUDGMENT"
    DECLARATION = "DECLARATION"
    FOREIGN_DOCUMENT = "FOREIGN_DOCUMENT"
    EX_OFFICIO = "EX_OFFICIO"


class Sex(StrEnum):
    """ISO/IEC 5218."""

    NOT_KNOWN = "NOT_KNOWN"
    MALE = "MALE"
    FEMALE = "FEMALE"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class UnionKind(StrEnum):
    """Forms of union that a register keeps."""

    MARRIAGE = "MARRIAGE"
    PARTNERSHIP = "PARTNERSHIP"


class UnionEnd(StrEnum):
    """Why a union ended. A union that was void is annulled instead: it never was."""

    DISSOLUTION = "DISSOLUTION"
    DEATH = "DEATH"
    PRESUMED_DEATH = "PRESUMED_DEATH"
    CONVERSION = "CONVERSION"  # of a partnership into a marriage: the two stay united


class RegistrationEnd(StrEnum):
    """Why a register stopped keeping a person's record up to date (Dutch LO3 67.20)."""

    DEATH = "DEATH"
    EMIGRATION = "EMIGRATION"
    NON_RESIDENT = "NON_RESIDENT"
    DECISION = "DECISION"
    ERROR = "ERROR"
    ERASED = "ERASED"
    DUPLICATE = "DUPLICATE"  # another record of the same person goes on
    ENLISTED = "ENLISTED"


# After these a register hears no more of what becomes of a person.
NO_LONGER_FOLLOWED = (
    RegistrationEnd.EMIGRATION,
    RegistrationEnd.NON_RESIDENT,
    RegistrationEnd.DECISION,
)


class AnnulmentReason(StrEnum):
    """Why something recorded is withdrawn (after GOV.UK's update reasons)."""

    WRONG_PERSON = "WRONG_PERSON"
    NEVER_HAPPENED = "NEVER_HAPPENED"
    FORMAL_CORRECTION = "FORMAL_CORRECTION"
    COURT_RULING = "COURT_RULING"
    ROW_ACCEPTED = "ROW_ACCEPTED"  # withdraws a Refusal: the row has since been mapped
