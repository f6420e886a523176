"""Configuration refuses what it does not understand, and says where and what to do instead."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from civicbus.settings import ConfigurationError, Settings, load_settings

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A function that makes a text the configured file."""

    def to_file(text: str) -> Path:
        path = tmp_path / "civicbus.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("CIVICBUS_CONFIG", str(path))
        return path

    return to_file


def refusal() -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


def test_nothing_need_be_configured_for_development() -> None:
    settings = load_settings()
    assert settings.broker is None
    assert settings.secret_bytes() == b"civicbus-development"
    assert settings.ssl_context() is None
    assert settings.advertised() == "http://127.0.0.1:8080"


def test_code_stands_above_the_environment_above_the_file_above_the_default(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('partitions = 2\ngroup = "two"\nenvironment = "two"\nsession_timeout = 7')
    monkeypatch.setenv("CIVICBUS_GROUP", "three")
    monkeypatch.setenv("CIVICBUS_ENVIRONMENT", "three")
    settings = load_settings(environment="four")
    found = (settings.replication, settings.partitions, settings.group, settings.environment)
    assert found == (1, 2, "three", "four")
    assert settings.session_timeout == 7


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"
    monkeypatch.setenv("CIVICBUS_CONFIG", str(path))
    assert refusal() == f"{path}: no such file; correct CIVICBUS_CONFIG or unset it"


def test_a_folder_in_place_of_a_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CIVICBUS_CONFIG", str(tmp_path))
    assert refusal().startswith(f"{tmp_path}: cannot be read as UTF-8 text")


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_file_is_refused(write: Write, text: str) -> None:
    path = write(text)
    assert refusal().startswith(f"{path}: the file is empty; write key = value lines")


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("api_port", '"abc"', "valid integer"),
        ("api_port", '"8080"', "valid integer"),
        ("partitions", "true", "valid integer"),
        ("partitions", "8.0", "valid integer"),
        ("partitions", "[8]", "valid integer"),
        ("partitions", "2024-01-01", "valid integer"),
        ("environment", "2024-01-01", "valid string"),
        ("broker", "9092", "valid string"),
        ("broker_tls", "1", "must be true or false"),
        ("session_timeout", '"10"', "valid number"),
        ("data", "{ folder = 1 }", "valid string"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_line(
    write: Write, key: str, value: str, rule: str
) -> None:
    path = write(f'group = "a"\n\n{key} = {value}\n')
    told = refusal()
    assert told.startswith(f"{path}: line 3: {key}: ")
    assert rule in told


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("api_port", "65536", "less than or equal to 65535"),
        ("partitions", "0", "greater than or equal to 1"),
        ("session_timeout", "0", "greater than 0"),
        ("session_timeout", "-1", "greater than 0"),
        ("session_timeout", "nan", "less than or equal to 1800"),
        ("session_timeout", "inf", "less than or equal to 1800"),
        ("guard", '"none"', "'native' or 'fastavro'"),
        ("environment", '""', "match pattern"),
        ("broker", '"kafka://kafka:9092"', "host:port"),
        ("broker", '"kafka"', "host:port"),
        ("broker", '"kafka:99999"', "host:port"),
        ("broker", '"kafka:9092, other:9092"', "host:port"),
        ("registry", '"registry:8081"', "web address"),
    ],
)
def test_a_value_out_of_bounds_is_named_with_its_line(
    write: Write, key: str, value: str, rule: str
) -> None:
    path = write(f"{key} = {value}")
    told = refusal()
    assert told.startswith(f"{path}: line 1: {key}: ")
    assert rule in told


def test_a_table_is_no_value(write: Write) -> None:
    path = write("partitions = 4\n\n[broker]\nhost = 'kafka'\n")
    assert refusal() == f"{path}: line 3: broker: Input should be a valid string"


def test_an_unknown_key_is_named_with_the_one_that_was_meant(write: Write) -> None:
    path = write('group = "a"\nregistri = "http://registry:8081"')
    assert refusal() == f"{path}: line 2: registri: unknown key; did you mean registry?"


def test_an_unknown_key_like_no_other_is_named_with_all_that_there_are(write: Write) -> None:
    path = write("zzz = 1")
    told = refusal()
    assert told.startswith(f"{path}: line 1: zzz: unknown key; known: profile, environment, ")


def test_an_unknown_variable_is_named_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIVICBUS_BROKR", "kafka:9092")
    assert refusal() == "CIVICBUS_BROKR: unknown variable; did you mean CIVICBUS_BROKER?"


def test_a_variable_of_the_wrong_type_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICBUS_API_PORT", "abc")
    assert refusal().startswith("variable CIVICBUS_API_PORT: api_port: Input should be a valid int")


@pytest.mark.parametrize("ending", ["", "\n", '\n\ngroup = "a"\n'])
def test_a_key_that_stands_twice_is_refused(write: Write, ending: str) -> None:
    path = write(f"api_port = 1\napi_port = 2{ending}")
    assert refusal() == f"{path}: line 2: api_port: given twice; remove one"


