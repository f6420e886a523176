"""The stories that the demonstration plays, in this order, each with the answer it must get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from civicbus.demo import stories_of_lives as lives
from civicbus.demo import stories_of_records as records
from civicbus.demo.scene import Scene

STORIES: tuple[tuple[str, Callable[[Scene], Awaitable[None]]], ...] = (
    ("A pensioner is alive", lives.a_pensioner_is_alive),
    ("No certificate of a marriage", lives.no_certificate_of_a_marriage),
    ("A death is registered", lives.a_death_is_registered),
    ("The death was somebody else's", lives.the_death_was_somebody_elses),
    ("A hospital's notice alone", lives.a_hospital_notice_alone),
    ("My mother is my mother", records.my_mother_is_my_mother),
    ("A policy whose paper is lost", records.a_policy_whose_paper_is_lost),
    ("Married to the wrong one", records.married_to_the_wrong_one),
    ("A divorce by a court", records.a_divorce_by_a_court),
    ("Three certificates", records.three_certificates),
    ("One person, two numbers", records.one_person_two_numbers),
    ("A source falls silent", lives.a_silent_source),
)
