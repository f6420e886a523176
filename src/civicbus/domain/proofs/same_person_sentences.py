"""The reasons of the proof `same_person` in plain words."""

from __future__ import annotations

from civicbus.domain.proofs.words import Explanation

LINK_EN = "A link between the numbers, entered by a competent register, would."
LINK_ZH = "主管登记机关登记两号码的关联后，结果可能改变。"

SENTENCES: dict[str, Explanation] = {
    "linked": Explanation(
        "One person: a competent register has linked the two numbers.",
        "同一人：主管登记机关已登记两个号码的关联。",
        "The withdrawal of the link would.",
        "若登记机关撤销该关联，结果将改变。",
    ),
    "same_number": Explanation(
        "One person: the two numbers are one, written in two ways.",
        "同一人：两个号码为同一号码的不同写法。",
        "The finding that the number was given to several people would.",
        "若认定该号码登记在不止一人名下，结果将改变。",
    ),
    "told_apart": Explanation(
        "Two people: the register that had linked the numbers withdrew that, as of another person.",
        "非同一人：登记机关曾关联两个号码，后认定属于不同的人而予以撤销。",
        LINK_EN,
        LINK_ZH,
    ),
    "not_linked": Explanation(
        "Unknown: no competent register has linked the two numbers, which proves nothing.",
        "无法确定：主管登记机关未登记两个号码的关联，但不能据此认定为不同的人。",
        LINK_EN,
        LINK_ZH,
    ),
    "so_named": Explanation(
        "It is so: by the register this person bears, or bore, that name.",
        "属实：登记机关的登记显示此人现用或曾用该姓名。",
        "A correction by the register in evidence would.",
        "由所列登记机关更正后，结果将改变。",
    ),
    "not_so_named": Explanation(
        "It is not so: no name that the register has for this person since birth is that name.",
        "不属实：登记机关自其出生以来登记的姓名均非该姓名。",
        "The registration of a further name would.",
        "若登记了其他姓名，结果将改变。",
    ),
    "may_be_so_named": Explanation(
        "Unknown: that name may be a registered one, written in another way.",
        "无法确定：该姓名可能是登记姓名的另一种写法。",
        "The name as the register writes it would.",
        "按登记机关的写法提供姓名后，可再次查询。",
    ),
    "no_name": Explanation(
        "Unknown: no competent register has a name of this person.",
        "无法确定：主管登记机关没有此人姓名的登记。",
        "The entry of a name would.",
        "登记机关登记姓名后，结果可能改变。",
    ),
    "nothing_claimed": Explanation(
        "Unknown: the question names neither another number nor a name.",
        "无法确定：查询中既未提供另一号码，也未提供姓名。",
        "A number or a name in the question would.",
        "请在查询中提供另一号码或姓名。",
    ),
}
