"""Each reason of the proof `kinship` in plain words; those that it shares stand in `words`."""

from civicbus.domain.proofs.words import Explanation

FAMILY_SENTENCES: dict[str, Explanation] = {
    "no_such_record": Explanation(
        "Unknown: no competent register keeps a record of somebody whose parents matter here.",
        "无法确定：没有主管登记机关保存须据以判断亲属关系者的记录。",
        "An entry in a competent register would, or another number of that person.",
        "主管登记机关登记该人，或提供其其他证件号码后，结果可能改变。",
    ),
    "not_maintained": Explanation(
        "Unknown: no register keeps the record up to date of somebody whose parents matter here.",
        "无法确定：已无登记机关更新须据以判断亲属关系者的记录。",
        "A new record in a register would, or an entry about that person's parents.",
        "登记机关重新建立记录，或登记其父母信息后，结果可能改变。",
    ),
    "implausible_kinship": Explanation(
        "Disputed: by the entries somebody would be their own parent, or too young to be one.",
        "有争议：按登记，有人成为自己的父母，或年龄过小不可能为父母。",
        "A correction of the birth date, or of the parents, by the register would.",
        "登记机关更正出生日期或父母信息后，结果可能改变。",
    ),
    "conflicting_parents": Explanation(
        "Disputed: more people are entered as the child's parents than can be.",
        "有争议：登记为该子女父母的人数互相矛盾。",
        "A correction by one of the registers in evidence, or a court's ruling, would.",
        "由所列登记机关更正，或由法院裁判后，结果可能改变。",
    ),
    "unnumbered_relative": Explanation(
        "Unknown: the record names somebody without a number, who may be the one meant.",
        "无法确定：记录中的亲属没有证件号码，可能就是所指的人。",
        "The number in the register would; a parent may be asked about by name and birth date.",
        "登记机关补录号码后可答复；父母也可按登记的姓名和出生日期查询。",
    ),
    "restoration_by_agreement": Explanation(
        "Unknown: an adoption ended when the child was of age; who is a parent since is agreed.",
        "无法确定：收养关系解除时子女已成年，与生父母的关系是否恢复由双方协商。",
        "An entry of what was agreed would.",
        "登记协商结果后，结果可能改变。",
    ),
    "adopter_may_be_spouse": Explanation(
        "Unknown: one person adopted the child, who may be the spouse or companion of a parent.",
        "无法确定：子女由一人单独收养，收养人可能是其父或母的配偶或伴侣。",
        "An entry of which parents there are since the adoption would.",
        "登记机关载明收养后的父母后，结果可能改变。",
    ),
    "incomplete_record": Explanation(
        "Unknown: the record does not name everybody who may be a relative, so nobody is excluded.",
        "无法确定：记录未载明全部可能的亲属，因此不能排除任何人。",
        "An entry that names the others would; else a written commitment may do.",
        "登记机关载明其他亲属后可答复；依法也可采用书面承诺代替。",
    ),
}

SENTENCES: dict[str, Explanation] = {
    **FAMILY_SENTENCES,
    "related": Explanation(
        "Related as claimed on {day}: every step between the two is entered.",
        "{day}存在所称的亲属关系：各项关系均有登记。",
        "The annulment or end of an entry in evidence would, or an adoption.",
        "所列登记被撤销或终止，或发生收养后，结果将改变。",
    ),
    "not_related": Explanation(
        "Not related as claimed on {day}: by the registers the relation is not this one.",
        "{day}不存在所称的亲属关系：登记的关系与所称不符。",
        "Another entry in the register of the child would.",
        "子女的登记发生变更后，结果可能改变。",
    ),
    "spouse_unknown": Explanation(
        "Unknown: the registers do not tell whether the two were married on {day}.",
        "无法确定：登记不足以说明两人在{day}是否为夫妻。",
        "The proof married_to says what is missing.",
        "夫妻关系证明事项会说明所缺内容。",
    ),
    "spouse_disputed": Explanation(
        "Disputed: entries about the two being married contradict each other.",
        "有争议：有关两人夫妻关系的登记相互矛盾。",
        "The proof married_to says which entries these are.",
        "夫妻关系证明事项会列出有关登记。",
    ),
    "nobody_named": Explanation(
        "Unknown: the question does not say who the relative is in a way that can be checked.",
        "无法确定：查询未以可核对的方式指明亲属。",
        "The relative's number would; of a parent or grandparent, else the name and birth date.",
        "提供亲属的证件号码；父母或祖父母无号码的，提供姓名和出生日期。",
    ),
    "ask_by_number": Explanation(
        "Unknown: the record names the relative by a number, so the number is needed.",
        "无法确定：记录中的亲属有证件号码，须按号码查询。",
        "The question with the relative's number would.",
        "请提供该亲属的证件号码后再次查询。",
    ),
    "not_as_described": Explanation(
        "Unknown: nobody so described is entered, and name and birth date exclude nobody.",
        "无法确定：未登记符合所述姓名和出生日期的人，但姓名和日期不能排除任何人。",
        "The name and birth date as the entry has them would, or a number.",
        "按登记的姓名和出生日期，或按证件号码再次查询。",
    ),
}
