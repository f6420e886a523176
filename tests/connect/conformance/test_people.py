"""People: the sample's numbers are nobody's, and whoever an event concerns is complete."""

from __future__ import annotations

from pathlib import Path

from civicbus.connect.conformance import Standing
from civicbus.domain.identifiers import SCHEMES, SCHEMES_WITH_SYNTHETIC
from tests.connect.conformance.breaking import (
    BELLA,
    HEADER,
    HOLDER,
    broken,
    changed,
    findings,
    good,
    importing,
    outcome,
    report,
    the_finding,
    with_holder,
)

REAL = "110101198001010037"  # a number as Beijing would issue it
UNION = """
def widowed(row):
    from civicbus.domain.events import Union
    from civicbus.domain.vocabulary import UnionEnd, UnionKind
    return Union(_header(row, Change.CREATED, None), UnionKind.MARRIAGE, UnionEnd.DEATH)


KINDS: dict[str, Callable[[Row], Outcome]] = {"""


def test_a_number_that_somebody_may_have_is_found(tmp_path: Path) -> None:
    finding = the_finding(
        broken(tmp_path, "sample.csv", f"00,{BELLA},,", f"00,{REAL},,"), "synthetic"
    )
    assert finding.place == "sample.csv: line 3"
    assert "somebody may have this cn-rid number" in finding.told


def test_a_number_in_a_column_that_the_mapping_never_sees_is_found(tmp_path: Path) -> None:
    folder = broken(tmp_path, "sample.csv", "refers_to\n", "refers_to,clerk\n")
    for end in (",2029-03-31,\n", ",2030-06-11,\n", ",2\n", ",1\n", ",2034-01-30,\n", ",5\n"):
        changed(folder, "sample.csv", end, f"{end.rstrip()},\n")
    assert report(folder).conforms
    changed(folder, "sample.csv", ",2030-06-11,2,\n", f",2030-06-11,2,{REAL}\n")
    assert the_finding(folder, "synthetic").line == 4


def test_where_a_scheme_has_no_rule_it_is_said_that_it_cannot_be_told(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", 'SCHEME = "cn-rid"', 'SCHEME = "any-id"')
    found = outcome(folder, "synthetic")
    assert found.standing is Standing.CANNOT_BE_TOLD
    (finding,) = found.findings
    assert finding.told.startswith("any-id sets no numbers apart")
    assert report(folder).conforms


def test_a_number_that_somebody_may_have_weighs_more_than_one_that_cannot_be_told(
    tmp_path: Path,
) -> None:
    numbers = 'identifier(row, "holder", SCHEME), Identifier("us-dc", "7")'
    folder = with_holder(tmp_path, f"Concerned(Role.HOLDER, ({numbers}))")
    assert outcome(folder, "synthetic").standing is Standing.CANNOT_BE_TOLD
    changed(folder, "sample.csv", BELLA, REAL)
    assert outcome(folder, "synthetic").standing is Standing.FAILS


def test_the_schemes_that_set_numbers_apart_are_those_whose_files_say_so() -> None:
    says = {name for name, rules in SCHEMES.items() if "    synthetic  " in str(rules.__doc__)}
    assert says == SCHEMES_WITH_SYNTHETIC


def test_a_role_that_an_event_needs_has_to_be_filled(tmp_path: Path) -> None:
    folder = broken(tmp_path, "mapping.py", HOLDER, HOLDER.replace("HOLDER", "PERSON"))
    found = findings(folder, "concerned")
    assert [finding.line for finding in found] == [2, 3, 4, 5, 6]
    assert found[0].field == "header.concerned"
    assert "needs a person in the role HOLDER" in found[0].told


def test_somebody_has_to_have_a_number(tmp_path: Path) -> None:
    folder = with_holder(tmp_path, 'Concerned(Role.HOLDER, name="A")')
    found = findings(folder, "concerned")
    assert [finding.line for finding in found] == [2, 3, 5, 6, 7]  # that of 4 names another one
    assert found[0].field == "Licence: header.concerned"
    assert "nobody has a number" in found[0].told


def test_of_a_union_that_a_death_ended_it_is_said_who_died(tmp_path: Path) -> None:
    folder = broken(
        tmp_path, "mapping.py", "KINDS: dict[str, Callable[[Row], Outcome]] = {", UNION.lstrip()
    )
    changed(folder, "mapping.py", '"GRANTED": granted', '"GRANTED": widowed')
    changed(folder, "mapping.py", HOLDER, HOLDER.replace("HOLDER", "PARTNER"))
    told = [finding.told for finding in findings(folder, "concerned") if finding.line == 2]
    assert told == ["a death ended the union; the partner who died is concerned as DECEASED"]
    importing(folder, "from civicbus.domain.events import Concerned")
    both = HEADER.replace("holder,", "holder, Concerned(Role.DECEASED, name='B'),")
    changed(folder, "mapping.py", HEADER, both)
    assert not [finding for finding in findings(folder, "concerned") if finding.line == 2]


def test_the_persons_of_a_good_connector_are_complete(tmp_path: Path) -> None:
    assert outcome(good(tmp_path), "concerned").standing is Standing.HOLDS
