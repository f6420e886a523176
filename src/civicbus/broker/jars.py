"""Jars through Maven, Apache Kafka's above all, kept in the user's cache folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from civicbus.broker.connection import BrokerError

POM = Path(__file__).with_name("pom.xml")
# The plug-in's version is fixed so that the same command does the same thing everywhere.
COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies"
COPIED_WITHIN = 900.0  # seconds; up to 100 MB on a slow line
REMEDIES = {
    "java": "install Java 17 or later: apt-get install default-jre-headless",
    "javac": "install a JDK, Java 17 or later: apt-get install default-jdk-headless",
    "mvn": "install Maven: apt-get install maven",
}


def find_program(name: str) -> str:
    """Where a program of the machine stands.

    Raises:
        BrokerError: if it is missing, with the package that has it.
    """
    path = shutil.which(name)
    if path is None:
        raise BrokerError(f"{name}: not found; {REMEDIES[name]}")
    return path


def cache_folder() -> Path:
    """Where things that were fetched once are kept for this user; it may not exist yet."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "civicbus"


def kafka_jars(progress: Callable[[str], None]) -> Path:
    """The folder with Kafka's jars; the first call on a machine fetches them.

    Raises:
        BrokerError: if Maven is missing or fails.
    """
    return jars_of(POM, progress)


def jars_of(pom: Path, progress: Callable[[str], None]) -> Path:
    """The folder with the jars that a POM depends on; the first call on a machine fetches them.

    It is named by the POM's artifact and version, so one that changes needs another version.

    Raises:
        BrokerError: if Maven is missing or fails.
    """
    project = ET.parse(pom).getroot()  # noqa: S314 - our own file
    artifact, version = (project.findtext(f"{{*}}{name}") for name in ("artifactId", "version"))
    cache = cache_folder()
    folder = cache / f"{artifact}-{version}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{artifact}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():  # another process may have brought them while we waited
            _copy(pom, folder, progress)
    return folder


def _copy(pom: Path, folder: Path, progress: Callable[[str], None]) -> None:
    maven = find_program("mvn")
    progress(f"fetching {folder.name} with Maven, once (45 to 100 MB)")
    with tempfile.TemporaryDirectory(dir=folder.parent) as part:
        command = [maven, "-q", "-B", "-f", str(pom), COPY, f"-DoutputDirectory={part}/jars"]
        try:
            finished = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=COPIED_WITHIN,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BrokerError(f"Maven took over {COPIED_WITHIN:.0f} s; try again") from None
        if finished.returncode:
            told = "\n".join(finished.stdout.splitlines()[:5])
            raise BrokerError(
                f"Maven could not fetch {folder.name}; is its repository reachable?\n{told}"
            )
        # Only a complete folder ever has the final name.
        Path(part, "jars").rename(folder)
