"""The list of interconnected systems says what the connectors declare, neither more nor less."""

from __future__ import annotations

from pathlib import Path

from civicbus.registers.interconnected import describe
from civicbus.registers.systems import read_systems

CONNECTORS = Path(__file__).parents[2] / "connectors"


def test_the_list_of_interconnected_systems_is_current() -> None:
    listed = (CONNECTORS / "README.md").read_text(encoding="utf-8")
    assert listed == describe(read_systems(CONNECTORS)), "run `make docs`"


def test_the_list_names_every_folder_that_declares_a_system() -> None:
    systems = read_systems(CONNECTORS)
    assert len(systems) == len(list(CONNECTORS.glob("*/connector.toml")))
    listed = describe(systems)
    for system in systems:
        assert f"## {system.source}\n" in listed
        assert f"- Publishes: {', '.join(system.families)}\n" in listed
