"""Each reason of the proof `alive` in one plain sentence, English and Chinese."""

SENTENCES: dict[str, dict[str, str]] = {
    "no_death_registered": {
        "en": "Alive on {day}: the registers are up to date and hold no death by that day.",
        "zh": "{day}在世：主管登记机关的数据完整且及时，没有当日或之前的死亡登记。",
    },
    "died_later": {
        "en": "Alive on {day}: a death is registered for a later date.",
        "zh": "{day}在世：登记的死亡日期在此之后。",
    },
    "sign_of_life": {
        "en": "Alive on {day}: an act of that day or later is registered that needed the person.",
        "zh": "{day}在世：登记有当日或之后须由本人参与的事项。",
    },
    "death_registered": {
        "en": "Not alive on {day}: a death on or before that day is registered.",
        "zh": "{day}已不在世：登记有当日或之前的死亡。",
    },
    "declared_dead": {
        "en": "Not alive on {day} in law: a court has declared the person dead. It can be revoked.",
        "zh": "{day}在法律上已死亡：法院已宣告死亡，该宣告可依法撤销。",
    },
    "not_born": {
        "en": "Not alive on {day}: not yet born, the birth is registered for a later date.",
        "zh": "{day}尚未出生：登记的出生日期在此之后。",
    },
    "no_such_record": {
        "en": "Unknown: no competent register keeps a record of this person.",
        "zh": "无法确定：没有主管登记机关保存此人的记录。",
    },
    "not_covered": {
        "en": "Unknown: no connected register is competent for persons with this kind of number.",
        "zh": "无法确定：尚无已接入的登记机关负责此类证件号码的人员。",
    },
    "stale": {
        "en": "Unknown: a competent register has not reported recently enough for {day}.",
        "zh": "无法确定：主管登记机关的最新数据不足以说明{day}的情况。",
    },
    "gapped": {
        "en": "Unknown: records of a register have been lost on the way to the bus.",
        "zh": "无法确定：登记机关的部分记录在传输中缺失。",
    },
    "settling": {
        "en": "Unknown: events of {day} may still be on their way into the register.",
        "zh": "无法确定：{day}发生的事项可能尚未登记完毕。",
    },
    "undetermined_date": {
        "en": "Unknown: the registered dates do not tell whether it was by {day} or after.",
        "zh": "无法确定：登记的日期不完整，不能判断是否在{day}或之前。",
    },
    "notified_only": {
        "en": "Unknown: a death was reported, but no register has entered it. Suspend and verify.",
        "zh": "无法确定：有死亡通报，但尚未登记。请暂缓处理并核实。",
    },
    "not_maintained": {
        "en": "Unknown: the register no longer keeps this person's record up to date.",
        "zh": "无法确定：登记机关已不再更新此人的记录。",
    },
    "declared_missing": {
        "en": "Unknown: a court has declared the person missing.",
        "zh": "无法确定：法院已宣告此人失踪。",
    },
    "ambiguous_identity": {
        "en": "Unknown: the number is registered for more than one person.",
        "zh": "无法确定：该号码登记在不止一人名下。",
    },
    "implausible_age": {
        "en": "Unknown: by the record the person would be 120 or older, and needs to be checked.",
        "zh": "无法确定：按记录推算，此人年满一百二十岁或以上，需要核查。",
    },
    "quarantined": {
        "en": "Unknown: a record about this person was refused and awaits repair.",
        "zh": "无法确定：有关此人的一条记录未通过校验，正待更正。",
    },
    "under_investigation": {
        "en": "Unknown: the register is investigating the entry that would decide.",
        "zh": "无法确定：登记机关正在核查起决定作用的登记。",
    },
    "conflicting_dates": {
        "en": "Disputed: registered dates contradict each other about {day}.",
        "zh": "有争议：各登记日期对{day}的情况相互矛盾。",
    },
    "sign_of_life_after_death": {
        "en": "Disputed: an act that needs a living person is registered after the death.",
        "zh": "有争议：死亡日期之后仍登记有须由本人参与的事项。",
    },
    "contested": {
        "en": "Disputed: it is contested whether a registered act about this person stands.",
        "zh": "有争议：有关此人的一项登记是否有效，存在相反的记录。",
    },
    "id_conflict": {
        "en": "Disputed: a source contradicts itself; its events bear one id or name each other.",
        "zh": "有争议：来源的记录自相矛盾：不同事件使用同一编号，或相互指向。",
    },
}
