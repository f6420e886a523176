"""How any Kafka client of ours reaches the configured broker, and whether one answers there."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from civicbus.settings import Settings

ANSWERS_WITHIN = 5.0  # seconds
READ_COMMITTED = "read_committed"


class BrokerError(RuntimeError):
    """The broker, or a topic on it, is not as it must be; the text says what and the remedy."""


def client_options(settings: Settings) -> dict[str, Any]:
    """The keyword arguments with which an aiokafka client connects.

    Raises:
        BrokerError: if no broker is configured.
        ConfigurationError: if the file of certificate authorities cannot be used.
    """
    if settings.broker is None:
        raise BrokerError(
            "no broker is configured; set CIVICBUS_BROKER=host:port "
            "(`civicbus kafka start` runs one on this machine)"
        )
    options: dict[str, Any] = {
        "bootstrap_servers": settings.broker.split(","),
        "security_protocol": security_protocol(settings),
        "ssl_context": settings.ssl_context(),
    }
    if (login := settings.broker_login()) is not None:
        options["sasl_mechanism"] = settings.broker_mechanism
        options["sasl_plain_username"], options["sasl_plain_password"] = login
    return options


def security_protocol(settings: Settings) -> str:
    """Kafka's name for how a client connects."""
    transport = "SSL" if settings.broker_tls else "PLAINTEXT"
    return transport if settings.broker_login() is None else f"SASL_{transport}"


def librdkafka_options(settings: Settings) -> dict[str, str]:
    """What a client of librdkafka is configured with; errors as for `client_options`."""
    options = client_options(settings)  # also says what is wrong
    found = {
        "bootstrap.servers": ",".join(options["bootstrap_servers"]),
        "security.protocol": options["security_protocol"],
    }
    if settings.broker_tls_ca is not None:
        found["ssl.ca.location"] = str(settings.broker_tls_ca)
    if (login := settings.broker_login()) is not None:
        found["sasl.mechanism"] = settings.broker_mechanism
        found["sasl.username"], found["sasl.password"] = login
    return found


def consumer_options(settings: Settings) -> dict[str, Any]:
    """Those of a consumer that is in no group; errors as for `client_options`.

    What a transaction has not committed is read by none of ours: it is no fact.
    """
    return client_options(settings) | {
        "enable_auto_commit": False,
        "isolation_level": READ_COMMITTED,
    }


async def check_reachable(settings: Settings) -> None:
    """Return if at least one of the configured brokers answers as Kafka.

    Raises:
        BrokerError: naming each address, why it could not be used, and the remedy.
        ConfigurationError: as for `client_options`.
    """
    async with admin_client(settings):
        pass


@asynccontextmanager
async def admin_client(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A connected admin client; errors as for `check_reachable`."""
    options = client_options(settings)
    addresses: list[str] = options["bootstrap_servers"]
    # A plain connection first: it says exactly what is wrong, where the client only says "unable".
    failures = [await _failure(address, options["ssl_context"]) for address in addresses]
    if all(failures):
        told = "; ".join(
            f"{address}: {failure}" for address, failure in zip(addresses, failures, strict=True)
        )
        raise BrokerError(f"no broker can be reached: {told}; start it, or correct CIVICBUS_BROKER")
    client = AIOKafkaAdminClient(**options, request_timeout_ms=int(ANSWERS_WITHIN * 2000))
    try:
        await asyncio.wait_for(client.start(), ANSWERS_WITHIN)
    except (KafkaError, TimeoutError, OSError) as error:
        await client.close()
        spoken = "TLS" if settings.broker_tls else "plain text"
        # To the client a broker that does not let its user in looks like none.
        login = ", CIVICBUS_BROKER_USER and _PASSWORD" if settings.broker_login() else ""
        raise BrokerError(
            f"{settings.broker} is open but does not answer as Kafka over {spoken} "
            f"({type(error).__name__}); check the port, and CIVICBUS_BROKER_TLS{login}"
        ) from error
    try:
        yield client
    finally:
        await client.close()


async def _failure(address: str, context: ssl.SSLContext | None) -> str | None:
    """Why no connection can be made; None if it can."""
    host, _, port = address.rpartition(":")
    try:
        _, writer = await asyncio.wait_for(
            asyncio.open_connection(host.strip("[]"), int(port), ssl=context), ANSWERS_WITHIN
        )
    except TimeoutError:
        return f"no answer within {ANSWERS_WITHIN:.0f} s"
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is refused ({error.verify_message})"
    except OSError as error:
        if context is not None and isinstance(error, ssl.SSLError | ConnectionResetError):
            return f"does not speak TLS there ({type(error).__name__})"
        # asyncio replaces the system's words by its own; a look-up of a name has no number.
        if error.errno is not None and error.errno > 0:
            return os.strerror(error.errno)
        return error.strerror or type(error).__name__
    writer.close()
    return None
