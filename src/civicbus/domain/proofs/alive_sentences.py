"""Each reason of the proof `alive` in plain words; those that it shares stand in `words`."""

from civicbus.domain.proofs.words import Explanation

SENTENCES: dict[str, Explanation] = {
    "no_death_registered": Explanation(
        "Alive on {day}: the registers are up to date and hold no death by that day.",
        "{day}在世：主管登记机关的数据完整且及时，没有当日或之前的死亡登记。",
        "A death that is registered later for that day or before would.",
        "若日后登记了当日或之前的死亡，结果将改变。",
    ),
    "declaration_revoked": Explanation(
        "Alive on {day}: a court has revoked its declaration of death, and no death is registered.",
        "{day}在世：法院已撤销死亡宣告，且没有当日或之前的死亡登记。",
        "A death that is registered later for that day or before would.",
        "若日后登记了当日或之前的死亡，结果将改变。",
    ),
    "mismatched_death": Explanation(
        "Unknown: a death is entered under this number with another name or birth date.",
        "无法确定：该号码下有一项死亡登记，但姓名或出生日期与此人不符。",
        "A correction by the register that entered the death would. Stop nothing meanwhile.",
        "由登记死亡的机关更正后，结果将改变；在此之前不得终止待遇。",
    ),
    "died_later": Explanation(
        "Alive on {day}: a death is registered for a later date.",
        "{day}在世：登记的死亡日期在此之后。",
        "A correction of the date of death would.",
        "死亡日期被更正后，结果可能改变。",
    ),
    "sign_of_life": Explanation(
        "Alive on {day}: an act of that day or later is registered that needed the person.",
        "{day}在世：登记有当日或之后须由本人参与的事项。",
        "The annulment of that act would.",
        "该事项被撤销后，结果可能改变。",
    ),
    "death_registered": Explanation(
        "Not alive on {day}: a death on or before that day is registered.",
        "{day}已不在世：登记有当日或之前的死亡。",
        "An annulment or correction by the register that entered the death would.",
        "由登记死亡的机关撤销或更正后，结果可能改变。",
    ),
    "declared_dead": Explanation(
        "Not alive on {day} in law: a court has declared the person dead. It can be revoked.",
        "{day}在法律上已死亡：法院已宣告死亡，该宣告可依法撤销。",
        "A court's revocation would; the person, or anyone with an interest, may apply for it.",
        "本人或利害关系人可向法院申请撤销死亡宣告；撤销后结果将改变。",
    ),
    "not_born": Explanation(
        "Not alive on {day}: not yet born, the birth is registered for a later date.",
        "{day}尚未出生：登记的出生日期在此之后。",
        "A correction of the birth date would.",
        "出生日期被更正后，结果可能改变。",
    ),
    "notified_only": Explanation(
        "Unknown: a death was reported, but no register has entered it. Suspend and verify.",
        "无法确定：有死亡通报，但尚未登记。请暂缓处理并核实。",
        "An entry of the death would, or the withdrawal of the report. Stop nothing meanwhile.",
        "登记机关登记该死亡或撤回通报后，结果将改变；在此之前不得终止待遇。",
    ),
    "not_maintained": Explanation(
        "Unknown: the register no longer keeps this person's record up to date.",
        "无法确定：登记机关已不再更新此人的记录。",
        "A sign of life at an office, or a register that keeps the record now, would.",
        "本人到场核验，或由现登记机关提供数据后，结果可能改变。",
    ),
    "declared_missing": Explanation(
        "Unknown: a court has declared the person missing.",
        "无法确定：法院已宣告此人失踪。",
        "The court's revocation, or a sign of life, would.",
        "法院撤销失踪宣告或本人现身后，结果可能改变。",
    ),
    "implausible_age": Explanation(
        "Unknown: by the record the person would be 120 or older, and needs to be checked.",
        "无法确定：按记录推算，此人年满一百二十岁或以上，需要核查。",
        "A sign of life at an office would.",
        "本人到场核验后，结果可能改变。",
    ),
    "sign_of_life_after_death": Explanation(
        "Disputed: an act that needs a living person is registered after the death.",
        "有争议：死亡日期之后仍登记有须由本人参与的事项。",
        "A decision of the register that entered the death, or of a court, would.",
        "由登记死亡的机关或法院裁定后，结果可能改变。",
    ),
}
