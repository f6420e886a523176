"""The list of interconnected systems, written from the connectors' declarations.

`connectors/README.md` is this module's output; `make docs` writes it. A test fails when it is not
current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from civicbus.domain.authority import Authority, Coverage
from civicbus.registers.systems import System, read_systems

HEAD = """\
# Interconnected systems

Generated from the connectors' `connector.toml` files; do not edit it by hand. To write it anew:
`make docs`.

A system publishes the families named here and no others. Where it is an authority, its silence
means something unless the line says otherwise: for persons known by these identifier schemes, while
its word is no older than stated. A department may keep its connector in any folder; this one is
only where ours are.
"""


def describe(systems: Iterable[System]) -> str:
    """The list as Markdown, one section for each system."""
    listed = list(systems)
    sections = ("\n".join(_section(system)) for system in listed)
    return "\n".join([HEAD, *_timetable(listed), *sections])


def _timetable(systems: Iterable[System]) -> Iterator[str]:
    """Which system is connected from which day on, the earliest first."""
    yield "| connected from | system | on the bus within | comes in by |"
    yield "| --- | --- | --- | --- |"
    for system in sorted(systems, key=_day):
        promised = system.timetable
        day, within = ("not promised", "not promised")
        if promised is not None:
            day, within = str(promised.connected), _span(promised.fresh_within)
        yield f"| {day} | {system.source} | {within} | {_way(system)} |"
    yield ""


def _day(system: System) -> tuple[date, str]:
    return (system.timetable.connected if system.timetable else date.max), system.source


def _way(system: System) -> str:
    if system.live is None:
        return "files"
    return type(system.live).__name__.removesuffix("Input").lower()


def _section(system: System) -> Iterator[str]:
    yield f"## {system.source}"
    yield ""
    yield f"{system.title}. {system.department}."
    yield ""
    yield f"- Legal basis: {system.legal_basis}"
    yield f"- Contact: {system.contact}"
    yield f"- Publishes: {', '.join(system.families)}"
    if not system.authorities:
        yield "- Authority: none; what it publishes is evidence, its silence is not"
    for authority in system.authorities:
        yield f"- Authority for {authority.family}: {_reach(authority)}"
    yield ""


def _reach(authority: Authority) -> str:
    reach = f"{', '.join(sorted(authority.schemes))}; fresh for {_span(authority.fresh_for)}"
    if not authority.coverage:
        reach += "; not complete, so its silence says nothing"
    if authority.settles_after:
        reach += f"; acts settle within {_span(authority.settles_after)}"
    for coverage in authority.coverage:
        if coverage != Coverage():
            reach += f"; complete{_extent(coverage)}"
    if authority.takes_in:
        reach += f"; enters acts of {', '.join(sorted(authority.takes_in))} itself"
    return reach


def _extent(coverage: Coverage) -> str:
    """From when, until when and where, as far as that is bounded."""
    since = f" from {coverage.since}" if coverage.since else ""
    until = f" until {coverage.until}" if coverage.until else ""
    places = f" in {', '.join(coverage.places)}" if coverage.places else ""
    return since + until + places


def _span(span: timedelta) -> str:
    for unit, name in (
        (timedelta(days=1), "days"),
        (timedelta(hours=1), "hours"),
        (timedelta(minutes=1), "minutes"),
    ):
        if span and span % unit == timedelta(0) and span // unit > 1:
            return f"{span // unit} {name}"
    return f"{int(span.total_seconds())} seconds"


if __name__ == "__main__":
    sys.stdout.write(describe(read_systems(Path(sys.argv[1]))))
