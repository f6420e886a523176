"""The reasons of the proof `guardian` in plain words."""

from __future__ import annotations

from civicbus.domain.proofs.words import Explanation

RULING_EN = "A later ruling or appointment would."
RULING_ZH = "若有新的裁判或指定，结果将改变。"
ENTRY_EN = "A complete entry in one of the records would."
ENTRY_ZH = "相关登记补全后，结果可能改变。"

SENTENCES: dict[str, Explanation] = {
    "by_ruling": Explanation(
        "Yes on {day}: a ruling or appointment gives authority to the one claimed.",
        "{day}是监护人：依裁判或指定，所称之人担任监护人。",
        RULING_EN,
        RULING_ZH,
    ),
    "by_law": Explanation(
        "Yes on {day}: the one claimed is a parent of this minor, and no ruling says otherwise.",
        "{day}是监护人：所称之人为该未成年人的父母，且无相反裁判。",
        RULING_EN,
        RULING_ZH,
    ),
    "joint_again": Explanation(
        "Yes on {day}: the parents married each other after the ruling, and both have authority.",
        "{day}是监护人：裁判之后父母重新结婚，双方共同行使监护权。",
        RULING_EN,
        RULING_ZH,
    ),
    "other_guardian": Explanation(
        "No on {day}: others have authority over this person, and not the one claimed.",
        "{day}不是监护人：监护权属于他人。",
        RULING_EN,
        RULING_ZH,
    ),
    "guardian_not_named": Explanation(
        "Unknown: a ruling gives authority to somebody whom the register does not name by number.",
        "无法确定：裁判指定了监护人，但登记机关未载明其证件号码。",
        "The guardian's number in the register would.",
        "登记机关补录监护人的证件号码后可答复。",
    ),
    "nobody": Explanation(
        "No on {day}: by a ruling nobody has authority for the time being.",
        "{day}不是监护人：依裁判暂无人行使监护权。",
        RULING_EN,
        RULING_ZH,
    ),
    "of_age": Explanation(
        "No on {day}: this person had come of age, and no guardian is appointed.",
        "{day}不是监护人：此人已成年，且未指定监护人。",
        RULING_EN,
        RULING_ZH,
    ),
    "guardian_dead": Explanation(
        "No on {day}: the one claimed had died by that day.",
        "{day}不是监护人：所称之人已死亡。",
        "The annulment of the death would.",
        "死亡登记被撤销后，结果将改变。",
    ),
    "guardian_unknown": Explanation(
        "Unknown: it cannot be told whether a parent on whom it depends still lives.",
        "无法确定：无法认定相关父母是否在世。",
        "What the proof of that person's life needs would.",
        "该父母的生存状况得到认定后，可再次查询。",
    ),
    "guardian_disputed": Explanation(
        "Disputed: the records of the death of a parent contradict each other.",
        "有争议：有关父母死亡的记录相互矛盾。",
        "A decision of the register that entered the death, or of a court, would.",
        "由登记死亡的机关或法院裁定后，结果可能改变。",
    ),
    "without_capacity": Explanation(
        "Unknown: the parent claimed has no or less capacity; an appointment may be needed.",
        "无法确定：所称之父母的民事行为能力受限，可能需另行指定监护人。",
        RULING_EN,
        RULING_ZH,
    ),
    "needs_appointment": Explanation(
        "Unknown: this adult lacks capacity, and no guardian is registered as appointed.",
        "无法确定：此成年人的民事行为能力受限，且未登记指定监护人。",
        RULING_EN,
        RULING_ZH,
    ),
    "adopted_since": Explanation(
        "Unknown: an adoption after the ruling changed who the parents are.",
        "无法确定：裁判之后发生收养，父母已变更。",
        "A ruling after the adoption would.",
        "收养之后有新的裁判的，可再次查询。",
    ),
    "birth_not_registered": Explanation(
        "Unknown: the birth of this person is not entered, so neither age nor parents are known.",
        "无法确定：此人没有出生登记，年龄和父母均无从认定。",
        "The entry of the birth would.",
        "登记出生后，可再次查询。",
    ),
    "birth_mother": Explanation(
        "Unknown: two parents are entered, and not which of them gave birth.",
        "无法确定：登记有两名父母，但未载明生母。",
        ENTRY_EN,
        ENTRY_ZH,
    ),
    "parent_unknown": Explanation(
        "Unknown: it cannot be told whether the one claimed is a parent.",
        "无法确定：无法认定所称之人是否为父母。",
        ENTRY_EN,
        ENTRY_ZH,
    ),
    "parent_disputed": Explanation(
        "Disputed: it is disputed whether the one claimed is a parent.",
        "有争议：所称之人是否为父母存在争议。",
        "A decision of the register that made the entry, or of a court, would.",
        "由作出登记的机关或法院裁定后，结果可能改变。",
    ),
    "parents_gone": Explanation(
        "Unknown: no parent lives, and no guardian is registered as appointed.",
        "无法确定：父母均已死亡，且未登记指定监护人。",
        RULING_EN,
        RULING_ZH,
    ),
}
