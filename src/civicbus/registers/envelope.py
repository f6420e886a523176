"""The columns of a change, in Debezium's envelope: what a mapping sees of a register's differences.

`op` is `c` for a row that is new, `u` for one that has changed, `d` for one that is gone and `r`
for one of a first reading; `ts_ms` is when the register was read. `before.COLUMN` and
`after.COLUMN` are the row's values.
"""

from __future__ import annotations

from collections.abc import Iterable

from civicbus.registers.inputs import SQL_NAME, FolderInput, LiveInput, TableInput

OPERATION = "op"
TIME = "ts_ms"
BEFORE = "before"
AFTER = "after"


def side_of(column: str) -> tuple[str, str] | None:
    """`before` or `after` and the register's own column; `None` for what is of the change itself.

    Raises:
        ValueError: if it is no column of the envelope.
    """
    if column in (OPERATION, TIME):
        return None
    side, _, name = column.partition(".")
    if side not in (BEFORE, AFTER) or not name:
        raise ValueError(
            f"columns: {column} is no column of a change; write op, ts_ms, before.COLUMN or "
            "after.COLUMN"
        )
    return side, name


def register_columns(columns: Iterable[str]) -> tuple[str, ...]:
    """The register's own columns that columns of the envelope name, each once.

    Raises:
        ValueError: if one is no column of the envelope, or none names one of the register.
    """
    sides = [side for column in columns if (side := side_of(column)) is not None]
    if not sides:
        raise ValueError("columns: none is of the register; write before.COLUMN or after.COLUMN")
    return tuple(dict.fromkeys(name for _, name in sides))


def check_is_comparable(
    live: LiveInput | None, columns: Iterable[str], record_column: str | None
) -> None:
    """Return if what is declared can be read: a whole register comes as changes of single rows.

    Raises:
        ValueError: if the way in reads a register whole, and columns or records do not fit that.
    """
    if isinstance(live, TableInput):
        for column in register_columns(columns):
            if SQL_NAME.fullmatch(column) is None or "." in column:
                raise ValueError(f"columns: {column} is no name of a column in PostgreSQL")
    elif isinstance(live, FolderInput) and live.key:
        register_columns(columns)
        if record_column is not None:
            raise ValueError(
                "record_column: a record of several rows has no place in a folder with a key; "
                "remove one of the two"
            )
