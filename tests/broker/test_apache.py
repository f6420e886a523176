"""The local Apache Kafka: it keeps what it was given, and says why where it cannot start."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from civicbus.broker import apache, jars
from civicbus.broker.apache import ApacheKafka
from civicbus.broker.connection import BrokerError, client_options
from civicbus.broker.jars import find_program, kafka_jars
from civicbus.broker.topics import create_topics
from civicbus.settings import load_settings

PARTITION = TopicPartition("civic.death.v1", 2)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[ApacheKafka]:
    node = ApacheKafka(tmp_path / "kafka")
    yield node
    node.stop()


def running(node: ApacheKafka) -> bool:
    return node.pid is not None


def silent(_: str) -> None:
    """Progress that is not looked at."""


async def write(address: str, value: bytes) -> None:
    settings = load_settings(broker=address)
    await create_topics(settings)
    async with AIOKafkaProducer(**client_options(settings), acks="all") as producer:
        await producer.send_and_wait(PARTITION.topic, value, partition=PARTITION.partition)


async def read(address: str) -> list[bytes]:
    async with AIOKafkaConsumer(**client_options(load_settings(broker=address))) as consumer:
        consumer.assign([PARTITION])
        await consumer.seek_to_beginning(PARTITION)
        end = (await consumer.end_offsets([PARTITION]))[PARTITION]
        return [(await consumer.getone()).value for _ in range(end)]


@pytest.mark.java
async def test_what_was_acknowledged_is_there_after_a_stop_and_after_a_kill(
    node: ApacheKafka,
) -> None:
    assert not running(node)
    await write(node.start(), b"before the stop")
    assert running(node)
    assert node.stop() is True
    assert not running(node)
    assert node.stop() is False
    await write(node.start(), b"before the kill")
    node.kill()
    assert not running(node)
    assert await read(node.start()) == [b"before the stop", b"before the kill"]


@pytest.mark.java
def test_another_process_finds_the_node_and_can_stop_it(node: ApacheKafka) -> None:
    progress: list[str] = []
    address = node.start()
    other = ApacheKafka(node.folder, progress=progress.append)
    assert (other.pid, other.address) == (node.pid, address)
    assert other.start() == address
    assert progress == []
    assert other.stop() is True
    assert node.pid is None


@pytest.mark.java
def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=rf"port {port}: Address already in use; choose ano"):
            ApacheKafka(tmp_path / "kafka", port).start()
    assert not (tmp_path / "kafka").exists()


@pytest.mark.java
def test_a_broker_that_does_not_come_up_shows_the_end_of_its_log(
    node: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apache, "PROPERTIES", apache.PROPERTIES + "num.io.threads=none\n")
    node.folder.joinpath("log").mkdir(parents=True)
    node.folder.joinpath("log", "meta.properties").write_text("version=1\n", encoding="utf-8")
    with pytest.raises(BrokerError, match=r"(?s)ended while starting; .*kafka\.log:.*num\.io"):
        node.start()
    assert node.pid is None


@pytest.mark.java
def test_a_folder_that_cannot_be_prepared_is_named(
    node: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apache, "PROPERTIES", apache.PROPERTIES.replace("node.id=1", "node.id=x"))
    with pytest.raises(BrokerError, match=r"Kafka cannot prepare its folder: .*Invalid value x"):
        node.start()


def test_the_number_of_a_process_that_is_not_kafka_is_not_believed(tmp_path: Path) -> None:
    node = ApacheKafka(tmp_path)
    for stale in (str(os.getpid()), "999999999", "", "x"):
        (tmp_path / "kafka.pid").write_text(stale, encoding="utf-8")
        assert node.pid is None
        assert node.stop() is False


@pytest.mark.parametrize(
    ("program", "package"), [("java", "default-jre-headless"), ("mvn", "maven")]
)
def test_a_missing_program_is_named_with_the_package_that_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, package: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match=rf"^{program}: not found; .*apt-get install {package}$"):
        find_program(program)


def test_a_maven_that_fails_leaves_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    maven.write_text("#!/bin/sh\necho the repository is away\nexit 1\n", encoding="utf-8")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{maven.parent}:/bin:/usr/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    progress: list[str] = []
    with pytest.raises(BrokerError, match=r"(?s)could not fetch kafka-.*the repository is away"):
        kafka_jars(progress.append)
    assert progress == ["fetching kafka-4.1.1 with Maven, once (45 to 100 MB)"]
    assert [path.name for path in (tmp_path / "cache" / "civicbus").iterdir()] == ["kafka.lock"]


@pytest.mark.java
def test_the_jars_are_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = kafka_jars(silent)
    assert any(path.name.startswith("kafka_") for path in folder.glob("*.jar"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kafka_jars(silent) == folder
    assert jars.POM.is_file()
