"""A department that puts files into its connector's folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from civicbus.connect.connector import Connector, load_connector
from civicbus.connect.deliver import Delivery
from civicbus.connect.inputs.batches import Opener
from civicbus.connect.inputs.opening import opener
from civicbus.connect.publisher import Publisher
from civicbus.connect.runner import Runner
from civicbus.registers.inputs import FolderInput
from civicbus.registers.systems import DECLARATION
from civicbus.settings import Settings, load_settings
from tests.connect.inputs.taking import Nobody

HERE = Path(__file__).parent
BEGINNING = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = "entry,person,died_on,registered_at"


def at(number: int) -> datetime:
    """Up to when the delivery of that number is complete."""
    return BEGINNING + timedelta(hours=number)


def row(entry: int, died_on: str = "2026-02-01") -> str:
    return f"{entry},{1000 + entry},{died_on},2026-02-02T09:00:00Z"


def rows(*entries: int) -> list[str]:
    return [row(entry) for entry in entries]


def _impatient(folder: Path) -> Connector:
    """The connector, which looks into its folder more often than a declaration can say."""
    connector = load_connector(folder)
    live = connector.system.live
    assert isinstance(live, FolderInput)
    often = replace(live, every=timedelta(milliseconds=10))
    return replace(connector, system=replace(connector.system, live=often))


@dataclass
class Department:
    """Its folder, and the connector that reads from it."""

    connector: Connector
    settings: Settings

    @classmethod
    def of(cls, name: str, folder: Path) -> Department:
        """One with a copy of the connector of that name, and nothing delivered yet."""
        shutil.copytree(HERE / name, folder / name)
        (folder / name / "incoming").mkdir()
        return cls(_impatient(folder / name), load_settings(data=folder / "data"))

    async def publish(self, settings: Settings) -> Delivery:
        """Run the connector on a bus until nothing more waits."""
        runner = Runner(
            lambda: Publisher(settings, self.connector.system),
            self.connector,
            opener(self.connector, settings),
            Nobody(),
        )
        return await runner.run(once=True)

    def declare(self, old: str, new: str) -> None:
        """Change the declaration; what stood there must have stood there."""
        path = self.connector.folder / DECLARATION
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        self.connector = _impatient(self.connector.folder)

    @property
    def folder(self) -> Path:
        return self.connector.folder / "incoming"

    @property
    def state(self) -> Path:
        return self.settings.data / "connectors" / f"{self.connector.system.source}.sqlite"

    def open(self, *, accept_mass_change: bool = False) -> Opener:
        return opener(self.connector, self.settings, accept_mass_change=accept_mass_change)

    def deliver(self, number: int, lines: list[str], **announced: Any) -> Path:
        """A file of rows with its header, and its manifest; `announced` stands in that instead."""
        content = "".join(f"{line}\n" for line in [HEADER, *lines]).encode()
        return self.put(number, content, len(lines), **announced)

    def put(self, number: int, content: bytes, count: int, **announced: Any) -> Path:
        """A file of these bytes, and its manifest."""
        path = self.folder / f"delivery-{number}.csv"
        path.write_bytes(content)
        told = {
            "number": number,
            "records": count,
            "sha256": hashlib.sha256(content).hexdigest(),
            "complete_through": at(number).isoformat(),
        }
        self.announce(path, told | announced)
        return path

    def announce(self, path: Path, told: Mapping[str, Any]) -> Path:
        """Write the manifest of a file."""
        manifest = path.with_name(f"{path.name}.manifest.json")
        manifest.write_text(json.dumps(told), encoding="utf-8")
        return manifest
