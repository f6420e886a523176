"""Each reason of the proof `married_to` in plain words; those that it shares stand in `words`."""

from civicbus.domain.proofs.union_sentences import END_EN, END_ZH, UNION_SENTENCES
from civicbus.domain.proofs.words import Explanation

SENTENCES: dict[str, Explanation] = {
    **UNION_SENTENCES,
    "married": Explanation(
        "Married to each other on {day}: their marriage is registered, and no end by that day.",
        "两人{day}为夫妻：登记的婚姻关系在当日存续。",
        END_EN,
        END_ZH,
    ),
    "in_partnership": Explanation(
        "In a registered partnership with each other on {day}: no end of it by that day.",
        "两人{day}为登记伴侣：登记的伴侣关系在当日存续。",
        END_EN,
        END_ZH,
    ),
    "were_united": Explanation(
        "Yes: a marriage or partnership of these two had begun by {day}.",
        "是：截至{day}，两人之间登记有已开始的婚姻或伴侣关系。",
        "An annulment of that union would.",
        "该婚姻或伴侣关系被依法撤销或宣告无效后，结果将改变。",
    ),
    "not_united": Explanation(
        "No: these two were not married to each other on {day}.",
        "否：两人{day}不是夫妻。",
        "The registration of a marriage or partnership of the two would.",
        "若登记了两人之间的婚姻或伴侣关系，结果将改变。",
    ),
    "never_united": Explanation(
        "No: by {day} these two had never been married to each other.",
        "否：截至{day}，两人之间没有婚姻登记记录。",
        "The registration of a marriage or partnership of the two by that day would.",
        "若登记了两人之间当日或之前的婚姻或伴侣关系，结果将改变。",
    ),
    "one_person": Explanation(
        "No: both numbers are of one person.",
        "否：两个号码属于同一人。",
        "A correction of the links between the numbers would.",
        "号码关联被更正后，结果可能改变。",
    ),
    "may_be_the_other": Explanation(
        "Unknown: a union is registered with somebody who may be the other one, or not.",
        "无法确定：登记的婚姻对方可能是所查询的另一人，但不能确定。",
        "An identity link between the numbers would, or a correction of the entry.",
        "登记机关建立号码关联或更正该项登记后，结果可能改变。",
    ),
}
