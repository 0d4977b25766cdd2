"""The JSON-RPC transport against a real server that misbehaves."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CallFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.jsonrpc import JsonRpcTransport
from custom_components.truenas_burnin.truenas.transport import Token

from .conftest import Answers
from .websocket_nas import (
    ENDED,
    KEY,
    Connection,
    Refusal,
    WebsocketNas,
    close_1008,
    drop,
)

ONCE: Token = (60, {}, True, True)
PLACE = "custom_components.truenas_burnin.truenas"


@pytest.fixture
async def nas(socket_enabled: None) -> AsyncIterator[WebsocketNas]:
    """Serve."""
    async with WebsocketNas() as served:
        yield served


def a_transport(
    session: aiohttp.ClientSession, nas: WebsocketNas, key: str = KEY
) -> JsonRpcTransport:
    """Return a transport that trusts that NAS's certificate."""
    pin = aiohttp.Fingerprint(nas.fingerprint)
    return JsonRpcTransport(session, URL(nas.url), key, ssl=pin)


@pytest.fixture
async def rpc(
    session: aiohttp.ClientSession, nas: WebsocketNas
) -> AsyncIterator[JsonRpcTransport]:
    """Return a transport to the NAS; after it no task is left."""
    before = asyncio.all_tasks()
    transport = a_transport(session, nas)
    yield transport
    await transport.close()
    ours = [task for task in asyncio.all_tasks() - before if "truenas" in repr(task)]
    assert [task for task in ours if task.get_name().startswith("truenas ")] == []


