"""Targets: what changes an entry reaches everybody in whose dossier the entry stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from civicbus.connect.conformance import Standing
from tests.connect.conformance.breaking import (
    ANNA,
    BELLA,
    HOLDER,
    broken,
    changed,
    good,
    importing,
    outcome,
    report,
    the_finding,
    with_header,
    with_rows,
)

CLARA, DORA = "99000019758630001X", "99000019908102002X"
KINDS = "KINDS: dict[str, Callable[[Row], Outcome]] = {\n"
REINSTATED = '''def reinstated(row: Row) -> Outcome:
    """It was right after all."""
    return _licence(row, Change.REINSTATED, ENTRIES.meant(row))


'''
DISPUTED = '''def disputed(row: Row) -> Outcome:
    """Somebody says that it is wrong."""
    header = _header(row, Change.CREATED, ENTRIES.meant(row))
    return Filed("licence", Dispute(header, DisputeBy.SUBJECT))


'''
VOIDED = '''def voided(row: Row) -> Outcome:
    """A block of entries was void."""
    reason = AnnulmentReason.FORMAL_CORRECTION
    return Filed("licence", RangeVoid(_header(row, Change.CREATED, None), "1", "1", reason))


'''
LINKED = '''def linked(row: Row) -> Outcome:
    """Two numbers are one person's."""
    kind = LinkKind.NUMBER_REPLACED
    return IdentityLink(_header(row, Change.CREATED, None), kind)


