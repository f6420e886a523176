"""Stories of who lives: the register that knows, the mistake, the notice, the silence."""

from __future__ import annotations

import time

from civicbus.demo.requester import Expected
from civicbus.demo.scene import CHANGES_WITHIN, Scene

ALIVE = Expected("yes", "no_death_registered")
DEAD = Expected("no", "death_registered")
ONLY_NOTIFIED = Expected("unknown", "notified_only")
STALE = Expected("unknown", "stale")

PROMISED_MS = 1000
SILENCE_NOTICED_WITHIN = 25.0  # seconds; the registers declare fresh_for = "10s"


async def a_pensioner_is_alive(scene: Scene) -> None:
    """The pension office asks instead of summoning."""
    scene.show.tell(
        "Pensioners used to appear once a year to prove that they live. The pension office asks."
    )
    person = scene.cast.pensioner.identifier
    asked = await scene.requester.wait_for(person, ALIVE, CHANGES_WITHIN)
    scene.show.answered(person, asked)


async def no_certificate_of_a_marriage(scene: Scene) -> None:
    """Two departments' registers together, and no more said than was asked."""
    resident, status = scene.cast.pensioner, scene.society.city.marital_status(scene.cast.pensioner)
    scene.show.tell(
        f"The housing office asks whether the same pensioner is {status.replace('_', ' ')}. One "
        "register holds the marriages, another the deaths; nobody brings a certificate."
    )
    expected = Expected("yes", status)
    asked = await scene.requester.wait_for(
        resident.identifier, expected, CHANGES_WITHIN, "marital_status", {"status": status}
    )
    scene.show.answered(resident.identifier, asked)


async def a_death_is_registered(scene: Scene) -> None:
    """The answer follows the register."""
    person = scene.cast.mistaken.identifier
    await scene.requester.wait_for(person, ALIVE, CHANGES_WITHIN)
    scene.show.tell("The police station enters the death of another pensioner.")
    started = time.perf_counter()
    scene.death_entry, scene.known_dead = await scene.civil_registry.record(
        "registered_at", kind="DEATH", person=person.value, date=scene.yesterday
    )
    asked = await scene.requester.wait_for(person, DEAD, CHANGES_WITHIN)
    changed_ms = (time.perf_counter() - started) * 1000
    scene.show.answered(person, asked)
    scene.show.tell(f"\nThe answer had changed {changed_ms:.0f} ms after the entry was written.")
    if changed_ms > PROMISED_MS:
        scene.show.tell("That is more than the second it should take: the machine is busy.")


async def the_death_was_somebody_elses(scene: Scene) -> None:
    """An annulment makes the answer right again, and yesterday's answer stays explained."""
    person = scene.cast.mistaken.identifier
    scene.show.tell("The death was somebody else's. The register annuls the entry.")
    await scene.civil_registry.record(
        "registered_at", kind="DEATH_ANNULLED", person=person.value, refers_to=scene.death_entry
    )
    asked = await scene.requester.wait_for(person, ALIVE, CHANGES_WITHIN)
    scene.show.answered(person, asked)
    scene.show.tell("\nWhat was answered in between can still be explained:")
    before = await scene.requester.expect(person, DEAD, scene.known_dead)
    scene.show.answered(person, before)


async def a_hospital_notice_alone(scene: Scene) -> None:
    """A notice suspends, it does not decide."""
    person = scene.cast.patient.identifier
    scene.show.tell("A hospital gives notice of a death. No register has entered it yet.")
    await scene.health.record(
        "noticed_at", kind="DEATH", person=person.value, date=scene.yesterday, hospital="中医医院"
    )
    asked = await scene.requester.wait_for(person, ONLY_NOTIFIED, CHANGES_WITHIN)
    scene.show.answered(person, asked)


async def a_silent_source(scene: Scene) -> None:
    """Silence of a register that nobody hears from proves nothing."""
    person = scene.cast.pensioner.identifier
    await scene.requester.wait_for(person, ALIVE, CHANGES_WITHIN)
    await scene.civil_registry.fall_silent()
    with scene.show.waiting("The household register's line is cut. Its word is good for 10 s ..."):
        asked = await scene.requester.wait_for(person, STALE, SILENCE_NOTICED_WITHIN)
    scene.show.tell(
        "The household register's line was cut. After ten seconds without its word nobody can say "
        "that the pensioner of the first story still lives."
    )
    scene.show.answered(person, asked)
    scene.civil_registry.speak()
    await scene.requester.wait_for(person, ALIVE, CHANGES_WITHIN)
    scene.show.tell("\nThe line is mended: she is alive again, with no paper issued.")
