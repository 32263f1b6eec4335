"""Small edits of scenarios and of the library change verdicts: what no edit could change says nothing.

Run with the path of the quiesce program and files of flips, from any folder. Each entry names a line
of a scenario or of a library, what stands there instead, and the statuses of properties before and after:

    - scenario: scenarios/reboot/smmuv3-late-unmap.yaml
      variant: other_cpu
      in: scenarios/lib/linux/arm-smmu-v3.yaml    # the file that holds the line; without it the scenario
      below: 'poll_until_sync:'                   # the line is the first one after this line
      replace: 'poll: consumed(smmu, slot)'       # a whole line without its indentation
      with: 'poll: true'                          # '' leaves the line out
      flips: { cmd_sync_timeout: [violated, holds] }
      reason: what the edit changes

The edit is made in a copy of the scenarios. With the word 'unedited' before the files no edit is made: then
every flip has to fail, which shows that the runner can."""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {"scenario", "variant", "replace", "with", "flips", "reason"}
OPTIONAL = {"in", "below"}
STATUSES = {"holds", "violated", "inconclusive"}
TIMEOUT_S = 60


class Mistake(Exception):
    """The entry cannot be tried."""


class Sandbox:
    """A copy of the program and of the scenarios: the program takes the library that lies beside it."""

    def __init__(self, quiesce, folder):
        self.scenarios = folder / "share/quiesce/scenarios"
        shutil.copytree(ROOT / "scenarios", self.scenarios)
        (folder / "bin").mkdir()
        self.quiesce = Path(shutil.copy2(quiesce, folder / "bin"))

    def file(self, name):
        path = self.scenarios / Path(name).relative_to("scenarios")
        if not path.is_file():
            raise Mistake(f"there is no file {name}")
        return path

    def properties(self, scenario, variant):
        run = subprocess.run([self.quiesce, "check", self.file(scenario), "--variant", variant,
                              "--explain", "none", "--format", "json"],
                             capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        try:
            (only,) = json.loads(run.stdout)["variants"]
        except (json.JSONDecodeError, LookupError, ValueError):
            raise Mistake(f"quiesce says: {(run.stderr or run.stdout).strip()[:2000]}") from None
        return {entry["name"]: entry for entry in only["properties"]}


def line_to_replace(lines, entry):
    """The index of the one line that is meant."""
    words = [line.strip() for line in lines]
    first = 0
    if "below" in entry:
        places = [at for at, text in enumerate(words) if text == entry["below"]]
        if len(places) != 1:
            raise Mistake(f"the line of 'below' stands {len(places)} times: {entry['below']}")
        first = places[0] + 1
    places = [at for at, text in enumerate(words) if at >= first and text == entry["replace"]]
    if not places or (len(places) > 1 and "below" not in entry):
        raise Mistake(f"the line of 'replace' stands {len(places)} times: {entry['replace']}")
    return places[0]


def edited(text, entry):
    if entry["replace"].startswith("expect:"):
        raise Mistake("an expectation is not to be edited")
    lines = text.split("\n")
    at = line_to_replace(lines, entry)
    blanks = lines[at][:len(lines[at]) - len(lines[at].lstrip())]
    lines[at:at + 1] = [blanks + entry["with"]] if entry["with"] else []
    return "\n".join(lines)


def refuse_wrong_keys(entry):
    missing, unknown = NEEDED - entry.keys(), entry.keys() - NEEDED - OPTIONAL
    if missing or unknown:
        raise Mistake(f"missing: {sorted(missing)}, unknown: {sorted(unknown)}")
    for name, pair in entry["flips"].items():
        if len(pair) != 2 or not STATUSES.issuperset(pair) or pair[0] == pair[1]:
            raise Mistake(f"{name} does not flip: {pair}")
    if not entry["flips"]:
        raise Mistake("nothing flips")


def compare(found, flips):
    """What the scenario expects of the unedited variant is true: quiesce check says so of all scenarios."""
    for name, (before, after) in flips.items():
        if name not in found:
            raise Mistake(f"{name} is not in the report")
        if found[name]["expected"] != before:
            raise Mistake(f"{name} is {found[name]['expected']} without the edit, not {before}")
        if found[name]["status"] != after:
            raise Mistake(f"{name} is {found[name]['status']} with the edit, not {after}")


def try_flip(sandbox, entry, with_edit):
    refuse_wrong_keys(entry)
    file = sandbox.file(entry.get("in", entry["scenario"]))
    text = file.read_text()
    changed = edited(text, entry)
    try:
        file.write_text(changed if with_edit else text)
        compare(sandbox.properties(entry["scenario"], entry["variant"]), entry["flips"])
    finally:
        file.write_text(text)


def main(quiesce, files, with_edit):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(quiesce, Path(folder).resolve())
        for file in files:
            for number, entry in enumerate(yaml.safe_load(Path(file).read_text()), 1):
                name = f"{Path(file).name} {number}, {entry.get('variant')}"
                try:
                    try_flip(sandbox, entry, with_edit)
                    print(f"{name}: ok")
                except (Mistake, subprocess.TimeoutExpired) as error:
                    failed += 1
                    print(f"{name}: {error}")
    print(f"{failed} flips failed")
    return 1 if failed else 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    unedited = "unedited" in arguments[1:2]
    if len(arguments) < (3 if unedited else 2):
        sys.exit("usage: flips_test.py QUIESCE [unedited] FILE...")
    sys.exit(main(arguments[0], arguments[2 if unedited else 1:], not unedited))
