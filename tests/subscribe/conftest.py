"""A built-in broker with the bus's topics."""

from tests.connect.conftest import settings

__all__ = ["settings"]
