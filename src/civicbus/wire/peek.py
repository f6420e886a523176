"""Who published a record and with which sequence, read without decoding the rest of it.

Every event starts with its header, and the header with three fields: event id, source, source
sequence. In Avro these are two texts, each with its length before it, and a number. Reading them
by hand takes a twentieth of the time of decoding the event.
"""

from __future__ import annotations

from civicbus.wire.codec import FRAME, MAGIC

NOTHING = ("", -1)
LONGEST_VARINT = 10  # bytes; a longer one is no number that Avro knows


def peek(framed: bytes | None) -> tuple[str, int]:
    """The source and the source sequence of a framed event; no name and -1 if there is none.

    Nothing else is checked: that is the guard's business. A watermark has no header, so nothing
    useful comes of peeking into one.
    """
    if framed is None or len(framed) < FRAME.size or framed[0] != MAGIC:
        return NOTHING
    try:
        length, at = _number(framed, FRAME.size)
        length, at = _number(framed, _after(framed, at, length))
        end = _after(framed, at, length)
        source = framed[at:end].decode("ascii")
        sequence, _ = _number(framed, end)
    except (IndexError, ValueError):
        return NOTHING
    return source, sequence


def _after(framed: bytes, at: int, length: int) -> int:
    """Where a text of that length ends."""
    if not 0 <= length <= len(framed) - at:
        raise IndexError
    return at + length


def _number(framed: bytes, at: int) -> tuple[int, int]:
    """The zig-zag variable-length number at a place, and the place after it."""
    value = 0
    for size in range(LONGEST_VARINT):
        byte = framed[at + size]
        value |= (byte & 0x7F) << (7 * size)
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at + size + 1
    raise ValueError
