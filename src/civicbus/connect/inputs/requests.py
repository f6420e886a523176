"""What every way in over HTTP has in common: who may send, and what is told of a failure."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from typing import ClassVar

from starlette.requests import Request

from civicbus.http import problems
from civicbus.http.problems import Kind
from civicbus.settings import ConfigurationError, Settings

JSON = "application/json"
RETRY_AFTER = {"Retry-After": "5"}  # seconds

KINDS: Mapping[str, Kind] = {
    **problems.KINDS,
    "invalid-event": Kind(400, "This is no CloudEvent"),
    "unauthorized": Kind(401, "Who sends this is not known", closes=True),
    "conflict": Kind(409, "The id is that of another event"),
    "refused": Kind(422, "Not everything was accepted"),
    "not-ready": Kind(503, "It was not taken; send it again"),
}


class ProblemError(problems.ProblemError):
    """Something that was sent ends in a problem document."""

    kinds: ClassVar[Mapping[str, Kind]] = KINDS


def check_safe(settings: Settings, source: str) -> None:
    """Hold the settings to what a way in over HTTP needs.

    Raises:
        ConfigurationError: naming the setting and the remedy.
    """
    if settings.connector_port is None:
        raise ConfigurationError(
            f"{source} is sent its events over HTTP; say on which port: CIVICBUS_CONNECTOR_PORT"
        )
    host = settings.connector_host
    if settings.input_token is None and (settings.profile == "production" or not is_loopback(host)):
        raise ConfigurationError(
            f"{source} would take events from whoever reaches {host}: give those who may send a "
            "secret of at least 16 bytes: CIVICBUS_INPUT_TOKEN"
        )


def is_loopback(host: str) -> bool:
    """True if only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_token(request: Request, settings: Settings) -> None:
    """Refuse whoever does not know the token. Without one everybody may send.

    Raises:
        ProblemError: 401.
    """
    if settings.input_token is None:
        return
    given = request.headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    wanted = settings.input_token.get_secret_value().encode()
    # Compared in any case, so that the time tells nothing.
    is_same = hmac.compare_digest(token.strip().encode("latin-1"), wanted)
    if scheme.lower() != "bearer" or not is_same:
        raise ProblemError(
            "unauthorized",
            detail="the Authorization header does not hold the token of this connector",
            remedy="send Authorization: Bearer and the token that the connector's operator gave",
            headers={"WWW-Authenticate": 'Bearer realm="civicbus"'},
        )


def not_taken(reason: str) -> ProblemError:
    """The problem that time will solve; nothing was marked."""
    return ProblemError(
        "not-ready", detail=reason, remedy="send the same again in a while", headers=RETRY_AFTER
    )
