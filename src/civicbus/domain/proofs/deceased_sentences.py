"""Each reason of the proof `deceased` in plain words.

What is unknown or disputed about a death is so about a life: those sentences are the same.
"""

from civicbus.domain.proofs import alive_sentences
from civicbus.domain.proofs.words import Explanation

SENTENCES: dict[str, Explanation] = {
    **alive_sentences.SENTENCES,
    "death_registered": Explanation(
        "Deceased by {day}: a death on or before that day is registered.",
        "{day}或之前已死亡：登记有当日或之前的死亡。",
        "An annulment or correction by the register would. Suspend, and stop only where permitted.",
        "由登记死亡的机关撤销或更正后，结果将改变。可先暂停待遇，符合条件后方可终止。",
    ),
    "declared_dead": Explanation(
        "Deceased by {day} in law: a court has declared the person dead. It can be revoked.",
        "{day}在法律上已死亡：法院已宣告死亡，该宣告可依法撤销。",
        "A court's revocation would; the person, or anyone with an interest, may apply for it.",
        "本人或利害关系人可向法院申请撤销死亡宣告；撤销后结果将改变。",
    ),
    "declaration_revoked": Explanation(
        "Not deceased by {day}: a court has revoked its declaration, and no death is registered.",
        "{day}未死亡：法院已撤销死亡宣告，且没有当日或之前的死亡登记。",
        "A death that is registered later for that day or before would.",
        "若日后登记了当日或之前的死亡，结果将改变。",
    ),
    "not_born": Explanation(
        "Not deceased by {day}: not yet born, the birth is registered for a later date.",
        "{day}未死亡：尚未出生，登记的出生日期在此之后。",
        "A correction of the birth date would.",
        "出生日期被更正后，结果可能改变。",
    ),
    "died_later": Explanation(
        "Not deceased by {day}: a death is registered for a later date.",
        "{day}未死亡：登记的死亡日期在此之后。",
        "A correction of the date of death would.",
        "死亡日期被更正后，结果可能改变。",
    ),
    "sign_of_life": Explanation(
        "Not deceased by {day}: an act of that day or later is registered that needed the person.",
        "{day}未死亡：登记有当日或之后须由本人参与的事项。",
        "The annulment of that act would.",
        "该事项被撤销后，结果可能改变。",
    ),
    "no_death_registered": Explanation(
        "Not deceased by {day}: the registers are up to date and hold no death by that day.",
        "{day}未死亡：主管登记机关的数据完整且及时，没有当日或之前的死亡登记。",
        "A death that is registered later for that day or before would.",
        "若日后登记了当日或之前的死亡，结果将改变。",
    ),
}
