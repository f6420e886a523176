"""Every department of the city: its rows as a file and as outbox payloads, and what is refused."""

from __future__ import annotations

import json

import pytest

from civicbus.connect.json_records import paths_of, record_of
from civicbus.connect.mapped import map_record
from civicbus.registers.inputs import OutboxInput
from tests.connectors.city import (
    DEPARTMENTS,
    FRIEND,
    MILL,
    NOW,
    SNACKS,
    SON,
    WIFE,
    WORKS,
    cells,
    connector,
    mapped,
    row,
    sample,
)


@pytest.mark.parametrize("name", DEPARTMENTS)
def test_a_payload_of_an_outbox_says_what_the_row_of_a_file_says(name: str) -> None:
    by_path = paths_of(connector(name).system.input)
    lines = sample(name).decode().splitlines()[1:]
    for place, (line, given) in enumerate(zip(lines, cells(name), strict=True), 1):
        (in_a_file,) = mapped(name, line)
        payload = {column: cell for column, cell in given.items() if cell}  # the empty are absent
        record = record_of(json.dumps(payload).encode(), place, by_path)
        in_an_outbox = map_record(connector(name), record, NOW)
        assert in_an_outbox.refused == ()
        assert in_an_outbox.filed == in_a_file.filed
        assert in_an_outbox.subject == in_a_file.subject


def test_every_department_has_an_outbox() -> None:
    ways = [connector(name).system.live for name in DEPARTMENTS]
    assert all(isinstance(way, OutboxInput) for way in ways)


@pytest.mark.parametrize("name", [one for one in DEPARTMENTS if "kind" in cells(one)[0]])
def test_the_sample_shows_every_kind_of_entry(name: str) -> None:
    kinds = connector(name).events.__globals__["KINDS"]
    assert {given["kind"] for given in cells(name)} == set(kinds)


