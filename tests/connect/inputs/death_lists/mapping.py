"""Changes of a register of deaths: an entry is made, corrected, or struck out."""

from __future__ import annotations

from tests.connect.inputs.death_changes import DeathChanges

CHANGES = DeathChanges("death-lists")

events, subject = CHANGES.events, CHANGES.subject
