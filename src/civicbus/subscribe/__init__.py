"""For those who read the topics: typed events, each once, with receipts of how far they have read.

    async with Subscription(settings, ["death"], group="pension-office") as deaths:
        async for delivery in deaths:
            await stop_pension(delivery.event)

Any Kafka client reads the same topics (`schemas/README.md`); what is here is for Python.
"""

from civicbus.subscribe.delivery import Delivery
from civicbus.subscribe.subscription import Subscription

__all__ = ["Delivery", "Subscription"]
