"""Each reason of the proof `marital_status` in plain words; shared ones stand in `words`."""

from civicbus.domain.proofs.alive_sentences import SENTENCES as OF_LIFE
from civicbus.domain.proofs.union_sentences import END_EN, END_ZH, UNION_SENTENCES
from civicbus.domain.proofs.words import Explanation

SENTENCES: dict[str, Explanation] = {
    **UNION_SENTENCES,
    "sign_of_life_after_death": OF_LIFE["sign_of_life_after_death"],
    "mismatched_death": OF_LIFE["mismatched_death"],
    "never_married": Explanation(
        "Never married by {day}: the registers are complete and hold no marriage or partnership.",
        "截至{day}未婚：婚姻登记数据完整，没有结婚或伴侣关系登记。",
        "A marriage or partnership that is entered later for that day or before would; one "
        "abroad that nobody reported is not seen.",
        "若日后登记了当日或之前的婚姻，结果将改变；在境外缔结且未报告的婚姻不在查询范围内。",
    ),
    "married": Explanation(
        "Married on {day}: a marriage is registered, and no end of it by that day.",
        "{day}已婚：登记的婚姻关系在当日存续。",
        END_EN,
        END_ZH,
    ),
    "separated": Explanation(
        "Separated on {day}: still married, and a judicial separation was in force.",
        "{day}处于司法分居状态：婚姻关系仍然存续。",
        "The registered end of the separation or of the marriage would.",
        "若登记了分居或婚姻的终止，结果将改变。",
    ),
    "divorced": Explanation(
        "Divorced on {day}: the last marriage had ended by divorce, and none has followed.",
        "{day}离异：最近一次婚姻已因离婚终止，此后没有再婚登记。",
        "The registration of another marriage would, or a ruling that the divorce is void.",
        "若登记了再婚，或离婚被依法撤销，结果将改变。",
    ),
    "widowed": Explanation(
        "Widowed on {day}: the last marriage had ended by the spouse's death; none has followed.",
        "{day}丧偶：最近一次婚姻因配偶死亡终止，此后没有再婚登记。",
        "The registration of another marriage would, or the annulment of that death.",
        "若登记了再婚，或配偶的死亡登记被撤销，结果将改变。",
    ),
    "in_partnership": Explanation(
        "In a registered partnership on {day}: no end or conversion of it by that day.",
        "{day}处于登记伴侣关系中：该关系在当日存续。",
        END_EN,
        END_ZH,
    ),
    "separated_partner": Explanation(
        "Separated on {day}: still in a registered partnership, with a separation in force.",
        "{day}处于司法分居状态：登记伴侣关系仍然存续。",
        "The registered end of the separation or of the partnership would.",
        "若登记了分居或伴侣关系的终止，结果将改变。",
    ),
    "partnership_dissolved": Explanation(
        "Once in a registered partnership, which had been dissolved by {day}; none has followed.",
        "截至{day}登记伴侣关系已解除，此后没有新的登记。",
        "The registration of another union would.",
        "若登记了新的婚姻或伴侣关系，结果将改变。",
    ),
    "surviving_partner": Explanation(
        "Surviving partner on {day}: the registered partnership had ended by the other's death.",
        "{day}为丧偶伴侣：登记伴侣关系因对方死亡终止。",
        "The registration of another union would, or the annulment of that death.",
        "若登记了新的婚姻或伴侣关系，或对方的死亡登记被撤销，结果将改变。",
    ),
    "ended_by_presumption": Explanation(
        "Not in a union on {day}: the last one had ended because one of the two was declared or "
        "presumed dead.",
        "{day}无配偶：最近一次婚姻或伴侣关系因一方被宣告或推定死亡而终止。",
        "A revocation of that declaration would, or the registration of another union.",
        "若死亡宣告被撤销，或登记了新的婚姻，结果将改变。",
    ),
    "other_status": Explanation(
        "No: the marital status on {day} was another one than the one claimed.",
        "否：{day}的婚姻状况与所主张的不符。",
        "A correction of the registers in evidence would.",
        "由所列登记机关更正后，结果可能改变。",
    ),
    "died": Explanation(
        "Not living on {day}: the details tell the marital status at death.",
        "{day}已不在世：附项所列为死亡时的婚姻状况。",
        "An annulment or correction of that death would.",
        "死亡登记被撤销或更正后，结果将改变。",
    ),
    "order_unknown": Explanation(
        "Unknown: the last union ended in one of two ways, and the dates leave open in which.",
        "无法确定：最近一次婚姻有两种可能的终止方式，登记日期不能说明孰先孰后。",
        "A correction that tells which of them came first would.",
        "登记机关查明先后顺序并更正后，结果可能改变。",
    ),
}
