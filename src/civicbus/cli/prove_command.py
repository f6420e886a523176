"""`civicbus prove`: ask a running worker, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from civicbus.cli.arguments import (
    BornOption,
    ClaimOption,
    KnownAtOption,
    NameOption,
    ValidAtOption,
    person_of,
    proof_of,
    times_of,
    told_of,
)
from civicbus.cli.printing import plain, print_answer

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 15.0


class RefusedError(Exception):
    """The worker did not answer; the text says why and what to do."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("prove")(prove)


def prove(  # noqa: PLR0913, PLR0917 - each option is a parameter
    proof: Annotated[str, typer.Argument(help="The question; `civicbus proofs` lists them.")],
    person: Annotated[str, typer.Option(help="SCHEME:NUMBER of the person asked about.")],
    claim: ClaimOption = None,
    name: NameOption = None,
    born: BornOption = None,
    valid_at: ValidAtOption = None,
    known_at: KnownAtOption = None,
    api: Annotated[
        str | None, typer.Option(help="Address of a worker. Default: from the configuration.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Ask a running worker about a person, and print its answer.

    Exit code 0 if it answered, also with `unknown`; 1 if it did not; 2 for wrong usage.
    """
    kind = proof_of(proof, "PROOF")
    question = {"person": str(person_of(person)), **told_of(kind, claim, name, born).in_question()}
    times_of(valid_at, known_at)
    # Sent as given: what "now" and "today" are is for the worker's clock to say.
    given = {"valid_at": valid_at, "known_at": known_at}
    question |= {field: text for field, text in given.items() if text is not None}
    from civicbus.cli.failures import failures_told

    with failures_told(RefusedError):
        answer = ask(api or configured_address(), kind.name, question)
    print_answer(answer, as_json=as_json)


def ask(api: str, proof: str, question: dict[str, Any]) -> dict[str, Any]:
    """The answer of the worker at an address.

    Raises:
        RefusedError: if it cannot be reached, or refuses.
    """
    import httpx

    try:
        # Not through a proxy that the environment happens to name: the body is about a person.
        with httpx.Client(trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            response = client.post(f"{api.rstrip('/')}/v1/proofs/{proof}", json=question)
    except httpx.TimeoutException:
        raise RefusedError(
            f"{api}: no answer within {TIMEOUT_SECONDS:.0f} s; see the worker's log and its status "
            "page"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RefusedError(
            f"{api}: no worker reached ({type(error).__name__}); start one with `civicbus worker`, "
            "or name its address with --api or CIVICBUS_ADVERTISE"
        ) from None
    found = object_in(response)
    if response.status_code != httpx.codes.OK:
        raise RefusedError(told(api, response.status_code, found))
    if "outcome" not in found:
        raise RefusedError(f"{api}: what answers there is no civicbus worker; correct --api")
    return found


def object_in(response: httpx.Response) -> dict[str, Any]:
    """The JSON object in a response; empty if there is none."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def told(api: str, status: int, problem: dict[str, Any]) -> str:
    """A problem document in one line."""
    if "detail" not in problem:
        return f"{api}: answered {status}, not as a civicbus worker does; correct --api"
    parts = [problem[name] for name in ("field", "detail") if problem.get(name)]
    reason = f" ({problem['reason']})" if "reason" in problem else ""
    return plain(f"{api}: {status}: {': '.join(parts)}{reason}; {problem.get('remedy', '')}")


def configured_address() -> str:
    """The address of a worker by the configuration."""
    from civicbus.settings import load_settings

    return load_settings().advertised()
