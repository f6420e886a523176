"""The reasons of the proof `identity_attribute` in plain words."""

from __future__ import annotations

from civicbus.domain.proofs.words import Explanation

CORRECTION_EN = "A correction by the register in evidence would."
CORRECTION_ZH = "由所列登记机关更正后，结果可能改变。"

SENTENCES: dict[str, Explanation] = {
    "as_registered": Explanation(
        "It is so: the register has for {day} what is claimed.",
        "属实：登记机关在{day}的登记与所称一致。",
        "A change with effect by that day, or a correction, would.",
        "若登记了当日或之前生效的变更，或作出更正，结果将改变。",
    ),
    "differs": Explanation(
        "It is not so: the register has for {day} something other than what is claimed.",
        "不属实：登记机关在{day}的登记与所称不一致。",
        "A change with effect by that day, or a correction, would.",
        "若登记了当日或之前生效的变更，或作出更正，结果将改变。",
    ),
    "was_so_named": Explanation(
        "It is so: the person bore that name before {day}, and then another one.",
        "属实：此人在{day}之前曾使用该姓名，后已变更。",
        CORRECTION_EN,
        CORRECTION_ZH,
    ),
    "not_so_named": Explanation(
        "It is not so: no earlier name that the register has is the one claimed.",
        "不属实：登记机关登记的曾用名均与所称不一致。",
        "The registration of a further earlier name would.",
        "若登记了其他曾用名，结果将改变。",
    ),
    "not_registered": Explanation(
        "Unknown: no competent register has an entry of this attribute for {day}.",
        "无法确定：主管登记机关没有该项身份信息在{day}的登记。",
        "An entry by a competent register would.",
        "主管登记机关登记后，结果可能改变。",
    ),
    "may_be_the_same": Explanation(
        "Unknown: what is claimed and what is registered may be one, written in two ways.",
        "无法确定：所称内容与登记内容可能是同一事项的不同写法。",
        "The value as the register writes it would.",
        "按登记机关的写法提供后，可再次查询。",
    ),
    "may_be_kept": Explanation(
        "Unknown: a later nationality is registered, and not whether the one claimed was lost.",
        "无法确定：登记了在后取得的国籍，但未登记所称国籍是否丧失。",
        "The registration of its loss would, or that it was kept.",
        "登记该国籍的丧失或保留后可答复。",
    ),
    "not_comparable": Explanation(
        "Unknown: what is claimed cannot be read as a value of this attribute.",
        "无法确定：所称内容不符合该项身份信息的格式。",
        "A value in the form that the question asks for would.",
        "按要求的格式提供后，可再次查询。",
    ),
    "conflicting_values": Explanation(
        "Disputed: competent registers differ about this attribute.",
        "有争议：各主管登记机关对该项身份信息的登记相互矛盾。",
        "A correction by one of the registers in evidence would.",
        "由所列登记机关更正后，结果可能改变。",
    ),
}
