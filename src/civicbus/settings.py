"""Configuration: environment variables `CIVICBUS_...`, and a TOML file named by `CIVICBUS_CONFIG`.

A value given in code stands above the environment, the environment above the file, the file above
the default. TOML was chosen because it has no tags, anchors or expansions, no unquoted text that
could pass for a boolean (Norway's `no`), and refuses a key that stands twice.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CIVICBUS_"
CONFIG_VARIABLE = "CIVICBUS_CONFIG"
DEVELOPMENT_SECRET = "civicbus-development"  # noqa: S105 - public on purpose; production refuses it
# Variables with our prefix that other parts read: the schema folder, and the test suite's two.
OTHER_VARIABLES = (CONFIG_VARIABLE, "CIVICBUS_SCHEMAS", "CIVICBUS_REQUIRE", "CIVICBUS_TEST_DATA")
BROKER = re.compile(r"([\w.-]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})")


class ConfigurationError(ValueError):
    """The configuration is wrong; the text names the file or variable, the key and the remedy."""


def _switch(value: Any) -> Any:
    """Only `true` and `false`: `no` may be a country, `0` a count."""
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - pydantic reports ValueError
    return value


def _brokers(value: str) -> str:
    for address in value.split(","):
        match = BROKER.fullmatch(address)
        if match is None or not 1 <= int(match[2]) <= 65535:
            raise ValueError("must be host:port, several with a comma between, with no scheme")
    return value


def _web_address(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError("must be a web address such as http://registry.example:8081")
    return value.rstrip("/")


Switch = Annotated[bool, BeforeValidator(_switch)]
Brokers = Annotated[str, AfterValidator(_brokers)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Port = Annotated[int, Field(ge=0, le=65535)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Settings(BaseSettings):
    """All that can be configured.

    `broker` absent means librdkafka's built-in broker, in memory: for the demonstration only.
    `broker_user` and `broker_password` are how a process says to it who it is (SASL).
    `operator_secret` signs what ends a quarantine; workers and operators know it, connectors do
    not. `data` holds the dossier stores and other state. `session_timeout` is in seconds, as is
    `stall_timeout`: a worker that stores nothing for so long while records wait stops. `guard`
    picks which of two equal implementations judges whole blocks; `judges` is in how many processes
    beside the worker, 0 being none. `replica` is the address of a worker of a second group over the
    same topics; every `replica_interval` seconds the stores are compared. `sweeps` is how many
    questions about whole lists are answered at once. `input_database` is a department's PostgreSQL
    as libpq writes it (or `PGHOST` ... say). `connector_port` is where a connector tells how it
    fares and is sent events, with the `input_token`; TLS is the business of a proxy before it.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    profile: Literal["development", "production"] = "development"
    environment: Name = "development"
    secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    operator_secret: SecretStr | None = None
    broker: Brokers | None = None
    broker_tls: Switch = False
    broker_tls_ca: Path | None = None
    broker_user: str | None = None
    broker_password: SecretStr | None = None
    broker_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    partitions: Annotated[int, Field(ge=1, le=10_000)] = 8
    replication: Annotated[int, Field(ge=1, le=32_767)] = 1
    data: Path = Path("build/data")
    connectors: Path = Path("connectors")
    group: Name = "civicbus"
    api_host: str = "127.0.0.1"
    api_port: Port = 8080
    status_host: str = "127.0.0.1"
    status_port: Port = 6066
    advertise: WebAddress | None = None
    guard: Literal["native", "fastavro"] = "native"
    judges: Annotated[int, Field(ge=0, le=64)] = 1
    session_timeout: Annotated[float, Field(gt=0, le=1800)] = 10
    stall_timeout: Annotated[float, Field(gt=0, le=86_400)] = 60
    store_memory: Annotated[int, Field(ge=32, le=1_048_576)] = 512
    replica: WebAddress | None = None
    replica_interval: Annotated[float, Field(gt=0, le=604_800)] = 3600
    registry: WebAddress | None = None
    sweeps: Annotated[int, Field(ge=1, le=64)] = 4
    input_database: SecretStr | None = None
    input_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    connector_host: str = "127.0.0.1"
    connector_port: Port | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = []
        if not self.secret_bytes():
            problems.append("secret is empty: give one, or unset CIVICBUS_SECRET")
        if self.operator_secret is not None and not self.operator_secret_bytes():
            problems.append("operator_secret is empty: give one, or unset CIVICBUS_OPERATOR_SECRET")
        if self.broker_tls_ca is not None and not self.broker_tls:
            problems.append("broker_tls_ca has no effect: set CIVICBUS_BROKER_TLS=true")
        if (self.broker_user is None) != (self.broker_password is None):
            problems.append("broker_user and broker_password go together: set both, or neither")
        if self.profile == "production":
            if len(self.secret_bytes()) < 16 or self.secret_bytes() == DEVELOPMENT_SECRET.encode():
                problems.append("production needs a secret of its own of 16 bytes: CIVICBUS_SECRET")
            if self.broker is None:
                problems.append("production needs a broker of its own: CIVICBUS_BROKER=host:port")
            if not self.broker_tls:
                problems.append("production needs TLS to the broker: CIVICBUS_BROKER_TLS=true")
            if self.operator_secret is not None and not self._operators_are_apart():
                problems.append("operator_secret: 16 bytes are needed, and not those of the secret")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def secret_bytes(self) -> bytes:
        """The secret under which person keys are made."""
        return self.secret.get_secret_value().encode()

    def operator_secret_bytes(self) -> bytes | None:
        """The secret under which operators release refused records; without one nobody does.

        In development the secret of person keys will do, which connectors know as well.
        """
        if self.operator_secret is not None:
            return self.operator_secret.get_secret_value().encode()
        return self.secret_bytes() if self.profile == "development" else None

    def _operators_are_apart(self) -> bool:
        own = self.operator_secret_bytes() or b""
        return len(own) >= 16 and own != self.secret_bytes()

    def ssl_context(self) -> ssl.SSLContext | None:
        """TLS towards the broker; None where it is off.

        Raises:
            ConfigurationError: if the file of authorities cannot be used.
        """
        if not self.broker_tls:
            return None
        try:
            return ssl.create_default_context(cafile=self.broker_tls_ca)
        except OSError as error:
            unusable = isinstance(error, ssl.SSLError)
            reason = "no certificate in it" if unusable else error.strerror
            raise ConfigurationError(
                f"broker_tls_ca: {self.broker_tls_ca}: {reason}; "
                "name a PEM file of the authorities that sign the brokers' certificates"
            ) from error

    def broker_login(self) -> tuple[str, str] | None:
        """User and password towards the broker; None where nobody is asked."""
        if self.broker_user is None or self.broker_password is None:
            return None
        return self.broker_user, self.broker_password.get_secret_value()

    def advertised(self) -> str:
        """The address under which other workers reach this worker's API."""
        return self.advertise or f"http://{self.api_host}:{self.api_port}"


