"""Write what was measured about every guarantee into the package, from the files in benchmarks/results."""

import argparse
import json
from pathlib import Path

from rashomon.ask.guarantee.catalogue import GUARANTEES
from rashomon.core import publish_text

RESULTS = Path(__file__).parent / "results"
TARGET = Path(__file__).parents[1] / "src" / "rashomon" / "ask" / "guarantee" / "measured.json"


def collect(results: Path) -> dict[str, dict[str, object]]:
    """Return events, data sets, code and date of every guarantee, by name."""
    found = {}
    for guarantee in GUARANTEES.values():
        said = json.loads((results / f"statistical_{guarantee.result}.json").read_text(encoding="utf-8"))
        events, n = (said["totals"][key] for key in (guarantee.event, "n"))
        found[guarantee.name] = {"events": events, "n": n, "code": said["code"], "date": said["date"]}
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    publish_text(TARGET, json.dumps(collect(parser.parse_args().results), indent=2) + "\n")
    print(f"{len(GUARANTEES)} guarantees written to {TARGET.name}")
