"""Which way in a connector has, as its declaration says."""

from __future__ import annotations

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import Batches, Opener, Position
from civicbus.connect.inputs.debezium import debezium
from civicbus.connect.inputs.intake import Intake
from civicbus.connect.inputs.outbox import outbox
from civicbus.registers.inputs import DciInput, DebeziumInput, OutboxInput, PushInput
from civicbus.registers.systems import DECLARATION
from civicbus.settings import ConfigurationError, Settings


def opener(connector: Connector, settings: Settings, intake: Intake | None = None) -> Opener:
    """The way in that a connector declares; `intake` is that of its open door, if it has one.

    Raises:
        ConfigurationError: if it declares none.
    """
    live = connector.system.live

    def opened(position: Position | None) -> Batches:
        match live:
            case OutboxInput():
                return outbox(live, connector, settings, position)
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
