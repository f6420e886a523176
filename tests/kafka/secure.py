"""A Kafka that asks everybody who they are, over TLS, and lets nobody do what was not granted."""

from __future__ import annotations

import subprocess
from pathlib import Path

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it re-exports them
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from civicbus.broker.apache import HOST, PROPERTIES, ApacheKafka, free_port

ITERATIONS = 4096

SECURED = """
listeners=PLAINTEXT://{host}:{port},SECURE://{host}:{secure},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port},SECURE://localhost:{secure}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:admin
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
"""


class SecureKafka(ApacheKafka):
    """Understands a node with a listener that is secured, beside the one by which it is set up."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "kafka")
        self.secure = free_port()
        key, self.authority = folder / "key.pem", folder / "certificate.pem"
        command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext"
        subprocess.run(
            [*command.split(), "subjectAltName=DNS:localhost", "-days", "2",
             "-keyout", str(key), "-out", str(self.authority)],
            check=True, capture_output=True,
        )  # fmt: skip
        self._keystore = folder / "keystore.pem"
        self._keystore.write_text(key.read_text() + self.authority.read_text())

    def _configure(self, port: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        places = {
            "host": HOST, "port": port, "controller_port": free_port(), "folder": self.folder,
            "secure": self.secure, "keystore": self._keystore,
        }  # fmt: skip
        plain = [
            line for line in PROPERTIES.splitlines() if "istener" not in line.partition("=")[0]
        ]
        names = ["controller.listener.names=CONTROLLER", "inter.broker.listener.name=PLAINTEXT"]
        text = "\n".join([*plain, *names]) + SECURED
        self._properties.write_text(text.format(**places), encoding="utf-8")

    def add_user(self, name: str, password: str) -> None:
        """Let somebody in, who may do nothing yet."""
        client = AdminClient({"bootstrap.servers": self.address or ""})
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
        change = UserScramCredentialUpsertion(name, info, password.encode())
        for done in client.alter_user_scram_credentials([change]).values():
            done.result()
