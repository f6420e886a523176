"""A Kafka with SASL and TLS: everybody says who they are, and does what was granted, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from pydantic import SecretStr

from civicbus.broker import grants
from civicbus.broker.connection import BrokerError, check_reachable, client_options
from civicbus.broker.topics import create_topics
from civicbus.connect.kafka import PublishError
from civicbus.connect.publisher import Publisher
from civicbus.domain.families import FAMILIES
from civicbus.settings import Settings, load_settings
from civicbus.subscribe import Subscription
from tests.connect.publishing import birth, death, register
from tests.kafka.bus import Bus, until
from tests.kafka.secure import SecureKafka
from tests.subscribe.test_subscription import all_of, numbers

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

USERS = ("admin", "hospital", "pensions", "worker", "operator")


@dataclass
class Secured:
    """A broker, and how each user is configured for it."""

    kafka: SecureKafka
    folder: Path

    def of(self, user: str, password: str | None = None) -> Settings:
        return load_settings(
            broker=f"localhost:{self.kafka.secure}",
            broker_tls=True,
            broker_tls_ca=self.kafka.authority,
            broker_user=user,
            broker_password=SecretStr(password or f"{user}'s password"),
            data=self.folder / user,
            session_timeout=6,
        )


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    kafka = SecureKafka(folder)
    try:
        kafka.start()
        for user in USERS:
            kafka.add_user(user, f"{user}'s password")
        yield Secured(kafka, folder)
    finally:
        kafka.kill()


@pytest.fixture(autouse=True)
async def topics(secured: Secured) -> None:
    """The topics, with nothing granted to anybody."""
    await create_topics(secured.of("admin"))
    for user in USERS[1:]:
        grants.revoke(secured.of("admin"), user)


async def test_whoever_gives_a_wrong_password_is_told_so_without_it(secured: Secured) -> None:
    with pytest.raises(BrokerError, match="CIVICBUS_BROKER_USER and _PASSWORD") as caught:
        await check_reachable(secured.of("admin", "guessed"))
    assert "guessed" not in str(caught.value)


async def test_a_hospitals_connector_publishes_its_births_and_cannot_write_a_divorce(
    secured: Secured,
) -> None:
    hospital = secured.of("hospital")
    with pytest.raises(PublishError):
        async with Publisher(hospital, register()):
            pass
    grants.grant(secured.of("admin"), "hospital", grants.for_connector(["birth", "death"]))
    async with Publisher(hospital, register()) as publisher:
        await publisher.publish(birth(1))
    async with AIOKafkaProducer(**client_options(hospital)) as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(FAMILIES["union"].topic, b"a divorce", b"key")
    async with Publisher(hospital, register()) as publisher:  # it counts its own, too
        await publisher.publish(birth(2))


async def test_a_subscriber_reads_what_was_granted_in_its_own_group_and_nothing_else(
    secured: Secured,
) -> None:
    admin, pensions = secured.of("admin"), secured.of("pensions")
    grants.grant(admin, "hospital", grants.for_connector(["birth", "death"]))
    async with Publisher(secured.of("hospital"), register()) as publisher:
        await publisher.publish(death(1))
    with pytest.raises(BrokerError, match=r"civic\.death\.v1"):
        await all_of(Subscription(pensions, ["death"], follow=False))
    grants.grant(admin, "pensions", grants.for_subscriber(["death"], "pension-office"))
    assert numbers(await all_of(Subscription(pensions, ["death"], follow=False))) == [1]
    ours = Subscription(pensions, ["death"], follow=False, group="pension-office")
    assert numbers(await all_of(ours)) == [1]
    with pytest.raises(BrokerError, match=r"civic\.birth\.v1"):
        await all_of(Subscription(pensions, ["birth"], follow=False))
    with pytest.raises(KafkaError):
        await all_of(Subscription(pensions, ["death"], follow=False, group="somebody-elses"))
    assert grants.revoke(admin, "pensions") == 3
    with pytest.raises(BrokerError, match=r"civic\.death\.v1"):
        await all_of(Subscription(pensions, ["death"], follow=False))


def test_a_worker_indexes_and_answers_with_a_workers_grants(
    secured: Secured, tmp_path: Path
) -> None:
    admin = secured.of("admin")
    bus = Bus(admin.broker or "", tmp_path)
    bus.configured |= {
        "CIVICBUS_BROKER_TLS": "true",
        "CIVICBUS_BROKER_TLS_CA": str(secured.kafka.authority),
        "CIVICBUS_BROKER_USER": "admin",
        "CIVICBUS_BROKER_PASSWORD": "admin's password",
    }
    bus.run("topics", "grant", "worker", "--worker")
    told = bus.run("topics", "grant", "hospital", "--connector", "us_deaths", "--json").stdout
    assert '"topic", "name": "civic.death.v1", "operation": "WRITE"' in told
    connector = Path("connectors/us_deaths")
    bus.configured["CIVICBUS_BROKER_USER"] = "hospital"
    bus.configured["CIVICBUS_BROKER_PASSWORD"] = "hospital's password"
    bus.run("connect", "us_deaths", "--input", str(connector / "sample.csv"))
    bus.configured["CIVICBUS_BROKER_USER"] = "worker"
    bus.configured["CIVICBUS_BROKER_PASSWORD"] = "worker's password"
    try:
        worker = bus.start_ready_worker("one")
        until(lambda: worker.ask("us-dc:900001").json().get("outcome") == "no", "it is known")
    finally:
        bus.stop_all()
