"""Flags in plain words: what a caseworker should look at beside an answer.

A flag never changes an outcome. Proofs give its code; a person reads its sentence.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlagWords:
    """A flag in one sentence, by language."""

    en: str
    zh: str


FLAGS: dict[str, FlagWords] = {
    "superseded_number": FlagWords(
        "The person has another number now.",
        "此人现已使用其他号码。",
    ),
    "parked_change": FlagWords(
        "A change has arrived of an act that has not.",
        "已收到一项变更，但其所变更的登记尚未收到。",
    ),
    "number_warning": FlagWords(
        "A part of the number is unusual; look whether it is written right.",
        "号码的某一部分不常见，请核对是否填写正确。",
    ),
    "sign_of_life_after_declaration": FlagWords(
        "An act that needs a living person is registered after the declaration of death.",
        "宣告死亡之后仍登记有须由本人参与的事项。",
    ),
    "open_dispute": FlagWords(
        "A dispute about the act is open.",
        "有关该事项的争议尚未了结。",
    ),
    "death_registered": FlagWords(
        "A death of the person is registered by that day.",
        "登记有此人当日或之前的死亡。",
    ),
    "conflicting_dates": FlagWords(
        "Registered dates of the act differ.",
        "该事项的各登记日期不一致。",
    ),
    "unusual_age": FlagWords(
        "By the dates a newborn died, or somebody of 120 or older; look whether both are right.",
        "按登记日期，死者为新生儿或年满一百二十岁，请核对两个日期是否正确。",
    ),
    "asymmetric": FlagWords(
        "The other person's record does not say the same.",
        "另一方的登记与此不一致。",
    ),
    "partner_not_followed": FlagWords(
        "The partner has no number here, so a death of theirs would not be seen.",
        "其配偶在此没有号码，若其死亡则无从得知。",
    ),
    "protected_address": FlagWords(
        "The address is protected; keep what the answer tells to yourself.",
        "该住址受保护，请勿向他人透露查询结果。",
    ),
    "degraded_date": FlagWords(
        "A register holds a date with parts that cannot be.",
        "登记的日期含有不可能的部分。",
    ),
    "without_number": FlagWords(
        "The other person is known by name and birth date alone.",
        "对方仅以姓名和出生日期识别。",
    ),
    "document_lost": FlagWords(
        "The paper of it is reported lost; what it stands for goes on.",
        "其证件或凭证已报失，其权利不受影响。",
    ),
}
