"""`civicbus proofs`: what can be asked."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from civicbus.cli import proofs_command
from civicbus.domain.proofs import PROOFS, Kind

app = typer.Typer(rich_markup_mode=None)
proofs_command.register(app)


@app.callback()
def several_commands() -> None:
    """Typer leaves out the name of a command that is alone."""


def proofs(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["proofs", *arguments], env={"COLUMNS": "400"})


def test_every_proof_stands_in_the_list_with_its_question() -> None:
    result = proofs()
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()[1:]]
    assert len(lines) == len(PROOFS)
    for line, kind in zip(lines, PROOFS.values(), strict=True):
        assert line.startswith(f"{kind.number} {kind.name} {kind.asks['en']}")


def test_with_json_each_proof_is_one_object() -> None:
    listed = [json.loads(line) for line in proofs("--json").stdout.splitlines()]
    assert [proof["name"] for proof in listed] == list(PROOFS)
    (one,) = proofs("employed", "--json").stdout.splitlines()
    assert json.loads(one)["claims"][0]["name"] == "employer"


@pytest.mark.parametrize("kind", PROOFS.values(), ids=PROOFS)
def test_one_proof_is_told_with_its_claims_its_law_and_every_reason_in_both_languages(
    kind: Kind,
) -> None:
    result = proofs(kind.name)
    assert result.exit_code == 0
    told = [
        *kind.asks.values(),
        *kind.law.values(),
        *(f"{claim.name}: {claim.form}. {claim.means}" for claim in kind.claims),
        *(text for found in kind.explanations.values() for text in (found.en, found.zh)),
        ", ".join(kind.families),
    ]
    for text in told:
        assert text in result.stdout


def test_a_proof_that_there_is_not_is_wrong_usage() -> None:
    result = proofs("alve")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean alive?" in result.stderr
