"""Each reason of the proof `capacity` in plain words. None of them says which capacity it is."""

from civicbus.domain.proofs import while_living
from civicbus.domain.proofs.words import Explanation

SENTENCES: dict[str, Explanation] = {
    "has_by_age": Explanation(
        "Yes on {day}: the person's age gives that capacity, and no court's ruling changes it.",
        "是：{day}此人的年龄使其具有该民事行为能力，且没有法院裁判予以改变。",
        "A court's ruling would, or a correction of the birth date.",
        "法院作出裁判，或出生日期被更正后，结果可能改变。",
    ),
    "has_by_ruling": Explanation(
        "Yes on {day}: a court's ruling on the person's capacity is in force.",
        "是：{day}有法院关于此人民事行为能力的裁判有效。",
        "Another ruling of the court would.",
        "法院另行作出裁判后，结果可能改变。",
    ),
    "has_not_by_age": Explanation(
        "No on {day}: the person's age gives another capacity.",
        "否：{day}按此人的年龄，其民事行为能力与所询问的不同。",
        "A correction of the birth date would, or a court's ruling.",
        "出生日期被更正，或法院作出裁判后，结果可能改变。",
    ),
    "has_not_by_ruling": Explanation(
        "No on {day}: a court's ruling in force gives the person another capacity.",
        "否：{day}有效的法院裁判所认定的民事行为能力与所询问的不同。",
        "Another ruling would; the person, or anyone with an interest, may apply for it.",
        "本人或利害关系人可向法院申请；法院另行裁判后，结果可能改变。",
    ),
    "not_born": Explanation(
        "No on {day}: the person was not yet born.",
        "否：{day}此人尚未出生。",
        "A correction of the birth date would.",
        "出生日期被更正后，结果可能改变。",
    ),
    "own_living": Explanation(
        "Unknown: at sixteen or seventeen it turns on whether the person lives by their own work.",
        "无法确定：已满十六周岁的未成年人，取决于其是否以自己的劳动收入为主要生活来源。",
        "A court's ruling would; else the asker has to see to it.",
        "法院裁判可予确定；否则由查询机关自行核实。",
    ),
    "conflicting_rulings": Explanation(
        "Disputed: rulings of one day say different things about the person's capacity.",
        "有争议：同日作出的裁判对此人民事行为能力的认定不一致。",
        "A correction or another ruling of the court would.",
        "由法院更正或另行裁判后，结果可能改变。",
    ),
    **while_living.EXPLANATIONS,
}
