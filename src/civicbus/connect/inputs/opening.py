"""Which way in a connector has, as its declaration says."""

from __future__ import annotations

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import Batches, Opener, Position
from civicbus.connect.inputs.debezium import debezium
from civicbus.connect.inputs.difference import MassChange
from civicbus.connect.inputs.folder import folder
from civicbus.connect.inputs.intake import Intake
from civicbus.connect.inputs.outbox import outbox
from civicbus.connect.inputs.table import table
from civicbus.connect.inputs.whole_folder import whole_folder
from civicbus.registers.inputs import (
    DciInput,
    DebeziumInput,
    FolderInput,
    OutboxInput,
    PushInput,
    TableInput,
)
from civicbus.registers.systems import DECLARATION
from civicbus.settings import ConfigurationError, Settings


def opener(
    connector: Connector,
    settings: Settings,
    intake: Intake | None = None,
    *,
    accept_mass_change: bool = False,
) -> Opener:
    """The way in that a connector declares; `intake` is that of its open door, if it has one.

    With `accept_mass_change` the next reading of a whole register is published, however much of it
    has changed.

    Raises:
        ConfigurationError: if it declares none.
    """
    live = connector.system.live
    share = live.mass_change if isinstance(live, TableInput | FolderInput) else 1.0
    guard = MassChange(share, is_accepted=accept_mass_change)  # for all attempts together

    def opened(position: Position | None) -> Batches:
        match live:
            case OutboxInput():
                return outbox(live, connector, settings, position)
            case TableInput():
                return table(live, connector, settings, position, guard)
            case FolderInput(key=()):
                return folder(live, connector, position)
            case FolderInput():
                return whole_folder(live, connector, settings, position, guard)
            case DebeziumInput():
                return debezium(live, connector, settings, position)
            case PushInput() | DciInput():
                assert intake is not None, "the door of such a connector has one"
                return intake.batches()
        raise AssertionError(live)

    if live is None:
        raise ConfigurationError(
            f"{connector.folder / DECLARATION}: input: no way in is declared; write one, such as "
            "[input.outbox]"
        )
    return opened
