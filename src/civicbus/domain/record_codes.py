"""The closed vocabularies of single records; `vocabulary` has those that all events share.

Each is an enum of the same name in `schemas/`, there with the further symbol UNKNOWN.
"""

from enum import StrEnum

# --- identity ------------------------------------------------------------------------------------


class NameKind(StrEnum):
    """What a name is to its bearer."""

    OFFICIAL = "OFFICIAL"
    TRANSLITERATION = "TRANSLITERATION"  # the official name in another script
    ALIAS = "ALIAS"


class AttributeKind(StrEnum):
    """Attributes of identity that a register keeps beside name and birth."""

    SEX = "SEX"  # as registered; never read off a number
    ETHNICITY = "ETHNICITY"  # GB/T 3304 where a code is used
    NATIONALITY = "NATIONALITY"  # ISO 3166-1 alpha-2
    ORIGIN = "ORIGIN"  # native place


class LinkKind(StrEnum):
    """Why two numbers are one person's."""

    NUMBER_CORRECTED = "NUMBER_CORRECTED"
    NUMBER_UPGRADED = "NUMBER_UPGRADED"  # 15 to 18 digits
    NUMBER_REPLACED = "NUMBER_REPLACED"  # after a change of sex or birth date, or another scheme
    RECORDS_MERGED = "RECORDS_MERGED"


class SignKind(StrEnum):
    """How an office saw that a person lives."""

    IN_PERSON = "IN_PERSON"
    FACE_CHECK = "FACE_CHECK"
    BIOMETRIC_CHECK = "BIOMETRIC_CHECK"
    MEDICAL_VISIT = "MEDICAL_VISIT"


class DocumentKind(StrEnum):
    """Documents whose loss or replacement says nothing about the right behind them."""

    IDENTITY_CARD = "IDENTITY_CARD"
    PASSPORT = "PASSPORT"
    BIRTH_CERTIFICATE = "BIRTH_CERTIFICATE"
    MARRIAGE_CERTIFICATE = "MARRIAGE_CERTIFICATE"
    DIVORCE_CERTIFICATE = "DIVORCE_CERTIFICATE"
    LICENCE = "LICENCE"
    POLICY = "POLICY"
    DIPLOMA = "DIPLOMA"
    TITLE_DEED = "TITLE_DEED"


class DocumentEnd(StrEnum):
    """Why a document can no longer be used."""

    LOST = "LOST"
    STOLEN = "STOLEN"
    REPLACED = "REPLACED"
    EXPIRED = "EXPIRED"
    SURRENDERED = "SURRENDERED"


# --- household, kinship --------------------------------------------------------------------------


class HouseholdEnd(StrEnum):
    """Why an entry in a household register ended. Only DEATH has to do with life."""

    MOVED_OUT = "MOVED_OUT"  # a permit was issued; the person is on the way
    DEATH = "DEATH"
    SETTLED_ABROAD = "SETTLED_ABROAD"
    NATURALISED = "NATURALISED"
    ENLISTED = "ENLISTED"
    DUPLICATE = "DUPLICATE"
    FRAUD = "FRAUD"
    ERROR = "ERROR"


class ParentageKind(StrEnum):
    """How somebody became, or is not, a parent other than by the entry of the birth."""

    RECOGNITION = "RECOGNITION"
    COURT_DECLARATION = "COURT_DECLARATION"
    LEGITIMATION = "LEGITIMATION"
    ADOPTION = "ADOPTION"
    STEP = "STEP"
    DENIAL = "DENIAL"  # the person named never was a parent
    UNSPECIFIED = "UNSPECIFIED"  # the register names the parent, and not how they became one


class ParentageEnd(StrEnum):
    """Why a parentage ended, from then on; one that never was is annulled."""

    ADOPTION_DISSOLVED = "ADOPTION_DISSOLVED"
    ADOPTED_BY_OTHERS = "ADOPTED_BY_OTHERS"
    UNION_ENDED = "UNION_ENDED"  # of a step-parent


class GuardianshipKind(StrEnum):
    """Who decides for somebody who cannot decide alone."""

    GUARDIANSHIP = "GUARDIANSHIP"
    PARENTAL_AUTHORITY = "PARENTAL_AUTHORITY"
    NOBODY = "NOBODY"  # a ruling that for the time being nobody has authority


# --- work, insurance, pensions -------------------------------------------------------------------


class InsuranceKind(StrEnum):
    """Branches of social insurance (China's Social Insurance Law, article 2)."""

    PENSION = "PENSION"
    MEDICAL = "MEDICAL"
    UNEMPLOYMENT = "UNEMPLOYMENT"
    WORK_INJURY = "WORK_INJURY"
    MATERNITY = "MATERNITY"


class PensionKind(StrEnum):
    """What a pension is paid for."""

    OLD_AGE = "OLD_AGE"
    SURVIVOR = "SURVIVOR"
    DISABILITY = "DISABILITY"
    RESIDENT = "RESIDENT"  # the basic pension of residents without employment


class PensionEnd(StrEnum):
    """Why a pension ended."""

    DEATH = "DEATH"
    TRANSFERRED = "TRANSFERRED"
    NOT_ENTITLED = "NOT_ENTITLED"


class PolicyEnd(StrEnum):
    """Why a policy is no longer in force."""

    LAPSED = "LAPSED"
    SURRENDERED = "SURRENDERED"
    MATURED = "MATURED"
    CLAIMED = "CLAIMED"
    TERMINATED = "TERMINATED"


# --- licences, education, business, courts -------------------------------------------------------


class LicenceEnd(StrEnum):
    """Why a licence no longer holds."""

    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    SURRENDERED = "SURRENDERED"


class EducationKind(StrEnum):
    """Steps of an education."""

    ENROLMENT = "ENROLMENT"
    GRADUATION = "GRADUATION"
    DEGREE = "DEGREE"
    QUALIFICATION = "QUALIFICATION"


class BusinessEnd(StrEnum):
    """Why a business left the register."""

    DEREGISTERED = "DEREGISTERED"
    MERGED = "MERGED"
    REVOKED = "REVOKED"


class Capacity(StrEnum):
    """Capacity for civil acts (China's Civil Code, articles 18 to 24)."""

    FULL = "FULL"
    LIMITED = "LIMITED"
    NONE = "NONE"


class DisputeBy(StrEnum):
    """Who says that a recorded act is wrong. The dispute counts at once, whoever it is."""

    SUBJECT = "SUBJECT"
    CASEWORKER = "CASEWORKER"
    IDENTITY_CHECK = "IDENTITY_CHECK"
