"""Each rule of each type, broken once: the screen lets no such record pass, nor does the judge.

The rules are those that `tests.builders` states by hand. A mutant (`test_guard_fuzz`) breaks a rule
by chance, and a rule of one type among forty hardly ever.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import fastavro
import pytest

from civicbus.wire.guard import WORTH_SCREENING, Guard
from civicbus.wire.guard_screen import Screen
from civicbus.wire.records import to_plain
from tests.builders import LEAST, NAMING, NOT_EMPTY, RANGES, REASONS, TARGET
from tests.wire.corpus import (
    PUBLISHERS,
    Record,
    catalogue,
    family_of,
    good_records,
    topic_of,
)
from tests.wire.makers import ENVIRONMENT, event
from tests.wire.tokens import framed

Plain = dict[str, Any]
Break = Callable[[Plain], None]


def to(where: str, value: Any) -> Break:
    """Set a part, named with those that it stands in: `header.change`."""

    def edit(plain: Plain) -> None:
        *parents, name = where.split(".")
        for parent in parents:
            plain = plain[parent]
        plain[name] = value

    return edit


def nobody_in(*roles: str) -> Break:
    def edit(plain: Plain) -> None:
        for concerned in plain["header"]["concerned"]:
            if concerned["role"] in roles:
                concerned["role"] = "WRONGLY_NAMED"

    return edit


def ended(plain: Plain) -> None:
    plain["header"] |= {"change": "ENDED", "target_event_id": TARGET}
    if "end_reason" in plain:
        plain["end_reason"] = None


def aimless(plain: Plain) -> None:
    plain["header"] |= {"change": "CREATED", "target_event_id": None}


def date(*parts: int | None) -> Plain:
    year, month, day = parts
    unsaid = {"qualifier": "EXACT", "text": None, "calendar": None}
    return {"year": year, "month": month, "day": day, **unsaid}


def born_after(plain: Plain) -> None:
    to("header.occurred", date(2010, 5, 4))(plain)
    plain["header"]["concerned"][0]["birth_date"] = date(2010, 5, 5)


def breaks() -> Iterator[tuple[str, str, Break]]:
    for kind, rules in LEAST.items():
        for group in rules.roles:
            yield kind.__name__, f"nobody is {' or '.join(group)}", nobody_in(*group)
    for kind, names in NOT_EMPTY.items():
        for name in names:
            yield kind.__name__, f"no {name}", to(name, "")
    for kind in REASONS:
        yield kind.__name__, "ended without a reason", ended
    for kind in NAMING:
        yield kind.__name__, "speaks of no event", aimless
    for (kind, name), bounds in RANGES.items():
        for number in (bounds[0] - 1, bounds[1] + 1):
            yield kind.__name__, f"{name} {number}", to(name, number)
    yield "Death", "born after the death", born_after
    yield "IdentityLink", "ended", ended
    for name, other in (("first_month", "last_month"), ("last_month", "first_month")):
        yield "Contribution", f"{name} with a day", to(name, date(2004, 5, 1))
        yield "Contribution", f"{name} without a month", to(name, date(2004, None, None))
        wrong = date(2024, 1, None) if name == "first_month" else date(1990, 1, None)
        yield "Contribution", f"{name} on the wrong side of {other}", to(name, wrong)


def titles(case: Any) -> str | None:
    return case if isinstance(case, str) else None


@pytest.mark.parametrize(("kind", "title", "edit"), list(breaks()), ids=titles)
def test_a_record_that_breaks_a_rule_of_its_type_does_not_pass(
    guard: Guard, kind: str, title: str, edit: Break
) -> None:
    said = event(kind, 3)
    plain = to_plain(said)
    edit(plain)
    body = io.BytesIO()
    fastavro.schemaless_writer(body, catalogue().latest(kind).parsed, plain)
    bad = Record(said.header.keys()[0].encode(), framed(kind, body.getvalue()))
    good = list(good_records(kind, WORTH_SCREENING))
    screen = Screen.of(catalogue().latest(kind), PUBLISHERS, ENVIRONMENT)
    if screen is not None:
        assert screen.passes(family_of(kind), good) is not None
        assert screen.passes(family_of(kind), [*good, bad]) is None, title
    (refused,) = guard.judge(topic_of(kind), [*good, bad]).refused
    assert (refused.index, refused.reason in ("rule", "range", "schema")) == (len(good), True)