@dataclass
class Clock:
    """A clock that pauses move: they take no time."""

    now: float = 0.0
    alarm: float = inf
    rings: asyncio.Event = field(default_factory=asyncio.Event)

    def tick(self, seconds: float) -> None:
        """Move on."""
        self.now += seconds
        if self.now >= self.alarm:
            self.rings.set()

    async def reach(self, moment: float) -> None:
        """Wait until so much time was spent in pauses."""
        self.alarm = moment
        await self.rings.wait()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of the transport."""
    clock, sleep = Clock(), asyncio.sleep

    async def pause(seconds: float) -> None:
        clock.tick(seconds)
        await sleep(0)

    monkeypatch.setattr(f"{PLACE}.jsonrpc.asyncio.sleep", pause)
    monkeypatch.setattr(f"{PLACE}.back_off.monotonic", lambda: clock.now)
    return clock


async def dropped(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """Break the connection while it is idle, and wait until that is noticed."""
    assert rpc._socket is not None
    await nas.connection.drop()
    await asyncio.wait([rpc._socket._reader])


async def test_a_call(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """One connection, one login by the key alone, parameters in an array."""
    nas.answers["disk.query"] = [{"name": "sda"}]
    options = {"extra": {"pools": True}}
    assert await rpc.call("disk.query", [], options) == [{"name": "sda"}]
    assert await rpc.call("disk.query", [], options) == [{"name": "sda"}]
    assert nas.asked == [
        ("auth.login_with_api_key", [KEY]),
        ("auth.me", []),
        ("disk.query", [[], options]),
        ("disk.query", [[], options]),
    ]
    assert nas.handshakes == 1


async def test_never_over_plain_http(session: aiohttp.ClientSession) -> None:
    """The NAS would revoke the key; nothing is sent."""
    with pytest.raises(HttpsRequired):
        JsonRpcTransport(session, URL("http://nas.test"), KEY)


async def test_answers_find_their_calls(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """Also when they come in another order."""
    first = asyncio.Event()

    async def late(_: Connection, params: list[Any]) -> str:
        await first.wait()
        return "late"

    async def soon(_: Connection, params: list[Any]) -> str:
        first.set()
        return "soon"

    nas.answers |= {"system.version": late, "system.boot_id": soon}
    calls = [rpc.call("system.version"), rpc.call("system.boot_id")]
    assert await asyncio.gather(*calls) == ["late", "soon"]


async def test_no_more_at_once_than_the_nas_takes(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """The 21st would be refused, so there are never more than 15."""
    full = asyncio.Event()

    async def hold(connection: Connection, params: list[Any]) -> int:
        if connection.under_way == 15:
            full.set()
        await full.wait()
        return int(params[0])

    nas.answers["system.info"] = hold
    calls = [rpc.call("system.info", number) for number in range(40)]
    assert await asyncio.gather(*calls) == list(range(40))
    assert nas.most_at_once == 15


@pytest.mark.parametrize(
    ("refusal", "error", "errno"),
    [
        (Refusal(-32001, 13, "[EACCES] Not authorized"), NotAuthorized, None),
        (Refusal(-32001, 1, "[EPERM] not yours"), NotAuthorized, None),
        (Refusal(-32001, 22, "MatchNotFound()"), CallFailed, 22),
        (Refusal(-32602, 22, "[EINVAL] mode: …\n"), CallFailed, 22),
        (Refusal(-32601), CallFailed, 201),
        (Refusal(-32603), CallFailed, None),
        (Refusal(-32000, 0, "Maximum number of …"), ConnectionFailed, None),
    ],
)
async def test_every_error_has_its_own(
    rpc: JsonRpcTransport,
    nas: WebsocketNas,
    refusal: Refusal,
    error: type[TrueNASError],
    errno: int | None,
) -> None:
    """Codes and errno of docs/truenas-api.md §8; the key is in none of them."""
    nas.answers["disk.wipe"] = refusal
    with pytest.raises(error) as caught:
        await rpc.call("disk.wipe", "sdb", "FULL")
    assert KEY not in str(caught.value)
    assert not str(caught.value).endswith("\n")
    if isinstance(caught.value, CallFailed):
        assert caught.value.errno == errno


@pytest.mark.parametrize("error", ["text", {"code": 1, "data": {"error": None}}, None])
async def test_odd_errors(rpc: JsonRpcTransport, nas: WebsocketNas, error: Any) -> None:
    """Whatever the error looks like, one of ours comes out."""
    refusal = Refusal(1)
    refusal.error = error
    nas.answers["system.info"] = refusal
    with pytest.raises((InvalidResponse, CallFailed)):
        await rpc.call("system.info")


async def test_a_request_too_long_is_not_sent(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """The NAS would close the connection."""
    with pytest.raises(CallFailed, match="too long"):
        await rpc.call("disk.query", "x" * 70_000)
    assert nas.count("disk.query") == 0


@pytest.mark.parametrize("expected_lingering_timers", [True])  # aiohttp's heartbeat
@pytest.mark.parametrize("text", ["{", "[]", "1"])
async def test_what_is_no_message_ends_the_connection(
    rpc: JsonRpcTransport, nas: WebsocketNas, text: str
) -> None:
    """A reading call is tried on new connections, then it has failed."""

    async def babble(connection: Connection, params: list[Any]) -> None:
        await connection.socket.send_str(text)
        await asyncio.Event().wait()

    nas.answers["system.info"] = babble
    with pytest.raises(ConnectionFailed, match=r"not JSON|no JSON-RPC"):
        await rpc.call("system.info")
    assert nas.handshakes == 3


async def test_an_answer_without_content(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """Answers to nobody are left alone; one without result is odd."""

    async def empty(connection: Connection, params: list[Any]) -> None:
        last = len(nas.asked)
        for number in ("a", None, 99, last):
            await connection.send(id=number)
        await asyncio.Event().wait()

    nas.answers["system.info"] = empty
    with pytest.raises(InvalidResponse):
        await rpc.call("system.info")


async def test_a_wrong_key(session: aiohttp.ClientSession, nas: WebsocketNas) -> None:
    """It is told, and not tried again and again: logins are counted."""
    rpc = a_transport(session, nas, "1-wrong")
    for _ in range(5):
        with pytest.raises(AuthenticationFailed) as caught:
            await rpc.call("system.info")
        assert "1-wrong" not in str(caught.value)
    assert nas.count("auth.login_with_api_key") == 1
    await rpc.close()


@pytest.mark.parametrize("later", [False, True])
async def test_a_refused_key_that_comes_as_an_error(
    rpc: JsonRpcTransport, nas: WebsocketNas, later: bool
) -> None:
    """As 25.04.2.6 to 25.10.6 may say it, at the first login and at any other."""
    nas.answers["system.info"] = {}
    if later:
        await rpc.call("system.info")
        await dropped(rpc, nas)
    refusal = Refusal(-32001, 14, "[EFAULT] AUTH: unexpected authenticator run state")
    nas.answers["auth.login_with_api_key"] = nas.answers["auth.login_ex"] = refusal
    for _ in range(3):
        with pytest.raises(AuthenticationFailed):
            await rpc.call("system.info")
    assert sum(method.startswith("auth.login") for method, _ in nas.asked) == 1 + later


async def test_a_spent_allowance_of_logins(
    rpc: JsonRpcTransport, nas: WebsocketNas, clock: Clock
) -> None:
    """It is no fault of the key; a minute later it works."""
    nas.answers["auth.login_with_api_key"] = Refusal(
        -32001, 16, "[EBUSY] Rate Limit Exceeded"
    )
    for _ in range(3):
        with pytest.raises(ConnectionFailed, match="Rate Limit"):
            await rpc.call("system.info")
    assert nas.count("auth.login_with_api_key") == 1
    del nas.answers["auth.login_with_api_key"]
    nas.answers["system.info"] = {}
    clock.tick(60.0)
    assert await rpc.call("system.info") == {}


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("EXPIRED", AuthenticationFailed),
        ("DENIED", AuthenticationFailed),
        ("OTP_REQUIRED", AuthenticationFailed),
        ("REDIRECT", ConnectionFailed),
    ],
)
async def test_a_login_that_is_refused_later(
    rpc: JsonRpcTransport,
    nas: WebsocketNas,
    kind: str,
    error: type[TrueNASError],
) -> None:
    """As the key's user the NAS tells why: revoked, for example."""
    nas.answers["system.info"] = {}
    await rpc.call("system.info")
    nas.login_ex = kind
    await dropped(rpc, nas)
    with pytest.raises(error):
        await rpc.call("system.info")
    assert nas.count("auth.login_with_api_key") == 1


