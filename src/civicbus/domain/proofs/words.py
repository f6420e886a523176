"""Reasons in plain words: why an answer is what it is, and what would change it.

Each proof has its own reasons; here are those that any proof may come to. The texts may name the
day asked about as `{day}`, and the details of the answer by their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason in one sentence, and in another what would lead to a different answer."""

    en: str
    zh: str
    change_en: str
    change_zh: str

    def why(self, values: Mapping[str, object]) -> dict[str, str]:
        """The reason by language, with the values of an answer filled in."""
        return {"en": self.en.format_map(values), "zh": self.zh.format_map(values)}

    def would_change(self, values: Mapping[str, object]) -> dict[str, str]:
        """What would change the answer, by language."""
        return {"en": self.change_en.format_map(values), "zh": self.change_zh.format_map(values)}


WAIT_EN = "Ask again once the register has reported; until then nothing may rest on this answer."
WAIT_ZH = "待登记机关更新数据后再次查询；在此之前不得据此作出决定。"

COMMON: dict[str, Explanation] = {
    "no_such_record": Explanation(
        "Unknown: no competent register keeps a record of this person.",
        "无法确定：没有主管登记机关保存此人的记录。",
        "An entry in a competent register would, or another number of the person.",
        "主管登记机关登记此人，或提供此人的其他证件号码后，结果可能改变。",
    ),
    "not_covered": Explanation(
        "Unknown: no connected register holds these acts completely for such persons.",
        "无法确定：已接入的登记机关未完整覆盖此类人员的该类事项。",
        "A connected register for that period and place would; else a written commitment may do.",
        "接入覆盖该时期和地区的登记机关后可答复；依法也可采用书面承诺代替。",
    ),
    "stale": Explanation(
        "Unknown: a competent register has not reported recently enough for {day}.",
        "无法确定：主管登记机关的最新数据不足以说明{day}的情况。",
        WAIT_EN,
        WAIT_ZH,
    ),
    "gapped": Explanation(
        "Unknown: records of a register have been lost on the way to the bus.",
        "无法确定：登记机关的部分记录在传输中缺失。",
        "The missing records would; their department has to send them again.",
        "由有关部门补传缺失记录后，可再次查询。",
    ),
    "settling": Explanation(
        "Unknown: events of {day} may still be on their way into the register.",
        "无法确定：{day}发生的事项可能尚未登记完毕。",
        WAIT_EN,
        WAIT_ZH,
    ),
    "undetermined_date": Explanation(
        "Unknown: the registered dates do not tell whether it was by {day} or after.",
        "无法确定：登记的日期不完整，不能判断是否在{day}或之前。",
        "A complete date in the register would.",
        "登记机关补全日期后，结果可能改变。",
    ),
    "ambiguous_identity": Explanation(
        "Unknown: the number is registered for more than one person.",
        "无法确定：该号码登记在不止一人名下。",
        "The person's name or birth date in the question may tell them apart.",
        "在查询中提供姓名或出生日期，或可加以区分。",
    ),
    "contested_link": Explanation(
        "Unknown: it is contested whether another number is this person's too.",
        "无法确定：另一号码是否同属此人，存在相反的记录。",
        "A decision of the register that linked the numbers, or of a court, would.",
        "由关联号码的登记机关或法院认定后，结果可能改变。",
    ),
    "reported_identity": Explanation(
        "Unknown: another number or identity of this person was reported, but not entered.",
        "无法确定：有通报称该身份虚假或另有号码，但主管登记机关尚未登记。",
        "An entry by a competent register would, or the withdrawal of the report.",
        "主管登记机关登记，或撤回通报后，结果可能改变。",
    ),
    "mismatched_person": Explanation(
        "Unknown: the name or birth date given is not that of the person with this number.",
        "无法确定：所提供的姓名或出生日期与该号码的登记不符。",
        "The right number, name and birth date together would.",
        "请核对号码、姓名和出生日期后再次查询。",
    ),
    "false_identity": Explanation(
        "Disputed: the register has established that this identity is false.",
        "有争议：登记机关已认定该身份为虚假身份。",
        "The register's finding on the rightful identity would.",
        "登记机关对真实身份作出认定后，结果可能改变。",
    ),
    "quarantined": Explanation(
        "Unknown: a record about this person was refused and awaits repair.",
        "无法确定：有关此人的一条记录未通过校验，正待更正。",
        "The repaired record would; its department has been told.",
        "有关部门更正该记录后，可再次查询。",
    ),
    "under_investigation": Explanation(
        "Unknown: the register is investigating the entry that would decide.",
        "无法确定：登记机关正在核查起决定作用的登记。",
        "The end of the investigation would.",
        "核查结束后，可再次查询。",
    ),
    "notified_only": Explanation(
        "Unknown: it was reported, but no competent register has entered it.",
        "无法确定：有通报，但主管登记机关尚未登记。",
        "An entry by a competent register would, or the withdrawal of the report.",
        "主管登记机关登记，或撤回通报后，结果可能改变。",
    ),
    "conflicting_dates": Explanation(
        "Disputed: registered dates contradict each other about {day}.",
        "有争议：各登记日期对{day}的情况相互矛盾。",
        "A correction by one of the registers in evidence would.",
        "由所列登记机关更正后，结果可能改变。",
    ),
    "contested": Explanation(
        "Disputed: it is contested whether a registered act about this person stands.",
        "有争议：有关此人的一项登记是否有效，存在相反的记录。",
        "A decision of the register that made the entry, or of a court, would.",
        "由作出登记的机关或法院裁定后，结果可能改变。",
    ),
    "id_conflict": Explanation(
        "Disputed: a source contradicts itself; its events bear one id or name each other.",
        "有争议：来源的记录自相矛盾：不同事件使用同一编号，或相互指向。",
        "The source has to send the events again, each with an id of its own.",
        "由来源部门重新发送编号正确的记录后，可再次查询。",
    ),
    "too_many": Explanation(
        "Unknown: more people or numbers are connected with this question than may be followed.",
        "无法确定：与此查询相关的人员或号码超出可核查的范围。",
        "A narrower question would, or the clerk at the register.",
        "请缩小查询范围，或由登记机关人工核查。",
    ),
}
