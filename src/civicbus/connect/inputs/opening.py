"""Which way in a connector has, as its declaration says."""

from __future__ import annotations

from civicbus.connect.connector import Connector
from civicbus.connect.inputs.batches import Batches, Opener, Position
from civicbus.connect.inputs.debezium import debezium
from civicbus.connect.inputs.outbox import outbox
from civicbus.registers.inputs import DebeziumInput, OutboxInput
from civicbus.registers.systems import DECLARATION
from civicbus.settings import ConfigurationError, Settings


def opener(connector: Connector, settings: Settings) -> Opener:
    """The way in that a connector declares.

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
        raise AssertionError(live)

    if live is None:
        raise ConfigurationError(
            f"{connector.folder / DECLARATION}: input: no way in is declared; write one, such as "
            "[input.outbox]"
        )
    return opened