async def test_a_renamed_user(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """The key alone still works, over a connection that has refused nothing."""
    nas.answers["system.info"] = {}
    await rpc.call("system.info")
    nas.user = "somebody"
    await dropped(rpc, nas)
    await rpc.call("system.info")
    await dropped(rpc, nas)
    await rpc.call("system.info")
    logins = [method for method, _ in nas.asked if method.startswith("auth.login")]
    key, user = "auth.login_with_api_key", "auth.login_ex"
    assert logins == [key, user, key, user]
    assert nas.handshakes == 4


async def test_an_expired_session(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """After thirty days the NAS wants a new login; even a change is then repeated.

    It was not executed.
    """
    nas.answers["core.job_abort"] = None
    await rpc.call("core.job_abort", 1)
    nas.connection.logged_in = False
    del nas.answers["core.job_abort"]

    async def abort(connection: Connection, params: list[Any]) -> None:
        if not connection.logged_in:
            raise ENDED

    nas.answers["core.job_abort"] = abort
    assert await rpc.call("core.job_abort", 2) is None
    assert nas.handshakes == 2
    assert nas.count("core.job_abort") == 3


async def test_reading_outlives_a_dropped_connection(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """In the middle of a call: it is asked again on a new one."""

    async def fine(connection: Connection, params: list[Any]) -> str:
        return "fine"

    nas.answers["system.info"] = [drop, drop, fine]
    assert await rpc.call("system.info") == "fine"
    assert nas.handshakes == 3


async def test_a_change_is_never_sent_twice(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """A lost reply leaves the outcome unknown."""
    nas.answers["cronjob.run"] = drop
    with pytest.raises(OutcomeUnknown):
        await rpc.call("cronjob.run", 7)
    assert nas.count("cronjob.run") == 1


async def test_a_change_waits_for_a_connection(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """What was not sent may be sent later: dropped when idle."""
    nas.answers["cronjob.run"] = 101
    assert await rpc.call("cronjob.run", 7) == 101
    await dropped(rpc, nas)
    assert await rpc.call("cronjob.run", 7) == 101
    assert nas.handshakes == 2


async def test_dropped_before_and_during_the_login(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """Nothing was sent, so even a change is tried again."""
    nas.answers["cronjob.run"] = 101

    async def fine(connection: Connection, params: list[Any]) -> bool:
        connection.logged_in = True
        return True

    nas.answers["auth.login_with_api_key"] = [drop, drop, fine]
    assert await rpc.call("cronjob.run", 7) == 101
    assert nas.count("cronjob.run") == 1
    await dropped(rpc, nas)
    nas.dead = True
    with pytest.raises(ConnectionFailed):
        await rpc.call("cronjob.run", 7)
    nas.dead = False
    assert nas.count("cronjob.run") == 1


async def test_an_address_that_is_not_allowed(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """The NAS closes with 1008, and the reason says so."""
    nas.answers["auth.login_with_api_key"] = close_1008
    with pytest.raises(ConnectionFailed, match="IP address"):
        await rpc.call("system.info")


@pytest.mark.parametrize(
    ("status", "error"),
    [(502, ConnectionFailed), (404, InvalidResponse), (403, InvalidResponse)],
)
async def test_no_websocket(
    rpc: JsonRpcTransport, nas: WebsocketNas, status: int, error: type[TrueNASError]
) -> None:
    """A gateway error passes; anything else is no TrueNAS."""
    nas.down = status
    with pytest.raises(error, match=str(status)):
        await rpc.call("system.info")


async def test_certificates(session: aiohttp.ClientSession, nas: WebsocketNas) -> None:
    """Neither an unknown nor a changed one is spoken to, and neither is retried."""
    for pin in (True, aiohttp.Fingerprint(b"x" * 32)):
        rpc = JsonRpcTransport(session, URL(nas.url), KEY, ssl=pin)
        with pytest.raises(CertificateRejected):
            await rpc.call("system.info")
        await rpc.close()
    assert nas.asked == []
    assert nas.handshakes == 0


async def test_half_an_hour_of_refusals(
    rpc: JsonRpcTransport, nas: WebsocketNas, clock: Clock
) -> None:
    """Tried ever more seldom, at least once a minute, and at once told of failure."""
    nas.answers["system.info"] = "back"
    nas.down = 502
    failures = 0
    while clock.now < 1800:
        with pytest.raises(ConnectionFailed):
            await rpc.call("system.info")
        failures += 1
        clock.tick(12.0)
    assert 1800 / 75 <= nas.handshakes <= 60
    assert failures > 100
    nas.down = 0
    clock.tick(60.0)
    assert await rpc.call("system.info") == "back"


async def test_who_waits_shares_the_failure(
    rpc: JsonRpcTransport, nas: WebsocketNas, clock: Clock
) -> None:
    """Ten calls at once make no more tries than one."""
    nas.down = 502
    replies = await asyncio.gather(
        *(rpc.call("system.info") for _ in range(10)), return_exceptions=True
    )
    assert all(isinstance(reply, ConnectionFailed) for reply in replies)
    assert nas.handshakes <= 4


async def test_a_connection_that_keeps_breaking(
    rpc: JsonRpcTransport, nas: WebsocketNas, clock: Clock
) -> None:
    """Logging in each time would spend the allowance: the pauses grow."""
    nas.answers["system.info"] = drop
    for _ in range(4):
        with pytest.raises(ConnectionFailed):
            await rpc.call("system.info")
    assert nas.handshakes < 8
    clock.tick(61.0)
    nas.answers["system.info"] = "fine"
    assert await rpc.call("system.info") == "fine"


async def test_no_answer(
    rpc: JsonRpcTransport, nas: WebsocketNas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that hangs ends; nobody knows whether it was executed."""

    async def hang(connection: Connection, params: list[Any]) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(f"{PLACE}.jsonrpc_socket._ANSWER_SECONDS", 0.01)
    nas.answers |= {"cronjob.run": hang, "system.boot_id": hang}
    with pytest.raises((OutcomeUnknown, ConnectionFailed)):
        await rpc.call("cronjob.run", 7)
    with pytest.raises(ConnectionFailed):
        await rpc.call("system.boot_id")


async def test_events(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """They are subscribed to, and again after each reconnect, which is told."""
    heard: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
    rpc.listen("core.get_jobs", heard.put_nowait)
    assert await heard.get() is None
    await nas.connection.tell("core.get_jobs", id=17)
    await nas.connection.tell("alert.list", id=18)
    await nas.connection.send(method="collection_update", params=[])
    await nas.connection.send(
        method="collection_update", params={"collection": "core.get_jobs"}
    )
    assert await heard.get() == {"id": 17}
    assert await heard.get() == {}
    await nas.connection.drop()
    assert await heard.get() is None
    assert nas.connection.events == ["core.get_jobs"]
    await nas.connection.tell("core.get_jobs", id=19)
    assert await heard.get() == {"id": 19}
    assert nas.handshakes == 2


async def test_a_second_event_and_one_that_is_refused(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """The connection there is serves all; a refusal costs that event only."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    rpc.listen("disk.query", lambda _: heard.put_nowait("disk"))
    assert await heard.get() == "disk"
    refused = asyncio.Event()

    async def refuse(connection: Connection, params: list[Any]) -> None:
        refused.set()
        raise Refusal(-32001, 13, "[EACCES] Not authorized")

    nas.answers["core.subscribe"] = refuse
    rpc.listen("secret", lambda _: heard.put_nowait("secret"))
    await refused.wait()
    await nas.connection.tell("disk.query", id=1)
    assert await heard.get() == "disk"
    assert nas.handshakes == 1


async def test_a_subscription_that_the_nas_ends(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """It is asked for again by listening again."""
    heard: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
    event = "filesystem.file_tail_follow:x"
    rpc.listen(event, heard.put_nowait)
    assert await heard.get() is None
    params = {"collection": event, "error": None}
    await nas.connection.send(method="notify_unsubscribed", params=params)
    rpc.listen(event, heard.put_nowait)
    assert await heard.get() is None
    assert nas.connection.events == [event, event]


async def test_listening_again(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """One subscription takes the place of the other: each costs the NAS a thread."""
    heard: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
    for _ in range(2):
        rpc.listen("filesystem.file_tail_follow:x", heard.put_nowait)
        assert await heard.get() is None
    asked = [call for call in nas.asked if call[0] == "core.unsubscribe"]
    assert asked == [("core.unsubscribe", ["sub-1"])]


async def test_dropped_while_subscribing(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """The next connection is subscribed."""
    heard: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()

    async def fine(connection: Connection, params: list[Any]) -> str:
        connection.events.append(params[0])
        return "id"

    nas.answers["core.subscribe"] = [drop, fine]
    rpc.listen("disk.query", heard.put_nowait)
    assert await heard.get() is None
    assert nas.connection.events == ["disk.query"]


async def test_listening_outlives_refusals(
    rpc: JsonRpcTransport, nas: WebsocketNas, clock: Clock
) -> None:
    """However long the NAS is away."""
    heard: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
    nas.down = 503
    rpc.listen("disk.query", heard.put_nowait)
    await clock.reach(1800)
    assert nas.handshakes < 60
    nas.down = 0
    assert await heard.get() is None


async def test_closed_for_good(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """Nothing is opened again."""
    nas.answers["system.info"] = {}
    await rpc.call("system.info")
    await rpc.close()
    rpc.listen("disk.query", print)
    with pytest.raises(ConnectionFailed, match="closed"):
        await rpc.call("system.info")
    assert nas.handshakes == 1


async def test_upload(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """By a token for each try: what is sent lands in the audit log of the NAS."""
    made = iter(("one", "two", "three", "four"))
    nas.answers["auth.generate_token"] = lambda *_: _next(made)
    nas.http = [502]
    assert await rpc.upload("/root/x", b"content", 0o600, ONCE) == 7
    assert nas.files["/root/x"] == b"content"
    assert nas.requests == [
        ("POST", "/_upload", "Token one"),
        ("POST", "/_upload", "Token two"),
    ]
    asked = [params for method, params in nas.asked if method == "auth.generate_token"]
    assert asked == [[60, {}, True, True]] * 2
    nas.http = [403]
    with pytest.raises(NotAuthorized):
        await rpc.upload("/root/x", b"content", 0o600, ONCE)


async def _next(made: Iterator[str]) -> str:
    return next(made)


async def test_a_refused_token_says_nothing_of_the_key(
    rpc: JsonRpcTransport, nas: WebsocketNas
) -> None:
    """Nobody is asked for another key because a token was late."""
    nas.answers["auth.generate_token"] = "late"
    nas.http = [401]
    with pytest.raises(ConnectionFailed, match="token"):
        await rpc.upload("/root/x", b"content", 0o600, ONCE)


@pytest.mark.parametrize("made", [None, 7, "", "two\nlines"])
async def test_an_odd_token(
    rpc: JsonRpcTransport, nas: WebsocketNas, made: Any
) -> None:
    """Nothing is sent: least of all the key."""
    nas.answers["auth.generate_token"] = made
    with pytest.raises(InvalidResponse):
        await rpc.upload("/root/x", b"content", 0o600, ONCE)
    assert nas.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_websocket_is_never_redirected(
    rpc: JsonRpcTransport, nas: WebsocketNas, answers: Answers, status: int
) -> None:
    """The key would be told to whoever answers there, in clear text."""
    answers.say((200, "here"))
    nas.down, nas.location = status, f"{answers.url}/api/current"
    with pytest.raises(InvalidResponse, match="redirected to http:"):
        await rpc.call("system.info")
    assert answers.asked == []


async def test_download(rpc: JsonRpcTransport, nas: WebsocketNas) -> None:
    """By a link that needs no key; a link that fails is asked for again."""
    link = "/_download/5?auth_token=t"
    nas.http = [0, 0, 401, 200]  # aiohttp itself tries a broken GET once more
    assert await rpc.download("/root/x") == b"the file"
    assert nas.requests == [("GET", link, None)] * 4
    asked = [params for method, params in nas.asked if method == "core.download"]
    assert asked == [["filesystem.get", ["/root/x"], "x", True]] * 3
    nas.http = [410] * 3
    with pytest.raises(ConnectionFailed):
        await rpc.download("/root/x")
    nas.answers["core.download"] = Refusal(-32001, 13, "[EACCES] Not authorized")
    with pytest.raises(NotAuthorized):
        await rpc.download("/root/x")


@pytest.mark.parametrize(
    "link", [None, [5], [5, "https://evil.test/x"], ["5", "/_download/5"]]
)
async def test_odd_links(rpc: JsonRpcTransport, nas: WebsocketNas, link: Any) -> None:
    """Nothing is fetched from elsewhere."""
    nas.answers["core.download"] = link
    with pytest.raises(InvalidResponse):
        await rpc.download("/root/x")
    assert nas.requests == []
