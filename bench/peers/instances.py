"""The models that quiesce, Rumur and SPIN explore, and the sizes in which they do."""
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXTBOOK = ROOT / "scenarios/textbook"
TEXTBOOK_TWINS = ROOT / "tests/textbook"
MODELS = Path(__file__).resolve().parent / "models"

VARIANT = "peers"
CONSTANT = re.compile(r"^  N: \d+;", re.MULTILINE)


def processes(n):
    return f"types: {{ pid: id {n} }}"


def climbers(n):
    return (f"types: {{ pid: id {n}, priority: int 0..{n} }}\n"
            f"    globals: {{ N: {{ type: int 2..{n}, init: {n} }} }}")


@dataclass(frozen=True)
class Model:
    """One model in three languages. `overlay` is what makes the scenario's size n."""
    scenario: Path
    murphi: Path
    promela: Path
    overlay: Callable[[int], str]


def textbook(name, overlay):
    return Model(TEXTBOOK / f"{name}.yaml", TEXTBOOK_TWINS / f"{name}.m", MODELS / f"{name}.pml", overlay)


def own(name):
    return Model(*(MODELS / f"{name}.{language}" for language in ("yaml", "m", "pml")), processes)


BY_NAME = {
    "peterson": textbook("peterson", climbers),
    "mcslock1": textbook("mcslock1", processes),
    "mcslock2": textbook("mcslock2", processes),
    "owner-queue": own("owner-queue"),
    "stopped-queue": own("stopped-queue"),
}


@dataclass(frozen=True)
class Instance:
    """A model of one size. SPIN has to be told its stack and its table; both are sized to the states."""
    model: str
    n: int
    states: int
    spin_depth: int
    spin_hash_bits: int

    @property
    def name(self):
        return f"{self.model}-{self.n}"

    def scenario(self):
        """The scenario with one more variant, which is that of this size: `variants` is its last section."""
        overlay = BY_NAME[self.model].overlay(self.n)
        return f"{BY_NAME[self.model].scenario.read_text()}  {VARIANT}:\n    {overlay}\n"

    def murphi(self):
        text, replaced = CONSTANT.subn(f"  N: {self.n};", BY_NAME[self.model].murphi.read_text())
        assert replaced == 1, f"{BY_NAME[self.model].murphi} has no constant N"
        return text

    def promela(self):
        return f"#define N {self.n}\n{BY_NAME[self.model].promela.read_text()}"


# Published: peterson-3 and -5, all of mcslock1 and mcslock2 (CMurphi ex/mux). The others are what three
# tools agree on.
QUICK = [
    Instance("peterson", 4, 22_281, 20_000, 16),
    Instance("mcslock1", 3, 7_597, 20_000, 16),
    Instance("mcslock2", 2, 1_098, 20_000, 16),
    Instance("owner-queue", 2, 45_832, 200_000, 16),
    Instance("stopped-queue", 1, 21_580, 100_000, 16),
]
FULL = [
    Instance("peterson", 5, 628_868, 500_000, 20),
    Instance("mcslock1", 4, 554_221, 500_000, 20),
    Instance("mcslock2", 3, 3_240_032, 2_000_000, 22),
    Instance("owner-queue", 3, 7_117_071, 10_000_000, 23),
    Instance("stopped-queue", 2, 4_896_676, 4_000_000, 23),
]
# Too many states for five rounds of all tools; for several workers alone.
LARGE = [Instance("peterson", 6, 17_704_917, 4_000_000, 24)]


def chosen(instances, names):
    """Those of the models or instances named, in their order; all without names. KeyError: no such name."""
    known = {i.name for i in instances} | {i.model for i in instances}
    for name in names:
        if name not in known:
            raise KeyError(name)
    return [i for i in instances if not names or i.name in names or i.model in names]
