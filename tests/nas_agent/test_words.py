"""Whatever a request says, it is refused by a code, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import tempfile

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.truenas_burnin.nas_agent import folder
from custom_components.truenas_burnin.nas_agent.agent import Agent, Turn
from custom_components.truenas_burnin.nas_agent.errors import Code, Json, Refused
from custom_components.truenas_burnin.nas_agent.pace import Pace
from custom_components.truenas_burnin.nas_agent.plan import Plan
from custom_components.truenas_burnin.nas_agent.requests import Inbox, Request, Spoilt
from custom_components.truenas_burnin.nas_agent.verbs import VERBS

from .agents import an_agent
from .machine import SIZE, Machine, plan

settings.register_profile(
    "agent",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
FUZZ = settings.get_profile("agent")

WORDS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(
        [
            "sdb",
            "../sdb",
            "sdb\0",
            "/dev/sdb",
            "$(reboot)",
            "-x",
            "a" * 500,
            "",
            "\ud800",
        ]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(), st.integers(), max_size=2),
)
KEYS = [
    "token",
    "device",
    "serial",
    "size",
    "kind",
    "wake",
    "farm",
    "reason",
    "pause_at",
    "resume_at",
    "ledger",
    "drive",
    "content",
    "method",
    "passes",
    "ranges",
    "capacity_check",
    "discard",
    "limits",
    "max_errors",
    "other",
]


def refusal(do: Callable[[], object]) -> Code | None:
    """Return the code by which something was refused, None if it was done."""
    try:
        do()
    except Refused as refused:
        json.dumps(refused.as_json()).encode()
        return refused.code
    return None


@pytest.fixture
def agent(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    """Return an agent that must start nothing and ask no drive."""
    made = an_agent(machine, Pace(poll=0, start=0, stop=0))
    yield made
    assert machine.calls("smartctl") == []
    assert list(machine.paths.jobs.iterdir()) == []


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"version"}))
@given(arguments=st.dictionaries(st.sampled_from(KEYS), WORDS, max_size=6))
@FUZZ
def test_arguments(agent: Agent, verb: str, arguments: dict[str, Json]) -> None:
    """Strange words for a verb end in a refusal, or change what is not there."""
    code = refusal(lambda: VERBS[verb].run(agent, arguments, Turn(0)))
    assert code in {
        None,
        Code.BAD_REQUEST,
        Code.UNKNOWN_TOKEN,
        Code.DEVICE_MISSING,
        Code.NOT_A_DRIVE,
    }


@given(data=st.data())
@FUZZ
def test_plan(data: st.DataObject) -> None:
    """One wrong word anywhere in a plan refuses all of it; a right one is kept."""
    said = plan()
    place: dict[str, Json] = said
    key = data.draw(st.sampled_from(sorted(said)))
    inner = place[key]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        place = inner
        key = data.draw(st.sampled_from(sorted(inner)))
    place[key] = data.draw(WORDS)
    code = refusal(lambda: Plan.read(said))
    assert code in {None, Code.BAD_REQUEST}
    if code is None:
        read = Plan.read(said)
        assert Plan.read(json.loads(json.dumps(read.as_json()))) == read


@pytest.mark.parametrize(
    "changed",
    [
        {"ranges": []},
        {"ranges": [[0, 0]]},
        {"ranges": [[0, SIZE + 512]]},
        {"ranges": [[SIZE, 512]]},
        {"ranges": [[512, 4096]]},
        {"ranges": [[0, 100]]},
        {"ranges": [[0, 8192], [4096, 4096]]},
        {"ranges": [[8192, 4096], [0, 4096]]},
        {"ranges": [[-4096, 4096]]},
        {"ranges": [[0, 4096, 1]]},
        {"ranges": [[True, 4096]]},
        {"method": "badblocks"},
        {"passes": 3},
        {"method": "patterns", "passes": 2},
        {"limits": {"pause_at": 40, "resume_at": 40}},
        {"token": "../../etc"},
        {"token": ""},
        {"unknown": 1},
        {"capacity_check": 1},
        {"drive": {"device": "sd/../b", "serial": "x", "lunid": None, "size": SIZE}},
        {"drive": {"device": "sdb", "serial": " _ ", "lunid": None, "size": SIZE}},
    ],
)
def test_wrong_plan(changed: dict[str, Json]) -> None:
    """Ranges beyond the end, overlapping or unaligned, and other nonsense."""
    with pytest.raises(Refused) as refused:
        Plan.read(plan(**changed))
    assert refused.value.code is Code.BAD_REQUEST


@given(
    content=st.one_of(st.binary(max_size=300), WORDS.map(json.dumps).map(str.encode))
)
@FUZZ
def test_file(content: bytes) -> None:
    """Whatever a file holds, it is answered and gone, never carried out."""
    with tempfile.TemporaryDirectory() as place:
        machine = Machine(Path(place))
        folder.check(machine.paths)
        inbox = Inbox(machine.paths, Pace(partial=0))
        path = machine.paths.requests / f"{'a' * 32}.json"
        path.write_bytes(content)
        (taken,) = inbox.take()
        assert isinstance(taken, Spoilt)
        assert taken.refused.code is Code.BAD_REQUEST
        assert not path.exists()


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000])
def test_deep_file(machine: Machine, deep: str) -> None:
    """Nesting ends in a refusal as well."""
    folder.check(machine.paths)
    inbox = Inbox(machine.paths, Pace(partial=0))
    (machine.paths.requests / f"{'a' * 32}.json").write_text(deep)
    (taken,) = inbox.take()
    assert isinstance(taken, Spoilt)


def test_whole_file(machine: Machine) -> None:
    """A sound one is read."""
    folder.check(machine.paths)
    inbox = Inbox(machine.paths, Pace())
    identifier = "b" * 32
    request = {"id": identifier, "verb": "status", "arguments": {}}
    (machine.paths.requests / f"{identifier}.json").write_text(json.dumps(request))
    assert list(inbox.take()) == [Request(identifier, "status", None, {})]