def test_a_file_that_is_not_toml_is_refused_at_its_line(write: Write) -> None:
    path = write('group = "a"\nbroker: kafka:9092\n')
    assert refusal().startswith(f"{path}: line 2: broker: kafka:9092: not valid TOML: ")


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "False", "n"])
def test_norways_no_is_not_read_as_false(
    write: Write, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    path = write(f"broker_tls = {word}")
    assert refusal().startswith(f"{path}: line 1: broker_tls: not valid TOML: ")
    write(f'broker_tls = "{word}"')
    assert refusal() == f"{path}: line 1: broker_tls: must be true or false"
    write(f'environment = "{word}"')
    assert load_settings().environment == word
    monkeypatch.setenv("CIVICBUS_BROKER_TLS", word)
    assert refusal() == "variable CIVICBUS_BROKER_TLS: broker_tls: must be true or false"


def test_there_is_nothing_in_a_file_that_could_be_expanded(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME_OF_CIVICBUS", "expanded")
    write("data = '$HOME_OF_CIVICBUS/${HOME_OF_CIVICBUS}/~/*'")
    assert load_settings().data == Path("$HOME_OF_CIVICBUS/${HOME_OF_CIVICBUS}/~/*")
    path = write("group = &a ha\nenvironment = *a\n")  # YAML's anchors
    assert refusal().startswith(f"{path}: line 1: group: not valid TOML: ")


def test_the_secret_is_never_shown(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("secret = 123456789")
    assert "123456789" not in refusal()
    write('secret = "open sesame"')
    settings = load_settings()
    assert "sesame" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.secret_bytes() == b"open sesame"
    monkeypatch.setenv("CIVICBUS_SECRET", "")
    assert refusal() == "secret is empty: give one, or unset CIVICBUS_SECRET"


def test_production_demands_a_secret_a_broker_and_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICBUS_PROFILE", "production")
    told = refusal()
    for variable in ("CIVICBUS_SECRET", "CIVICBUS_BROKER=", "CIVICBUS_BROKER_TLS=true"):
        assert variable in told
    monkeypatch.setenv("CIVICBUS_BROKER", "kafka:9093")
    monkeypatch.setenv("CIVICBUS_BROKER_TLS", "true")
    monkeypatch.setenv("CIVICBUS_SECRET", "civicbus-development")
    assert refusal() == "production needs a secret of its own of 16 bytes: CIVICBUS_SECRET"
    monkeypatch.setenv("CIVICBUS_SECRET", "fifteen bytes..")
    assert refusal() == "production needs a secret of its own of 16 bytes: CIVICBUS_SECRET"
    monkeypatch.setenv("CIVICBUS_SECRET", "sixteen bytes...")
    assert load_settings().profile == "production"


def test_a_token_of_those_who_send_events_is_long_and_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIVICBUS_INPUT_TOKEN", "fifteen bytes..")
    told = refusal()
    assert told.startswith("variable CIVICBUS_INPUT_TOKEN: input_token:")
    assert "at least 16" in told
    assert "fifteen" not in told
    monkeypatch.setenv("CIVICBUS_INPUT_TOKEN", "sixteen bytes...")
    assert "sixteen" not in repr(load_settings())


def test_operators_have_a_secret_that_connectors_do_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings().operator_secret_bytes() == load_settings().secret_bytes()
    monkeypatch.setenv("CIVICBUS_PROFILE", "production")
    monkeypatch.setenv("CIVICBUS_BROKER", "kafka:9093")
    monkeypatch.setenv("CIVICBUS_BROKER_TLS", "true")
    monkeypatch.setenv("CIVICBUS_SECRET", "sixteen bytes...")
    assert load_settings().operator_secret_bytes() is None
    told = "operator_secret: 16 bytes are needed, and not those of the secret"
    for secret in ("fifteen bytes..", "sixteen bytes..."):
        monkeypatch.setenv("CIVICBUS_OPERATOR_SECRET", secret)
        assert refusal() == told
    monkeypatch.setenv("CIVICBUS_OPERATOR_SECRET", "for operators only")
    assert load_settings().operator_secret_bytes() == b"for operators only"
    monkeypatch.setenv("CIVICBUS_OPERATOR_SECRET", "")
    assert "operator_secret is empty" in refusal()


def test_an_authority_without_tls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="set CIVICBUS_BROKER_TLS=true"):
        load_settings(broker_tls_ca=tmp_path / "ca.pem")


def test_a_user_without_a_password_towards_the_broker_is_refused_and_never_shown() -> None:
    with pytest.raises(ConfigurationError, match="broker_user and broker_password go together"):
        load_settings(broker_user="hospital")
    settings = load_settings(broker_user="hospital", broker_password=SecretStr("a password"))
    assert settings.broker_login() == ("hospital", "a password")
    assert "a password" not in repr(settings)
    assert load_settings().broker_login() is None


def test_a_missing_or_useless_file_of_authorities_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    settings = load_settings(broker_tls=True, broker_tls_ca=path)
    with pytest.raises(ConfigurationError, match=r"ca\.pem: No such file or directory; name a PEM"):
        settings.ssl_context()
    path.write_text("no certificate", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"ca\.pem: no certificate in it; name a PEM file"):
        settings.ssl_context()


def test_an_authority_of_ones_own_is_the_only_one_trusted(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=civicbus",
    ]
    subprocess.run(
        [*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    context = load_settings(broker_tls=True, broker_tls_ca=certificate).ssl_context()
    assert context is not None
    assert context.cert_store_stats()["x509_ca"] == 1


def test_settings_cannot_be_changed_and_have_no_unknown_ones() -> None:
    with pytest.raises(ConfigurationError, match="given in code: brokr: unknown key"):
        load_settings(brokr="kafka:9092")
    settings = Settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.group = "other"