def load_settings(**overrides: Any) -> Settings:
    """Read the file and the environment; overrides stand above both.

    Raises:
        ConfigurationError: naming the file or variable, the key and the remedy.
    """
    variables = _variables()
    path = os.environ.get(CONFIG_VARIABLE)
    lines: dict[str, str] = {}
    values: dict[str, Any] = {}
    if path is not None:
        text = _read(Path(path))
        values = _parse(path, text)
        lines = {key: f"{path}: line {_line_of(text, key)}" for key in values}
        for key, value in values.items():
            _check(lines[key], key, value)
    given = {key: value for key, value in values.items() if key not in variables} | overrides
    try:
        return Settings(**given)
    except ValidationError as error:
        places = lines | variables | dict.fromkeys(overrides, "given in code")
        raise ConfigurationError(_told(error, places)) from None


def _variables() -> dict[str, str]:
    """Which key each of our environment variables gives."""
    found = {}
    for variable in sorted(os.environ):
        name = variable.upper()
        if not name.startswith(PREFIX) or name in OTHER_VARIABLES:
            continue
        key = name.removeprefix(PREFIX).lower()
        if key not in Settings.model_fields:
            known = (PREFIX + field.upper() for field in Settings.model_fields)
            raise ConfigurationError(f"{variable}: unknown variable; {_meant(name, known)}")
        found[key] = f"variable {variable}"
    return found


def _read(path: Path) -> str:
    remedy = f"correct {CONFIG_VARIABLE} or unset it"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such file; {remedy}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    if not text.strip():
        raise ConfigurationError(f"{path}: the file is empty; write key = value lines, or {remedy}")
    return text


def _parse(path: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = str(error)  # it quotes no values, so nothing secret can stand in it
    at = re.search(r"at line (\d+)", told)
    number = int(at[1]) if at else len(text.rstrip().splitlines())
    key = text.splitlines()[number - 1].partition("=")[0].strip(" \t[]\"'")
    place = f"{path}: line {number}: {key}"
    if "overwrite" in told or "twice" in told:
        raise ConfigurationError(f"{place}: given twice; remove one")
    raise ConfigurationError(
        f"{place}: not valid TOML: {told}; write texts in quotes, switches as true or false"
    )


def _check(place: str, key: str, value: Any) -> None:
    """Refuse an unknown key and a value of another type: a TOML file can write each as it is.

    The environment has only text, so there the model may read a number out of it.
    """
    if key not in Settings.model_fields:
        meant = _meant(key, Settings.model_fields)
        raise ConfigurationError(f"{place}: {key}: unknown key; {meant}")
    adapter: TypeAdapter[Any] = TypeAdapter(Settings.model_fields[key].rebuild_annotation())
    try:
        adapter.validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError as error:
        raise ConfigurationError(_told(error, {"": f"{place}: {key}"})) from None


def _told(error: ValidationError, places: Mapping[str, str]) -> str:
    """A line for each problem: where, which key, what; never the value, it may be the secret."""
    told = []
    for problem in error.errors(include_url=False, include_input=False):
        key = str(problem["loc"][0]) if problem["loc"] else ""
        text = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            text = f"unknown key; {_meant(key, Settings.model_fields)}"
        told.append(": ".join(part for part in (places.get(key), key, text) if part))
    return "\n".join(told)


def _meant(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else "known: " + ", ".join(names)


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if pattern.match(line)), 1)
