"""`civicbus proofs`: what can be asked, and what each question takes, rests on and answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from civicbus.cli.arguments import proof_of
from civicbus.domain.proofs import PROOFS, Kind

if TYPE_CHECKING:
    from rich.table import Table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("proofs")(proofs)


def proofs(
    name: Annotated[str | None, typer.Argument(help="One proof, in full.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a proof.")] = False,
) -> None:
    """List the proofs, or say of one what it takes, rests on, and may answer."""
    kinds = list(PROOFS.values()) if name is None else [proof_of(name, "NAME")]
    if as_json:
        from civicbus.api.listing import described

        for kind in kinds:
            typer.echo(json.dumps(described(kind), ensure_ascii=False))
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if name is None:
        console.print(_list(kinds))
        return
    (kind,) = kinds
    console.print(f"{kind.number}  {kind.name}", style="bold")
    for question in kind.asks.values():
        console.print(question)
    console.print()
    console.print(_particulars(kind))
    console.print()
    console.print(_reasons(kind))


def _list(kinds: list[Kind]) -> Table:
    table = _table("", "proof", "question", "takes")
    table.columns[1].no_wrap = True
    for kind in kinds:
        claims = (claim.name if claim.required else f"[{claim.name}]" for claim in kind.claims)
        table.add_row(kind.number, kind.name, kind.asks["en"], ", ".join(claims))
    return table


def _particulars(kind: Kind) -> Table:
    table = _table("", "", header=False)
    for claim in kind.claims:
        needed = "claim" if claim.required else "claim, optional"
        table.add_row(needed, f"{claim.name}: {claim.form}. {claim.means}")
    table.add_row("decided by", ", ".join(kind.families))
    if kind.hears:
        table.add_row("listens to", ", ".join(kind.hears))
    days = f"{kind.fresh_for.days} days" if kind.fresh_for.days else str(kind.fresh_for)
    table.add_row("silence of", f"{', '.join(kind.rests_on)}; heard of within {days}")
    for country, law in kind.law.items():
        table.add_row(f"law, {country}", law)
    return table


def _reasons(kind: Kind) -> Table:
    table = _table("reason", "in words")
    own_first = {**kind.own_explanations, **kind.explanations}
    for reason, explanation in own_first.items():
        table.add_row(reason, f"{explanation.en}\n{explanation.zh}")
    return table


def _table(*columns: str, header: bool = True) -> Table:
    from rich.table import Table as StandardTable

    table = StandardTable(
        box=None, show_header=header, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
