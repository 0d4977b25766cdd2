"""The machine's pools, by OpenZFS' own words; none where there is no OpenZFS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .drives import Pools
from .line import Machine

GROUPS = {
    "logs": "log",
    "cache": "cache",
    "spares": "spare",
    "special": "special",
    "dedup": "dedup",
}
"""What zpool calls the kinds of vdevs besides data, and what the middleware does."""


@dataclass(frozen=True)
class Vdev:
    """One line of the configuration: a pool, a mirror, a drive, a group."""

    depth: int
    name: str
    state: str

    @property
    def node(self) -> str:
        """The kernel's name, if it is that of a node."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True)
class Pool:
    """A pool, imported or not."""

    name: str
    state: str
    scan: str
    vdevs: tuple[Vdev, ...]

    @property
    def nodes(self) -> frozenset[str]:
        """The names of all that may be a node."""
        return frozenset(vdev.node for vdev in self.vdevs)


@dataclass(frozen=True)
class Space:
    """Numbers of a pool, in bytes."""

    guid: str
    size: int
    allocated: int
    free: int


async def imported(machine: Machine) -> list[Pool]:
    """Return the imported pools."""
    return list(_pools(await _said(machine, "status", "-LP")))


async def exported(machine: Machine) -> list[Pool]:
    """Return the pools that could be imported; every drive's labels are read."""
    return list(_pools(await _said(machine, "import", "-d", "/dev")))


async def spaces(machine: Machine) -> dict[str, Space]:
    """Return the numbers of the imported pools by name."""
    text = await _said(machine, "list", "-Hp", "-o", "name,guid,size,allocated,free")
    rows = (line.split("\t") for line in text.splitlines())
    return {
        name: Space(guid, int(size), int(allocated), int(free))
        for name, guid, size, allocated, free in rows
    }


def members(pools: list[Pool]) -> Pools:
    """Return by the name of a pool the nodes that belong to it."""
    return {pool.name: pool.nodes for pool in pools}


async def _said(machine: Machine, *words: str) -> str:
    try:
        return (await machine.run(["zpool", *words])).out
    except FileNotFoundError:
        return ""


def _pools(text: str) -> Iterator[Pool]:
    """Give the pools out of `zpool status` or `zpool import`.

    A fact begins with its name and a colon, further lines of it with a tab.
    """
    facts: dict[str, list[str]] = {}
    latest: list[str] = []
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip().isalpha() and not line.startswith("\t"):
            if key.strip() == "pool" and facts:
                yield _pool(facts)
                facts = {}
            latest = facts.setdefault(key.strip(), [value.strip()])
        elif line.strip():
            latest.append(line)
    if facts:
        yield _pool(facts)


def _pool(facts: Mapping[str, list[str]]) -> Pool:
    lines = [line.removeprefix("\t") for line in facts.get("config", [])[1:]]
    return Pool(
        name=facts["pool"][0],
        state=facts["state"][0],
        scan=facts.get("scan", [""])[0],
        vdevs=tuple(_vdev(line) for line in lines if not line.startswith("NAME ")),
    )


def _vdev(line: str) -> Vdev:
    words = line.split()
    depth = (len(line) - len(line.lstrip(" "))) // 2
    return Vdev(depth, words[0], words[1] if len(words) > 1 else "")
