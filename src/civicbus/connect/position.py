"""How far a source's events are on the bus, so that one delivery begins where another ended.

Rule 1: the position is the source's own word, `complete_through` of its last watermark. It stands
in the log beside the events, so the two cannot disagree.
Rule 2: a first load's position is a time before its snapshot was taken. It is noted before anything
is read and said when everything is acknowledged: a load that was killed has said nothing.
Rule 3: whoever delivers what came after a position names it. Where the word does not reach as far,
something is missing between, and the delivery is refused. What overlaps counts once: the same entry
has the same event id and the same bytes, whatever file it came in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from civicbus.connect.connector import Connector
from civicbus.connect.deliver import Delivery, deliver, ignore
from civicbus.connect.kafka import PublishError
from civicbus.connect.packing import check_not_ahead
from civicbus.connect.publisher import Publisher
from civicbus.domain.answer import iso


async def load(
    connector: Connector,
    stream: BinaryIO,
    name: str,
    publisher: Publisher,
    now: datetime,
    position: datetime,
    progress: Callable[[int], None] = ignore,
    processes: int = 1,
) -> Delivery:
    """Publish a snapshot of a whole register, then the source's word up to `position`.

    The word never goes back: a snapshot that is loaded after live deliveries leaves it as it was.

    Raises:
        InvalidEventError: if the position is yet to come.
        UnreadableFileError, PublishError: as `deliver`. Load the same snapshot again; it does no
            harm.
    """
    check_not_ahead(position, "complete_through")
    delivery = await deliver(connector, stream, name, publisher, now, progress, processes, position)
    await publisher.watermark(max(position, publisher.complete_through))
    return delivery


def check_follows(publisher: Publisher, since: datetime) -> None:
    """Return if what was registered from a time on leaves no gap behind what is on the bus.

    Raises:
        PublishError: if the source's word does not reach so far.
    """
    reached = publisher.complete_through
    if reached < since:
        raise PublishError(
            f"the bus has this source's word up to {iso(reached)} only, and what was registered "
            f"from {iso(since)} on would leave a gap; run civicbus load to its end, or deliver "
            "from there on"
        )
