"""civicbus: ask the registers, not the citizen."""

__version__ = "0.1.0"
