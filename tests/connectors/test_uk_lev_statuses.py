"""The status of an entry: blocked, cancelled, potentially fictitious, noted; and the answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from civicbus.connect.trial import Trial
from civicbus.domain.events import Annulment, Birth, Refusal
from civicbus.domain.vocabulary import AnnulmentReason, Cause
from tests.connectors.life_events import (
    BIRTH,
    BIRTH_V0,
    CANCELLED,
    DEATH,
    FICTITIOUS,
    MARRIAGE,
    NOW,
    PARTNERSHIP,
    SAMPLE,
    alive,
    mapped,
    said,
    tried,
    with_,
)

BEFORE, AFTER = date(2018, 1, 1), NOW.date()


def test_a_cancelled_entry_was_never_so() -> None:
    birth, annulment = mapped(CANCELLED)
    assert isinstance(birth, Birth)
    assert isinstance(annulment, Annulment)
    assert annulment.header.target_event_id == birth.header.event_id
    assert annulment.reason is AnnulmentReason.FORMAL_CORRECTION
    trial, _ = tried(CANCELLED)
    for day in (date(2018, 1, 1), date(2019, 6, 1), NOW.date()):
        assert alive(trial, "birth/500000002", day) == "unknown not_covered"


def test_a_birth_that_may_be_fictitious_is_under_investigation() -> None:
    (birth,) = mapped(FICTITIOUS)
    assert [mark.element for mark in birth.header.under_investigation] == ["birth"]
    trial, _ = tried(FICTITIOUS)
    assert alive(trial, "birth/500000005", date(2022, 1, 1)) == "unknown under_investigation"


@pytest.mark.parametrize(
    ("record", "note", "element"),
    [
        (BIRTH, "Other", "birth"),
        (BIRTH, "Re-registered", "birth"),
        (BIRTH, "Court order in place", None),
        (BIRTH, "Court order revoked", None),
        (DEATH, "Other", "death"),
        (DEATH, "Re-registered", None),
        (DEATH, "Post-mortem details", None),
        (MARRIAGE, "Other", "union"),
        (PARTNERSHIP, "Re-registered", "union"),
    ],
)
def test_a_note_of_unknown_words_or_that_the_entry_was_replaced_puts_it_in_doubt(
    record: dict[str, Any], note: str, element: str | None
) -> None:
    (event,) = mapped(with_(record, data__status__marginalNote=note))
    marks = [mark.element for mark in event.header.under_investigation]
    assert marks == ([] if element is None else [element])


@pytest.mark.parametrize("blocked", [True, None, ..., "false", 0])
@pytest.mark.parametrize("record", SAMPLE, ids=lambda record: str(sorted(record["data"])[:4]))
def test_what_is_not_expressly_disclosed_is_not_disclosed(
    record: dict[str, Any], blocked: object
) -> None:
    name = "blocked" if "blocked" in record["data"]["status"] else "blockedRegistration"
    _, (found,) = tried(with_(record, **{f"data__status__{name}": blocked}))
    if blocked == "false":  # the text reads as the value does
        assert found.refused == ()
        return
    people = {row.person for row in found.refused}
    assert len(people) == (2 if "dateOf" in str(record["data"].keys()) else 1)
    assert {row.reason for row in found.refused} == {"blocked" if blocked is True else "code"}
    assert {filed.event.header.concerned[0].identifiers[0] for filed in found.filed} == people
    assert all(isinstance(filed.event, Refusal) for filed in found.filed)


def test_whoever_is_blocked_gets_no_plain_answer() -> None:
    trial, _ = tried(
        with_(DEATH, data__status__blocked=True),
        with_(BIRTH, data__status__blocked=True),
        with_(MARRIAGE, data__status__blocked=True),
    )
    for person in ("birth/500000001", "death/500000001", "marriage/500000001/1"):
        for day in (date(1900, 1, 1), date(2020, 2, 28), NOW.date()):
            for proof in ("alive", "deceased", "marital_status"):
                assert said(trial, proof, person, day) == "unknown quarantined"
    assert alive(trial, "marriage/500000001/2", NOW.date()) == "unknown quarantined"
    assert kinship(trial, "birth/500000001", "Beth SAMPLE", AFTER) == "unknown quarantined"


def test_a_block_that_was_lifted_leaves_the_entry_as_it_is() -> None:
    trial, _ = tried(BIRTH)
    assert alive(trial, "birth/500000001", BEFORE) == "no not_born"


def test_nothing_rests_on_a_cancelled_entry_in_any_proof() -> None:
    trial, _ = tried(CANCELLED)
    person = "birth/500000002"
    for day in (BEFORE, AFTER):
        for proof in ("alive", "deceased", "marital_status"):
            assert said(trial, proof, person, day) == "unknown not_covered"
        assert kinship(trial, person, "Beth SAMPLE", day) == "unknown not_covered"


def test_an_entry_whose_cancellation_was_removed_counts_again() -> None:
    """As the service then gives it, no trace is left of the cancellation."""
    trial, _ = tried(with_(CANCELLED, data__status__cancelled=False))
    assert alive(trial, "birth/500000002", BEFORE) == "no not_born"


def test_a_bus_that_has_seen_a_cancellation_does_not_guess_that_it_was_removed() -> None:
    """Which of two deliveries is the later one, no entry tells."""
    for entries in (
        (CANCELLED, with_(CANCELLED, data__status__cancelled=False)),
        (with_(CANCELLED, data__status__cancelled=False), CANCELLED),
    ):
        trial, _ = tried(*entries)
        for day in (BEFORE, AFTER):
            assert alive(trial, "birth/500000002", day) == "unknown not_covered"


def test_no_proof_says_anything_certain_of_a_birth_that_may_be_fictitious() -> None:
    trial, _ = tried(FICTITIOUS)
    person = "birth/500000005"
    for proof in ("alive", "deceased", "marital_status"):
        assert said(trial, proof, person, BEFORE) == "unknown under_investigation"
        assert said(trial, proof, person, AFTER).startswith("unknown ")
    assert kinship(trial, person, "Beth SAMPLE", AFTER) == "unknown under_investigation"
    assert kinship(trial, person, "Zenobia NOBODY", AFTER) == "unknown not_covered"


@pytest.mark.parametrize(
    ("reason", "in_doubt"),
    [
        ("None", False),
        ("Father added", False),
        ("Father modified", False),
        ("Subsequently married", False),
        ("Replacement registration", False),
        ("Other", True),
    ],
)
def test_an_entry_made_again_for_a_reason_that_is_not_told_is_in_doubt(
    reason: str, in_doubt: bool
) -> None:
    for record, name in ((BIRTH, "reregistration"), (BIRTH_V0, "reRegistered")):
        (birth,) = mapped(with_(record, **{f"data__status__{name}": reason}))
        assert bool(birth.header.under_investigation) is in_doubt


@pytest.mark.parametrize(
    ("correction", "cause"),
    [
        ("None", Cause.GENUINE),
        ("Typographical", Cause.CORRECTION),
        ("Simple clerical", Cause.CORRECTION),
        ("Complex clerical", Cause.CORRECTION),
        ("Error of fact", Cause.CORRECTION),
        ("Coroner's clerical", Cause.CORRECTION),
        ("Coroner's error of fact", Cause.CORRECTION),
    ],
)
def test_a_corrected_entry_says_what_is_right_and_is_answered_from(
    correction: str, cause: Cause
) -> None:
    record = with_(DEATH, data__status__correction=correction)
    (death,) = mapped(record)
    assert death.header.cause is cause
    trial, _ = tried(record)
    assert alive(trial, "death/500000001", AFTER) == "no death_registered"
    assert said(trial, "deceased", "death/500000001", AFTER) == "yes death_registered"


def test_a_name_alone_makes_nobody_a_parent_and_another_name_excludes_nobody() -> None:
    """The entry gives no birth date of a parent, and an adoption is entered elsewhere."""
    trial, _ = tried(BIRTH)
    person = "birth/500000001"
    assert kinship(trial, person, "Beth SAMPLE", AFTER) == "unknown unnumbered_relative"
    assert kinship(trial, person, "Zenobia NOBODY", AFTER) == "unknown not_covered"
    assert kinship(trial, person, "Beth SAMPLE", BEFORE) == "unknown not_covered"


def kinship(trial: Trial, person: str, name: str, day: date) -> str:
    """Whether somebody of a name, born in 1990, is the person's parent."""
    return said(
        trial,
        "kinship",
        person,
        day,
        relation="parent",
        relative_name=name,
        relative_birth_date="1990-01-01",
    )


def test_what_is_refused_may_also_have_told_of_another_number() -> None:
    for record, families in (
        (BIRTH, ["birth", "identity"]),
        (DEATH, ["death", "identity"]),
        (MARRIAGE, ["union", "union"]),
    ):
        _, (found,) = tried(with_(record, data__status__blocked=True))
        assert [filed.family for filed in found.filed] == families