BAD: list[tuple[str, dict[str, str], str, str]] = [
    ("city_health", {"kind": "DEATH_WITHDRAWN", "person": SON}, "refers_to", "number"),
    ("city_health", {"kind": "BIRTH_CORRECTED", "person": SON}, "refers_to", "number"),
    ("city_health", {"kind": "BIRTH"}, "person", "id_format"),
    ("city_household_books", {"kind": "MOVED", "person": SON}, "kind", "code"),
    ("city_household_books", {"kind": "JOINED", "household": "H"}, "person", "id_format"),
    ("city_household_books", {"kind": "JOINED", "person": SON}, "household", "number"),
    (
        "city_household_books",
        {"kind": "LEFT", "person": SON, "household": "H"},
        "refers_to",
        "number",
    ),
    ("city_household_books", {"kind": "NUMBERS_MERGED", "person": SON}, "former", "id_format"),
    ("city_household_books", {"kind": "LINK_ANNULLED", "person": SON}, "former", "id_format"),
    (
        "city_household_books",
        {"kind": "NUMBER_UPGRADED", "person": SON, "former": "99000075863000"},
        "former",
        "id_format",
    ),
    ("city_courts", {"kind": "DIVORCE", "person": SON}, "other", "id_format"),
    ("city_courts", {"kind": "MARRIAGE_VOID", "person": SON}, "marriage_entry", "number"),
    ("city_courts", {"kind": "DEATH_REVOKED", "person": SON}, "refers_to", "number"),
    ("city_courts", {"kind": "CAPACITY", "person": SON, "capacity": "LOW"}, "capacity", "code"),
    ("city_courts", {"kind": "GUARDIAN", "person": WIFE}, "other", "id_format"),
    (
        "city_courts",
        {"kind": "SET_ASIDE", "person": SON, "refers_to": "3", "concerning": "ALIMONY"},
        "concerning",
        "code",
    ),
    ("city_adoptions", {"kind": "ADOPTED", "child": SON}, "mother", "id_format"),
    ("city_adoptions", {"kind": "ADOPTED", "mother": WIFE}, "child", "id_format"),
    ("city_adoptions", {"kind": "DISSOLVED", "child": SON, "mother": WIFE}, "refers_to", "number"),
    (
        "city_civil_affairs",
        {"kind": "MARRIAGE_CORRECTED", "partner_1": SON, "partner_2": FRIEND},
        "refers_to",
        "number",
    ),
    (
        "city_civil_affairs",
        {"kind": "MARRIAGE", "partner_1": SON, "partner_2": FRIEND, "wrong_partner": "1"},
        "wrong_partner",
        "id_format",
    ),
    ("city_employment", {"kind": "STARTED", "person": SON}, "employer", "code"),
    ("city_employment", {"kind": "STARTED", "employer": MILL}, "person", "id_format"),
    (
        "city_employment",
        {"kind": "ENDED", "person": SON, "employer": MILL},
        "refers_to",
        "number",
    ),
    (
        "city_social_insurance",
        {"kind": "PAID", "person": SON, "insurance": "PENSION", "first_month": "2020-01"},
        "last_month",
        "date",
    ),
    (
        "city_social_insurance",
        {
            "kind": "PAID",
            "person": SON,
            "insurance": "PENSION",
            "first_month": "2020-02",
            "last_month": "2020-01",
        },
        "last_month",
        "rule",
    ),
    (
        "city_social_insurance",
        {"kind": "PAID", "person": SON, "insurance": "MEDICAL"},
        "insurance",
        "code",
    ),
    (
        "city_social_insurance",
        {"kind": "PENSION_AWARDED", "person": SON, "pension": "OLD_AGE"},
        "payer",
        "rule",
    ),
    ("city_social_insurance", {"kind": "REVERSED", "person": SON}, "refers_to", "number"),
    (
        "city_medical_insurance",
        {"kind": "PAID", "person": SON, "first_month": "2020-01-01", "last_month": "2020-02"},
        "first_month",
        "rule",
    ),
    ("city_medical_insurance", {"kind": "PAID", "person": SON}, "first_month", "date"),
    ("city_medical_insurance", {"kind": "TRANSFERRED", "person": SON}, "from_region", "rule"),
    ("city_insurers", {"kind": "ISSUED", "insured": SON}, "holder", "id_format"),
    ("city_insurers", {"kind": "ISSUED", "holder": SON, "policy": "A-1"}, "insurer", "rule"),
    (
        "city_insurers",
        {"kind": "LAPSED", "holder": SON, "insurer": "合成人寿", "policy": "A-1"},
        "refers_to",
        "number",
    ),
    (
        "city_insurers",
        {"kind": "PAPER_LOST", "holder": SON, "insurer": "合成人寿", "policy": "A-1"},
        "refers_to",
        "number",
    ),
    ("city_education", {"kind": "ENTERED", "person": SON, "step": "DEGREE"}, "institution", "code"),
    (
        "city_education",
        {"kind": "LEFT", "person": SON, "step": "DEGREE", "refers_to": "1"},
        "step",
        "code",
    ),
    (
        "city_education",
        {"kind": "ENTERED", "person": SON, "step": "PRIZE", "institution": "合成大学"},
        "step",
        "code",
    ),
    ("city_market_regulator", {"kind": "REGISTERED", "name": "x"}, "business", "id_format"),
    (
        "city_market_regulator",
        {"kind": "REGISTERED", "business": f"{MILL[:-1]}C", "name": "x"},
        "business",
        "id_format",
    ),
    (
        "city_market_regulator",
        {"kind": "MERGED", "business": MILL, "name": "x", "refers_to": "1"},
        "successor",
        "id_format",
    ),
    (
        "city_market_regulator",
        {"kind": "PERMIT_REVOKED", "business": SNACKS, "permit": "x", "number": "F-1"},
        "refers_to",
        "number",
    ),
    ("city_market_regulator", {"kind": "PERMIT", "business": WORKS}, "licence_kind", "rule"),
]


@pytest.mark.parametrize(
    ("name", "given", "field", "reason"),
    [
        *BAD,
        *(
            (name, cells(name)[0] | {first: number}, first, "number")
            for name in DEPARTMENTS
            for first in [connector(name).system.input.columns[0]]
            for number in ("", "0", "first")
        ),
        *(
            (name, cells(name)[0] | {time: "2026-10-01 09:00"}, time, "date")
            for name in DEPARTMENTS
            for time in [one for one in cells(name)[0] if one.endswith("_at")]
        ),
    ],
)
def test_a_row_that_means_nothing_is_refused_by_line_and_field_with_a_remedy_and_no_other_is(
    name: str, given: dict[str, str], field: str, reason: str
) -> None:
    first = connector(name).system.input.columns[0]
    good = sample(name).decode().splitlines()[1]
    bad, after = mapped(name, row(name, {first: "900"} | given), good)
    assert {(one.line, one.field, one.reason) for one in bad.refused} == {(2, field, reason)}
    remedies = " ".join(one.remedy for one in bad.refused)
    assert remedies
    assert not any(cell in remedies for cell in given.values() if len(cell) > 10), (
        "no personal data"
    )
    assert after.refused == ()
    assert after.filed
