"""Reasons that the proofs about unions share, in plain words."""

from civicbus.domain.proofs.words import Explanation

END_EN = "The registration of an end by that day would: a divorce, a death, or that it was void."
END_ZH = "若登记当日或之前已离婚、一方死亡或婚姻无效，结果将改变。"

UNION_SENTENCES: dict[str, Explanation] = {
    "not_born": Explanation(
        "Not in any union on {day}: the birth is registered for a later date.",
        "{day}尚未出生，无婚姻状况。",
        "A correction of the birth date would.",
        "出生日期被更正后，结果可能改变。",
    ),
    "partner_not_told": Explanation(
        "Unknown: an entry of a union does not tell for certain whose it is, or with whom.",
        "无法确定：一项婚姻登记不能确定当事人。",
        "A correction that names both partners by number would.",
        "登记机关补全双方的证件号码后，结果可能改变。",
    ),
    "partner_in_doubt": Explanation(
        "Unknown: it depends on the partner, about whom the registers say nothing certain.",
        "无法确定：结果取决于对方的情况，而登记不能确定对方的情况。",
        "A correction of the entries about the partner would.",
        "有关对方的登记更正后，结果可能改变。",
    ),
    "partner_disputed": Explanation(
        "Disputed: it depends on the partner, about whom the registers contradict themselves.",
        "有争议：结果取决于对方的情况，而有关对方的登记相互矛盾。",
        "A decision of the register concerned, or of a court, would.",
        "由有关登记机关或法院裁定后，结果可能改变。",
    ),
    "two_unions": Explanation(
        "Disputed: the registers hold two unions at one time, of this person or of the partner.",
        "有争议：登记显示本人或对方同时存在两段婚姻关系。",
        "A decision of the registry, or of a court, on which of the two stands would.",
        "由婚姻登记机关或法院裁定何者有效后，结果可能改变。",
    ),
}
