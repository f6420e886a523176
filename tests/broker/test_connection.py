"""A broker that cannot be reached is named, with why and what to do (D10)."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from civicbus.broker import connection
from civicbus.broker.connection import BrokerError, check_reachable
from civicbus.settings import Settings, load_settings

HOST = "127.0.0.1"


async def refusal(settings: Settings) -> str:
    with pytest.raises(BrokerError) as caught:
        await check_reachable(settings)
    return str(caught.value)


@asynccontextmanager
async def server(context: ssl.SSLContext | None, *, silent: bool = False) -> AsyncIterator[str]:
    """Something that listens and is no Kafka: it hangs up, or never says a word."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if silent:
            await reader.read()
        writer.close()

    running = await asyncio.start_server(talk, HOST, 0, ssl=context)
    try:
        yield f"{HOST}:{running.sockets[0].getsockname()[1]}"
    finally:
        running.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS with a certificate for localhost, and that certificate."""
    key, path = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext"
    subprocess.run(
        [*command.split(), "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(path)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return context, path


async def test_a_running_broker_is_reachable(builtin_broker: str) -> None:
    await check_reachable(load_settings(broker=builtin_broker))


async def test_one_that_runs_is_enough(builtin_broker: str) -> None:
    await check_reachable(load_settings(broker=f"{HOST}:1,{builtin_broker}"))


async def test_without_a_configured_broker_the_variable_is_named() -> None:
    assert "set CIVICBUS_BROKER=host:port" in await refusal(load_settings())


async def test_each_address_that_does_not_answer_is_named() -> None:
    told = await refusal(load_settings(broker=f"{HOST}:1,no-such-host.invalid:9092"))
    assert f"{HOST}:1: Connection refused; no-such-host.invalid:9092: " in told
    assert told.endswith("; start it, or correct CIVICBUS_BROKER")


async def test_something_that_is_no_kafka_is_told_apart() -> None:
    async with server(None) as address:
        told = await refusal(load_settings(broker=address))
    assert f"{address} is open but does not answer as Kafka over plain text" in told


async def test_a_silent_listener_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWERS_WITHIN", 0.3)
    async with server(None, silent=True) as address:
        told = await asyncio.wait_for(refusal(load_settings(broker=address)), timeout=10)
    assert f"{address} is open but does not answer as Kafka" in told


async def test_tls_to_a_broker_without_it_is_told(builtin_broker: str) -> None:
    told = await refusal(load_settings(broker=builtin_broker, broker_tls=True))
    assert builtin_broker in told
    assert "TLS" in told


async def test_plain_text_to_a_broker_with_tls_names_the_switch(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with server(context) as address:
        told = await refusal(load_settings(broker=address))
    assert told.endswith("check the port, and CIVICBUS_BROKER_TLS")


async def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with server(context) as address:
        port = address.rpartition(":")[2]
        told = await refusal(load_settings(broker=f"localhost:{port}", broker_tls=True))
    assert "its certificate is refused (self-signed certificate)" in told


async def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    async with server(context) as address:
        told = await refusal(
            load_settings(broker=address, broker_tls=True, broker_tls_ca=authority)
        )
    assert "its certificate is refused (IP address mismatch" in told


async def test_a_trusted_certificate_gets_past_tls(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    async with server(context) as address:
        port = address.rpartition(":")[2]
        told = await refusal(
            load_settings(broker=f"localhost:{port}", broker_tls=True, broker_tls_ca=authority)
        )
    assert "does not answer as Kafka over TLS" in told
