"""Every step of the library is taken by some shipped scenario, and every finding kind is met by one.

Run with the path of the quiesce program. Searches all scenarios with --profile and prints, by routine of
scenarios/lib, which steps no variant takes. What stands in the list below needs no scenario, for the
reason given. A step is known by its routine and its text: edits move numbers."""
import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "scenarios" / "lib"

# Routine: why no scenario takes all of its steps.
EXCUSED = {}


def shipped_routines():
    """The names of the routines of libraries and patches, and the file of each."""
    found = {}
    for file in sorted(LIBRARY.rglob("*.yaml")):
        for name in yaml.safe_load(file.read_text()).get("routines", {}):
            found.setdefault(name, file.relative_to(ROOT))
    return found


def reports(quiesce):
    """One for each scenario: the program writes one JSON document after the other."""
    run = subprocess.run([quiesce, "check", "--profile", "--format", "json", "scenarios"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"quiesce check gave {run.returncode}: {run.stderr}")
    decoder = json.JSONDecoder()
    at = 0
    while at < len(run.stdout):
        document, at = decoder.raw_decode(run.stdout, at)
        yield document
        at = re.compile(r"\s*").match(run.stdout, at).end()


def step(place):
    return place["where"].rsplit("+", 1)[0], place["text"]


def main():
    routines = shipped_routines()
    taken, known, violated, kinds = set(), set(), set(), set()
    for report in reports(sys.argv[1]):
        for variant in report["variants"]:
            profile = variant.get("profile", {})
            for row in profile.get("steps", []):
                known.add(step(row))
                if row["transitions"] > 0:
                    taken.add(step(row))
            known.update(step(place) for place in profile.get("never_taken", []))
            for item in variant["properties"]:
                if item["kind"] == item["name"]:
                    kinds.add(item["name"])
                    if item["status"] == "violated":
                        violated.add(item["name"])
    steps = {s for s in known if s[0] in routines}
    missed = sorted(s for s in steps - taken if s[0] not in EXCUSED)
    uncalled = sorted(name for name in routines if name not in {s[0] for s in known} and name not in EXCUSED)
    called = len({s[0] for s in steps})
    print(f"{len(steps)} steps of {called} routines of the library, {len(steps & taken)} taken")
    for name in uncalled:
        print(f"  {routines[name]}: {name} is called by no scenario")
    for name, text in missed:
        print(f"  {routines[name]}: {name}: '{text}' is never taken")
    for kind in sorted(kinds - violated):
        print(f"  the finding kind {kind} is met by no scenario")
    for name in sorted(set(EXCUSED) - set(routines)):
        print(f"  {name} is excused, and no routine")
    sys.exit(1 if missed or uncalled or kinds - violated else 0)


if __name__ == "__main__":
    main()
