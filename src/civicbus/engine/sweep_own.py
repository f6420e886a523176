"""A sweep among the persons of one worker: their dossiers are read together, then answered.

The proof is run here, where the dossiers are, so that answers travel and dossiers do not. Only what
a proof asks of other people's dossiers is fetched as for any question. Whether somebody is alive is
asked about whole populations, so of those who are alike (`wire.likeness`) it is proved once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

import structlog

from civicbus.domain.answer import Answer, Question
from civicbus.domain.authority import Authorities
from civicbus.domain.dossier import Dossier
from civicbus.domain.proofs import PROOFS, Kind, runner
from civicbus.domain.proofs.need import Need
from civicbus.domain.proofs.person import ALWAYS_READ
from civicbus.engine import raw
from civicbus.engine.layout import StoredEvent
from civicbus.engine.routing import RoutedDossiers
from civicbus.engine.sweep_patterns import Found, Patterns, in_brief, is_plain
from civicbus.engine.sweep_request import Result, SweepRequest
from civicbus.wire.codec import Codec
from civicbus.wire.life_columns import Moment
from civicbus.wire.life_table import Person
from civicbus.wire.likeness import Alike, Likenesses
from civicbus.wire.ports import NotReadyError, Swept, Unanswered
from civicbus.wire.records import to_millis

log = structlog.get_logger()

# After so many proofs others have their turn: a single question waits for some 10 ms at the most.
PROOFS_AT_A_TURN = 10
PERSONS_AT_A_TURN = 500  # likewise, where they are looked at together
FOR_THOSE_ALIKE = "alive"


class OwnSweep:
    """Understands how to answer about many of this worker's persons at once.

    Without `likenesses` every person is proved alone: slower, and the same answers.
    """

    def __init__(
        self,
        dossiers: RoutedDossiers,
        codec: Codec,
        authorities: Callable[[], Authorities],
        likenesses: Likenesses | None = None,
    ) -> None:
        self._dossiers = dossiers
        self._codec = codec
        self._authorities = authorities
        self._likenesses = likenesses
        self._patterns = Patterns()
        self._proved = 0
        # One sweep works at a time, so that single questions have every second turn.
        self._turn = asyncio.Lock()

    async def answer(self, request: SweepRequest) -> list[Result]:
        """What there is to say of each person, in the order of the questions."""
        kind, authorities = PROOFS[request.proof], self._authorities()
        results: list[Result] = []
        for start in range(0, len(request.questions), PERSONS_AT_A_TURN):
            questions = request.questions[start : start + PERSONS_AT_A_TURN]
            results += await self._some(kind, questions, authorities)
        return results

    async def _some(
        self, kind: Kind, questions: Sequence[Question], authorities: Authorities
    ) -> list[Result]:
        async with self._turn:
            dossiers = self._read(questions, families_of(kind))
            await asyncio.sleep(0)
            alike = self._alike(kind, questions, dossiers)
            await asyncio.sleep(0)
        # Those of one partition share the state of the sources: it is looked up once.
        known: dict[int, Found] = {}
        results: list[Result] = []
        for question, own, likened in zip(questions, dossiers, alike, strict=True):
            if isinstance(own, NotReadyError):
                results.append(Unanswered(own.reason))
                continue
            if id(own.sources) not in known:
                found = self._patterns.under(authorities, question, own.sources)
                known[id(own.sources)] = found
            found = known[id(own.sources)]
            result: Result | None = None if likened is None else found.answer(question, likened)
            if result is None:
                answer = await self._prove(kind, question, own, authorities)
                if likened is not None and isinstance(answer, Answer):
                    found.learn(answer, likened)
                result = _swept(answer)
            results.append(result)
        return results

    def _read(
        self, questions: Sequence[Question], families: Sequence[str]
    ) -> list[raw.RawDossier | NotReadyError]:
        """The dossiers of many persons, those of one partition together."""
        keys = [question.person_key for question in questions]
        by_partition: dict[int, list[str]] = defaultdict(list)
        for key, partition in zip(keys, self._dossiers.partitions(keys), strict=True):
            by_partition[partition].append(key)
        found: dict[str, raw.RawDossier | NotReadyError] = {}
        for partition, own in by_partition.items():
            try:
                found |= raw.read_many(self._dossiers.own_store(partition), own, families)
            except NotReadyError as error:
                found |= dict.fromkeys(own, error)
        return [found[key] for key in keys]

    def _alike(
        self,
        kind: Kind,
        questions: Sequence[Question],
        found: Sequence[raw.RawDossier | NotReadyError],
    ) -> list[Alike | None]:
        """In what each person is like others, as far as that is looked for."""
        alike: list[Alike | None] = [None] * len(questions)
        if self._likenesses is None or kind.name != FOR_THOSE_ALIKE:
            return alike
        places: list[int] = []
        people: list[Person] = []
        for place, (question, own) in enumerate(zip(questions, found, strict=True)):
            if isinstance(own, NotReadyError) or not is_plain(question):
                continue
            events = [entry.body for entry in own.entries if isinstance(entry, StoredEvent)]
            if len(events) == len(own.entries):  # a mark that a record was refused is no event
                places.append(place)
                people.append(Person(question.person_key.encode(), question.person.scheme, events))
        if people:
            first = questions[0]
            moment = Moment.of(first.valid_at, to_millis(first.known_at))
            for place, likened in zip(places, self._likenesses.of(people, moment), strict=True):
                alike[place] = likened
        return alike

    async def _prove(
        self, kind: Kind, question: Question, own: raw.RawDossier, authorities: Authorities
    ) -> Answer | Unanswered:
        self._proved += 1
        if self._proved % PROOFS_AT_A_TURN == 0:
            await asyncio.sleep(0)
        read = set(families_of(kind))

        async def fetch(need: Need) -> Dossier:
            if need.person_key == question.person_key and read.issuperset(need.families):
                return raw.decode(own, need.person_key, self._codec)
            return await self._dossiers.fetch(need)

        try:
            return await runner.run(kind.prove(question, authorities), fetch)
        except NotReadyError as error:
            return Unanswered(error.reason)
        except Exception as error:  # noqa: BLE001 - one person must not end a sweep of thousands
            # Without its text, which may quote a record.
            log.error("proof_failed", proof=kind.name, error=type(error).__name__)  # noqa: TRY400
            return Unanswered()


def _swept(answer: Answer | Unanswered) -> Result:
    if isinstance(answer, Unanswered):
        return answer
    return Swept(answer.outcome.value, in_brief(answer.in_brief()))


def families_of(kind: Kind) -> tuple[str, ...]:
    """The families that a proof reads of the person asked about."""
    return tuple(dict.fromkeys((*kind.families, *kind.hears, *ALWAYS_READ)))