'''


def row(entry: int, kind: str, holder: str, refers_to: object = "", wrong: str = "") -> str:
    """An entry, registered after those of the sample."""
    start = f"{entry},{kind},2024-03-{entry:02}T08:00:00Z,{holder},{wrong}"
    return f"{start},driving,L-0009,2024-01-01,,{refers_to}"


def with_kind(folder: Path, name: str, text: str, imports: str) -> Path:
    """The folder with a further kind of entry."""
    changed(folder, "mapping.py", KINDS, f'{text}{KINDS}    "{name.upper()}": {name},\n')
    return importing(folder, imports)


def test_whoever_was_entered_by_mistake_is_told_so(tmp_path: Path) -> None:
    folder = broken(tmp_path, "sample.csv", f"{CLARA},{BELLA}", f"{CLARA},")
    finding = the_finding(folder, "targets")
    assert finding.place == "sample.csv: line 4: Licence"
    assert "changes sample.csv: line 3 and does not reach 1 of the persons" in finding.told
    assert "WRONGLY_NAMED" in finding.told


def test_an_end_reaches_the_one_whose_licence_it_ends(tmp_path: Path) -> None:
    folder = broken(
        tmp_path, "sample.csv", f"00,{ANNA},,driving,L-0001,2023", f"00,{DORA},,driving,L-0001,2023"
    )
    assert the_finding(folder, "targets").line == 5


def test_an_annulment_reaches_the_one_whose_licence_never_was(tmp_path: Path) -> None:
    last = f"{DORA},,driving,L-0003,2024-02-02"
    folder = broken(tmp_path, "sample.csv", last, last.replace(DORA, ANNA))
    finding = the_finding(folder, "targets")
    assert finding.place == "sample.csv: line 7: Annulment"


@pytest.mark.parametrize(
    ("holder", "wrong", "standing"),
    [
        (CLARA, "", Standing.FAILS),  # Bella is the holder again, and does not hear of it
        (CLARA, BELLA, Standing.HOLDS),
    ],
)
def test_to_withdraw_a_correction_reaches_whoever_was_named_wrongly_in_it(
    tmp_path: Path, holder: str, wrong: str, standing: Standing
) -> None:
    folder = with_rows(tmp_path, row(7, "WITHDRAWN", holder, 3, wrong))
    assert outcome(folder, "targets").standing is standing


def test_a_further_correction_need_not_tell_the_wrongly_named_again(tmp_path: Path) -> None:
    folder = with_rows(tmp_path, row(7, "CORRECTED", CLARA, 3))
    assert outcome(folder, "targets").standing is Standing.HOLDS


@pytest.mark.parametrize(
    ("holder", "wrong", "standing"),
    [
        (BELLA, "", Standing.FAILS),  # Clara holds the licence since the correction
        (CLARA, BELLA, Standing.HOLDS),
    ],
)
def test_what_changes_a_corrected_entry_reaches_whom_the_correction_brought_in(
    tmp_path: Path, holder: str, wrong: str, standing: Standing
) -> None:
    folder = with_rows(tmp_path, row(7, "REVOKED", holder, 2, wrong))
    assert outcome(folder, "targets").standing is standing


def test_nobody_need_reach_whom_only_a_later_correction_brings_in(tmp_path: Path) -> None:
    between = row(7, "REVOKED", BELLA, 2).replace("2024-03-07T", "2020-06-16T")
    between = between.replace("2024-01-01", "2020-06-16")
    assert outcome(with_rows(tmp_path, between), "targets").standing is Standing.HOLDS


def test_a_correction_that_was_withdrawn_has_brought_nobody_in(tmp_path: Path) -> None:
    rows = row(7, "WITHDRAWN", CLARA, 3, BELLA), row(8, "REVOKED", BELLA, 2)
    assert outcome(with_rows(tmp_path, *rows), "targets").standing is Standing.HOLDS


@pytest.mark.parametrize(("wrong", "standing"), [("", Standing.FAILS), (BELLA, Standing.HOLDS)])
def test_a_reinstatement_gives_back_to_everybody_from_whom_it_was_taken(
    tmp_path: Path, wrong: str, standing: Standing
) -> None:
    folder = with_rows(
        tmp_path, row(7, "WITHDRAWN", CLARA, 3, BELLA), row(8, "REINSTATED", CLARA, 7, wrong)
    )
    with_kind(folder, "reinstated", REINSTATED, "")
    assert outcome(folder, "targets").standing is standing


def test_a_change_of_something_that_the_sample_does_not_show_is_left_alone(tmp_path: Path) -> None:
    assert report(with_rows(tmp_path, row(7, "REVOKED", DORA, 99))).conforms


def test_entries_that_name_one_another_in_a_circle_end_the_search(tmp_path: Path) -> None:
    rows = row(7, "CORRECTED", DORA, 8), row(8, "CORRECTED", DORA, 7)
    assert outcome(with_rows(tmp_path, *rows), "targets").standing is Standing.HOLDS


def test_a_dispute_is_heard_by_whoever_is_disputed_and_stands_beside_it(tmp_path: Path) -> None:
    folder = with_rows(tmp_path, row(7, "DISPUTED", ANNA, 5))
    imports = (
        "from civicbus.connect.mapping import Filed\nfrom civicbus.domain.events import Dispute\n"
    )
    imports += "from civicbus.domain.record_codes import DisputeBy"
    with_kind(folder, "disputed", DISPUTED, imports)
    assert the_finding(folder, "targets").place == "sample.csv: line 8: Dispute"
    changed(folder, "sample.csv", row(7, "DISPUTED", ANNA, 5), row(7, "DISPUTED", DORA, 5))
    assert outcome(folder, "targets").standing is Standing.HOLDS
    declared = 'families = ["licence"]'
    changed(folder, "connector.toml", declared, 'families = ["licence", "education"]')
    changed(folder, "mapping.py", 'Filed("licence", Dispute', 'Filed("education", Dispute')
    changed(folder, "mapping.py", "return Annulment(", 'return Filed("licence", Annulment(')
    changed(folder, "mapping.py", "NEVER_HAPPENED)", "NEVER_HAPPENED))")
    told = the_finding(folder, "targets").told
    assert told == "stands in the family education; what it names stands in licence"


def test_of_a_voided_range_every_entry_in_it_is_reached(tmp_path: Path) -> None:
    folder = with_rows(tmp_path, row(7, "VOIDED", DORA))
    imports = (
        "from civicbus.connect.mapping import Filed\nfrom civicbus.domain.events import RangeVoid"
    )
    with_kind(folder, "voided", VOIDED, imports)
    finding = the_finding(folder, "targets")
    assert finding.place == "sample.csv: line 2: Licence"
    assert "does not reach everyone" in finding.told
    changed(folder, "sample.csv", row(7, "VOIDED", DORA), row(7, "VOIDED", ANNA))
    assert outcome(folder, "targets").standing is Standing.HOLDS


def test_whoever_is_linked_to_another_number_is_reached_by_it(tmp_path: Path) -> None:
    folder = with_rows(tmp_path, row(7, "REVOKED", BELLA, 5), row(8, "LINKED", BELLA, wrong=DORA))
    assert the_finding(folder, "targets").line == 8
    imports = "from civicbus.domain.events import IdentityLink\n"
    imports += "from civicbus.domain.record_codes import LinkKind"
    with_kind(folder, "linked", LINKED, imports)
    changed(
        folder, "connector.toml", 'families = ["licence"]', 'families = ["licence", "identity"]'
    )
    changed(
        folder,
        "mapping.py",
        HOLDER,
        f"""\
    if row["kind"] == "LINKED":
        person = needed(row, Role.PERSON, "holder", SCHEME)
        former = needed(row, Role.FORMER, "wrong_holder", SCHEME)
        return ENTRIES.header(row, person, former)
{HOLDER}""",
    )
    assert outcome(folder, "targets").standing is Standing.HOLDS
    path = folder / "sample.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + row(9, "WITHDRAWN", BELLA, 8, DORA) + "\n",
        encoding="utf-8",
    )
    changed(
        folder,
        "mapping.py",
        "return Annulment(",
        'return Filed("identity" if row["entry"] == "9" else "licence", Annulment(',
    )
    changed(folder, "mapping.py", "NEVER_HAPPENED)", "NEVER_HAPPENED))")
    importing(folder, "from civicbus.connect.mapping import Filed")
    assert the_finding(folder, "targets").line == 8


def test_two_entries_that_bear_one_id_are_found(tmp_path: Path) -> None:
    folder = with_header(good(tmp_path), 'event_id=ENTRIES.event_of(str(int(row["entry"]) % 5))')
    finding = the_finding(folder, "ids")
    assert finding.place == "sample.csv: line 7: Annulment"
    assert "has the id of another event (sample.csv: line 2)" in finding.told


def test_the_same_entry_that_stands_twice_is_one_event(tmp_path: Path) -> None:
    again = row(7, "REVOKED", DORA, 5)
    folder = with_rows(tmp_path, again, again)
    assert outcome(folder, "ids").standing is Standing.HOLDS
    with_header(folder, "source_sequence=row.line")
    assert outcome(folder, "ids").standing is Standing.HOLDS


def test_a_good_connectors_changes_reach_everybody(tmp_path: Path) -> None:
    assert outcome(good(tmp_path), "targets").standing is Standing.HOLDS
