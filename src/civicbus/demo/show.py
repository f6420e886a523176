"""What the demonstration looks like: panels and colours in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from civicbus.demo.requester import Asked
from civicbus.domain.identifiers import Identifier
from civicbus.domain.proofs.flag_words import FLAGS

COLOURS = {"yes": "green", "no": "red", "unknown": "yellow", "disputed": "magenta"}
PLAIN_WIDTH = 110
INDENT = 3


def standard_console() -> Console:
    """Standard output; where that is no terminal, a width that keeps lines whole."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, emoji=False, width=PLAIN_WIDTH)
    return console


class Show:
    """Understands how to present the demonstration."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._story: list[RenderableType] = []

    def line(self, text: str, style: str = "") -> None:
        """One line of what is going on."""
        self.console.print(Text(text, style=style))

    @contextmanager
    def story(self, number: int, title: str) -> Iterator[None]:
        """What is told, asked and answered within stands together under a title."""
        self._story = []
        yield
        told = Group(*self._story)
        headline = f"{number}  {title}"
        if self.console.is_terminal:
            framed = Panel(told, title=Text(headline, "bold"), title_align="left", padding=(1, 2))
            self.console.print(framed)
            return
        with self.console.capture() as captured:
            self.console.print(told, width=self.console.width - INDENT)
        self.line(f"\n{headline}")
        for line in captured.get().splitlines():
            self.line(f"{' ' * INDENT}{line}".rstrip())

    def waiting(self, text: str) -> AbstractContextManager[object]:
        """Something moves while nothing else does."""
        return self.console.status(Text(text)) if self.console.is_terminal else nullcontext()

    def tell(self, text: str) -> None:
        """A sentence of the story."""
        self._story.append(Text(text))

    def answered(self, person: Identifier, asked: Asked) -> None:
        """A question with its answer: why, from what, and how far the sources were known."""
        known_at = f", as known at {clock(asked.known_at)}" if asked.known_at else ""
        said = asked.said
        claims = "".join(f" {value}" for value in asked.answer["claims"].values())
        question = f"{asked.answer['proof'].replace('_', ' ')}{claims}? {person}{known_at}"
        self._story += [
            Text(),
            Text.assemble(("asked     ", "dim"), question),
            Text.assemble(
                ("answered  ", "dim"),
                (said.outcome.upper(), f"bold {COLOURS[said.outcome]}"),
                f"  {said.reason}",
                (f"  in {asked.seconds * 1000:.0f} ms", "dim"),
            ),
        ]
        sentences = asked.answer["sentence"]
        self._story += [Text(f"          {sentences[language]}") for language in ("en", "zh")]
        self._story += _beside(asked)
        self._story.append(self._evidence(asked))

    def _evidence(self, asked: Asked) -> Table:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        label = "evidence"
        for event in asked.answer["basis"]:
            table.add_row(
                Text(label, "dim"),
                event["record"],
                f"of {event['occurred']}" if event["occurred"] != "unknown" else "",
                f"{event['legal_state'].lower()} {clock(_moment(event['registered_at']))}",
                event["source"],
            )
            label = ""
        label = "known"
        for source, through in asked.answer["known_through"].items():
            age = "never heard of" if through is None else freshness(_moment(through))
            table.add_row(Text(label, "dim"), "", "", age, source)
            label = ""
        return table

    def progress(self) -> Progress:
        """Bars for events that flow; nothing where nobody can see them move."""
        return Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} events"),
            TextColumn("{task.fields[rate]}", style="dim"),
            console=self.console,
            disable=not self.console.is_terminal,
        )


def _beside(asked: Asked) -> Iterator[Text]:
    """What an answer tells beside its outcome: details, and what to look at."""
    details = asked.answer["details"]
    for name, value in details.items():
        told = ", ".join(value) if isinstance(value, list) else str(value)
        yield Text.assemble(("detail    ", "dim"), f"{name.replace('_', ' ')}: {told}")
    for flag in asked.answer["flags"]:
        # Of the numbers of this city, all of which are unusual: nobody can have them.
        if flag != "number_warning":
            yield Text.assemble(("note      ", "dim"), FLAGS[flag].en)


def clock(moment: datetime) -> str:
    """Today's moments as a time of day, others as a day; UTC."""
    moment = moment.astimezone(UTC)
    if moment.date() == datetime.now(UTC).date():
        return moment.strftime("%H:%M:%S.%f")[:-3]
    return moment.date().isoformat()


def freshness(through: datetime) -> str:
    """How long ago a source last gave its word."""
    return f"through {(datetime.now(UTC) - through).total_seconds():.1f} s ago"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
