"""The page of all proofs, written from the proofs themselves and from their scenarios.

`src/civicbus/domain/proofs/README.md` is this module's output; `make docs` writes it. A test fails
when it is not current. Whatever is wrong on it is wrong in a proof or in a scenario.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civicbus.domain.proofs import PROOFS, Kind
from civicbus.domain.proofs.flag_words import FLAGS
from civicbus.domain.proofs.words import COMMON, Explanation

HEAD = """\
# Proofs

Generated from the proofs beside this page and from the stories in `tests/scenarios`; do not edit it
by hand. To write it anew: `make docs`.

A proof answers one question about one person and one day, from what the registers had recorded at
one moment: `yes`, `no`, `unknown` or `disputed`, with its reason, what would change it, and the
events that it rests on. What is registered decides on its own evidence. That something is *not*
registered says something only while every authority that would know of it is heard of. Each story
named here is played by the tests: what it says is answered is what the proofs answer.

| number | proof | question | 问题 |
| --- | --- | --- | --- |
"""
SHARED = """
## Reasons that all proofs share

"""
EDGES = """
## Edge cases

A hundred cases that registers meet sooner or later, each with its number, and the stories that tell
them.

| case | stories |
| --- | --- |
"""
FLAGS_HEAD = """
## Flags

What a caseworker should look at beside an answer. A flag never changes an outcome.

| flag | in words |
| --- | --- |
"""
REASONS_HEAD = "| reason | in words | what would change it |\n| --- | --- | --- |\n"
SCENARIOS = "../../../../tests/scenarios"  # from the page


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario, as far as the page speaks of it."""

    file: str
    title: str
    proofs: frozenset[str]
    edges: tuple[int, ...]

    def __str__(self) -> str:
        if not self.edges:
            return _cell(self.title)
        named = "case" if len(self.edges) == 1 else "cases"
        return f"{_cell(self.title)} ({named} {', '.join(map(str, self.edges))})"


def read_stories(folder: Path) -> list[Story]:
    """The stories of the scenario files, in the files' order."""
    return [
        _story(path.stem, title, told)
        for path in sorted(folder.glob("*.toml"))
        for title, told in tomllib.loads(path.read_text(encoding="utf-8")).items()
    ]


def _story(file: str, title: str, told: Mapping[str, Any]) -> Story:
    edge = told.get("edge", [])
    edges = edge if isinstance(edge, list) else [edge]
    proofs = frozenset(answer.get("proof", "alive") for answer in told["answers"])
    return Story(file, title, proofs, tuple(edges))


def describe(kinds: Iterable[Kind], stories: Iterable[Story]) -> str:
    """The page as Markdown."""
    kinds, stories = list(kinds), list(stories)
    page = [HEAD]
    for kind in kinds:
        link = f"[`{kind.name}`](#{kind.number.lower()}-{kind.name})"
        page.append(f"| {kind.number} | {link} | {kind.asks['en']} | {kind.asks['zh']} |\n")
    for kind in kinds:
        page += _section(kind, [story for story in stories if kind.name in story.proofs])
    page += [SHARED, REASONS_HEAD, *_reasons(COMMON), FLAGS_HEAD]
    page += [f"| `{code}` | {words.en}<br>{words.zh} |\n" for code, words in FLAGS.items()]
    page += [EDGES, *_edges(stories)]
    return "".join(page)


def _section(kind: Kind, stories: list[Story]) -> Iterator[str]:
    yield f"\n## {kind.number} {kind.name}\n\n{kind.asks['en']} {kind.asks['zh']}\n\n"
    yield f"- Decided by: events of {', '.join(kind.families)}\n"
    if kind.hears:
        yield f"- Doubt may come from: {', '.join(kind.hears)}\n"
    yield f"- Silence counts while heard of: {', '.join(kind.rests_on)}, within {_days(kind)}\n"
    if kind.never:
        yield f"- Never answers: {', '.join(kind.never)}\n"
    for country, law in kind.law.items():
        yield f"- Law, {country}: {law}\n"
    if kind.matters:
        yield f"- Makes unnecessary: {', '.join(kind.matters)}\n"
    yield from _claims(kind)
    yield f"\n{REASONS_HEAD}"
    yield from _reasons(kind.own_explanations)
    yield "\n"
    yield from _told(stories)


def _days(kind: Kind) -> str:
    days = kind.fresh_for.days
    return f"{days} days, or sooner where the register says so" if days > 1 else str(kind.fresh_for)


def _claims(kind: Kind) -> Iterator[str]:
    if not kind.claims:
        yield "- Takes no claims\n"
        return
    yield "\n| claim | | written as | meaning |\n| --- | --- | --- | --- |\n"
    for claim in kind.claims:
        needed = "required" if claim.required else "optional"
        yield f"| `{claim.name}` | {needed} | {_cell(claim.form)} | {_cell(claim.means)} |\n"


def _reasons(explanations: Mapping[str, Explanation]) -> Iterator[str]:
    for reason, said in explanations.items():
        why, change = f"{said.en}<br>{said.zh}", f"{said.change_en}<br>{said.change_zh}"
        yield f"| `{reason}` | {_cell(why)} | {_cell(change)} |\n"


def _told(stories: Iterable[Story]) -> Iterator[str]:
    by_file: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        by_file[story.file].append(story)
    for file, told in by_file.items():
        yield f"- Stories in [{file}]({SCENARIOS}/{file}.toml)\n"
        yield from (f"  - {story}\n" for story in told)


def _edges(stories: Iterable[Story]) -> Iterator[str]:
    by_number: dict[int, list[str]] = defaultdict(list)
    for story in stories:
        for number in story.edges:
            by_number[number].append(f"{_cell(story.title)} ({', '.join(sorted(story.proofs))})")
    for number, titles in sorted(by_number.items()):
        yield f"| {number} | {'<br>'.join(titles)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(describe(PROOFS.values(), read_stories(Path(sys.argv[1]))))
