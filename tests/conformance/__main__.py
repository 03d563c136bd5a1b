"""Plays cases against a server over HTTP: ``python -m tests.conformance --url http://127.0.0.1:8080 …``.

Without ``--record`` the outcomes are compared with the recording; the exit status is 1 when one differs.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.conformance.differing import DIFFERING
from tests.conformance.http_stub import stub
from tests.conformance.player import ENDED, Case, Player, cases_in, differences

HERE = Path(__file__).parent
QUIET_LOOKS = 3
"""How many looks in a row must show the same before an execution counts as settled."""


def main() -> int:
    """Play, then record or compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", default="admin@kestra.io")
    parser.add_argument("--password", default="Admin1234")
    parser.add_argument("--cases", type=Path, default=HERE / "cases")
    parser.add_argument("--recorded", type=Path, default=HERE / "recorded.json")
    parser.add_argument("--record", type=Path, help="write what happened to this file")
    parser.add_argument("--only", default="", help="part of the names to play")
    parser.add_argument("--jobs", type=int, default=8)
    options = parser.parse_args()
    cases = [case for case in cases_in(options.cases) if options.only in case.name]
    outcomes = asyncio.run(play(options, cases))
    if options.record:
        options.record.write_text(json.dumps(outcomes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    recorded = json.loads(options.recorded.read_text(encoding="utf-8"))
    agreed = 0
    for name, outcome in outcomes.items():
        found = differences(recorded[name], outcome)
        agreed += not found
        if found:
            print(f"{name} differs" + (", as listed" if name in DIFFERING else ""))
            for line in found:
                print(f"    {line}")
    print(f"{agreed} of {len(outcomes)} agree")
    return 0 if all(name in DIFFERING or not differences(recorded[name], got) for name, got in outcomes.items()) else 1


async def play(options: argparse.Namespace, cases: list[Case]) -> dict[str, Any]:
    """Return what came of each case."""
    at_once = asyncio.Semaphore(options.jobs)
    base = f"{options.url.rstrip('/')}/api/v1/main"
    async with httpx.AsyncClient(base_url=base, auth=(options.user, options.password), timeout=60) as client:
        with stub() as address:
            player = Player(client, lambda execution_id, wanted: settled(client, execution_id, wanted), address)

            async def one(case: Case) -> Any:
                async with at_once:
                    await forget(client, case)
                    return await player.play(case)

            found = await asyncio.gather(*map(one, cases))
    for name, reason in player.refusals.items():
        print(f"{name}: {reason}", file=sys.stderr)
    return {case.name: outcome for case, outcome in zip(cases, found, strict=True)}


async def forget(client: httpx.AsyncClient, case: Case) -> None:
    """Delete the flows of a case that an earlier run has left."""
    for path in [*case.folder.glob("sub-*.yaml"), case.folder / "flow.yaml"]:  # a few small files
        words = dict(
            line.split(":", 1) for line in path.read_text().splitlines() if line.startswith(("id:", "namespace:"))
        )
        if words.keys() == {"id", "namespace"}:
            await client.delete(f"/flows/{words['namespace'].strip()}/{words['id'].strip()}")


async def settled(client: httpx.AsyncClient, execution_id: str, wanted: frozenset[str]) -> None:
    """Look again and again, until the execution is in the state and several looks show the same."""
    still = wanted <= ENDED | {"PAUSED"}
    last, same = "", 0
    while True:
        answer = await client.get(f"/executions/{execution_id}")
        document = answer.json() if answer.is_success else None
        if document is not None and document["state"]["current"] in wanted:
            shape = json.dumps([(run["id"], run["state"]["current"]) for run in document.get("taskRunList") or []])
            same = same + 1 if shape == last else 0
            last = shape
            if not still or same >= QUIET_LOOKS:
                return
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
