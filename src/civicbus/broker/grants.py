"""Who may do what at the broker: the access lists of connectors, subscribers, workers, operators.

Kafka decides by these lists before any of us sees a record: a hospital's connector cannot write a
divorce, a subscriber without a grant cannot read deaths. They need a broker with an authorizer that
refuses what nobody has granted (`allow.everyone.if.no.acl.found=false`, the default).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it re-exports them
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from civicbus.broker.connection import BrokerError, librdkafka_options
from civicbus.domain.families import FAMILIES
from civicbus.settings import Settings
from civicbus.wire.topics import (
    COMPACTED_TOPICS,
    PERSON_TOPICS,
    QUARANTINE_TOPIC,
    REFUSED_ROW_TOPIC,
)

ANSWERS_WITHIN = 30.0  # seconds
ASKED_AGAIN_AFTER = 0.05  # seconds
ANY = "*"  # Kafka's way of saying every name
READ, WRITE, DESCRIBE = AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A user may do something with a topic, or read as a group; `operation` in Kafka's words.

    `is_prefix` stands for every name that begins so.
    """

    kind: str
    name: str
    operation: str
    is_prefix: bool = False


def for_connector(families: Iterable[str]) -> list[Grant]:
    """What a connector needs: to write what its system publishes, and to read its own back."""
    topics = [*(FAMILIES[name].topic for name in families), *COMPACTED_TOPICS]
    return _topics(topics, READ, WRITE, DESCRIBE)


def for_subscriber(families: Iterable[str], group: str | None) -> list[Grant]:
    """What a subscriber needs: to read some topics, in its group if it has one."""
    topics = [FAMILIES[name].topic for name in families]
    return [*_topics(topics, READ, DESCRIBE), *([] if group is None else [_group(group)])]


def for_worker(group: str) -> list[Grant]:
    """What workers need: to read the person topics as a group, and to put away what is refused.

    To know what other groups have acknowledged, they describe them.
    """
    return [
        *_topics(PERSON_TOPICS, READ, DESCRIBE),
        *_topics([QUARANTINE_TOPIC], READ, WRITE, DESCRIBE),
        *_topics(COMPACTED_TOPICS, DESCRIBE),
        Grant("group", group, READ.name, is_prefix=True),
        Grant("group", ANY, DESCRIBE.name),
    ]


def for_operator() -> list[Grant]:
    """What operators of the quarantine need: to read it, and to write releases."""
    return [
        *_topics([*PERSON_TOPICS, QUARANTINE_TOPIC], READ, WRITE, DESCRIBE),
        *_topics([REFUSED_ROW_TOPIC], READ, DESCRIBE),
    ]


def grant(settings: Settings, user: str, grants: Sequence[Grant]) -> None:
    """Write grants into the broker's access lists; those that are there already stay.

    It returns when they hold, at the broker that was asked; others of its cluster may follow.

    Raises:
        BrokerError: if the broker keeps no such lists, or does not let us write them.
    """
    client = AdminClient({**librdkafka_options(settings)})  # what is asked ends with it
    wanted = [_binding(user, one) for one in grants]
    _wait(client.create_acls(wanted, request_timeout=ANSWERS_WITHIN).values())
    _settle(client, user, lambda found: found >= set(wanted))


def revoke(settings: Settings, user: str) -> int:
    """Take away all that a user has been granted; returns how many grants that were.

    Raises:
        BrokerError: as `grant`.
    """
    client = AdminClient({**librdkafka_options(settings)})
    asked = client.delete_acls([_all_of(user)], request_timeout=ANSWERS_WITHIN)
    count = sum(len(found) for found in _wait(asked.values()))
    _settle(client, user, lambda found: not found)
    return count


def _settle(client: AdminClient, user: str, is_so: Callable[[set[object]], bool]) -> None:
    """Return when what a user has been granted is so: brokers learn late what is written."""
    deadline = time.monotonic() + ANSWERS_WITHIN
    while True:
        asked = client.describe_acls(_all_of(user), request_timeout=ANSWERS_WITHIN)
        (found,) = _wait([asked])
        if is_so(set(found)):
            return
        if time.monotonic() > deadline:
            raise BrokerError(
                f"the broker has not taken over what was written within {ANSWERS_WITHIN:.0f} s; "
                "it is written: see with kafka-acls --list whether it holds by now"
            )
        time.sleep(ASKED_AGAIN_AFTER)


def _all_of(user: str) -> AclBindingFilter:
    every = (ResourceType.ANY, None, ResourcePatternType.ANY, f"User:{user}", None)
    return AclBindingFilter(*every, AclOperation.ANY, AclPermissionType.ANY)  # type: ignore[arg-type]  # None is any


def _topics(topics: Collection[str], *operations: AclOperation) -> list[Grant]:
    return [Grant("topic", topic, one.name) for topic in topics for one in operations]


def _group(name: str) -> Grant:
    return Grant("group", name, READ.name)


def _binding(user: str, one: Grant) -> AclBinding:
    kind = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}[one.kind]
    pattern = ResourcePatternType.PREFIXED if one.is_prefix else ResourcePatternType.LITERAL
    return AclBinding(
        kind, one.name, pattern, f"User:{user}", "*", AclOperation[one.operation],
        AclPermissionType.ALLOW,
    )  # fmt: skip


def _wait(asked: Iterable[object]) -> list[list[object]]:
    found = []
    for one in asked:
        try:
            found.append(one.result() or [])  # type: ignore[attr-defined]
        except KafkaException as error:
            told = error.args[0].str()
            raise BrokerError(
                f"the broker does not keep the grants: {told}; it needs an authorizer, and "
                "CIVICBUS_BROKER_USER must be one of its super users"
            ) from error
    return found
