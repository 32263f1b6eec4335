"""The family by which reductions are measured: n exiting processes unmap, each through any of n SMMUs or
through one of its own, while a reboot disables all of them."""
import json
from dataclasses import dataclass
from pathlib import Path

import instances
import rounds
import tools

SCENARIO = instances.ROOT / "scenarios/reboot/exit-family.yaml"
SIZES = [1, 2, 3]
LEAST_FACTOR = 20  # by which the reductions have to shrink the largest member that has any SMMU


def scenario(n, own):
    """The scenario with one more variant, which has n processes and SMMUs; with `own`, in pairs."""
    text = SCENARIO.read_text(encoding="utf-8")
    smmus = {f"smmu{i}": {"cmdq_entries": 4, "cmdq_window": 4, "cr0_ack": "immediate", "sync": "poll"}
             for i in range(n)}
    overlay = {
        "machine": {"smmus": smmus, "devices": {f"pdev{i}": {"controls": f"smmu{i}"} for i in range(n)}},
        "tasks": {f"exit{i}": {"cpu": 1, "run": [{"call": f"unmap(smmu{i})" if own else "exit_mm()"}]}
                  for i in range(n)},
        "expect": {"can_end": "holds", "cmd_sync_timeout": "violated"},
    }
    return f"{text}  {instances.VARIANT}: {json.dumps(overlay)}\n"


@dataclass(frozen=True)
class Member:
    """The family's member of one size, as an instance to be measured."""
    n: int
    own: bool

    @property
    def name(self):
        return f"exit-family-{'own-' if self.own else ''}{self.n}"

    def scenario(self):
        return scenario(self.n, self.own)


def measure(program: Path, count, folder: Path):
    """By member, quiesce without reductions and with all of them."""
    ways = [tools.Quiesce(program, "none"), tools.Quiesce(program, "all")]
    return rounds.measure([Member(n, own) for own in (True, False) for n in SIZES], ways, count, folder)


def shortfalls(table):
    """What is wrong with the reductions of the largest member, one sentence each."""
    whole, reduced = table[-1]
    factor = whole.states / reduced.states
    if factor < LEAST_FACTOR:
        yield f"{whole.instance.name}: {factor:.1f} times fewer states, not {LEAST_FACTOR}"
    if reduced.seconds.median >= whole.seconds.median:
        yield f"{whole.instance.name}: the reduced search takes longer"
