"""Who gets in: keys, their owners, their ends, sessions and limits."""

import base64
import hashlib
import hmac
import time
from typing import Any

import aiohttp
import pytest

from mock_truenas.rpc import limits

from .client import Client, Failure, opened
from .conftest import JSON_RPC, Enter, Start

pytestmark = pytest.mark.parametrize("profile", JSON_RPC)


async def test_by_key(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """The right key of the right owner; the user's own entry if it is wanted."""
    nas = await start(profile, owner="hass")
    async with opened(session, nas) as client:
        answer = await client.login(owner="hass")
        expected: dict[str, Any] = {
            "response_type": "SUCCESS",
            "user_info": None,
            "authenticator": "LEVEL_1",
        }
        if profile == "scale-26.0":
            expected["reconnect_token"] = None
        assert answer == expected
        me = await client.call("auth.me")
        assert me["pw_name"] == "hass"
        assert me["privilege"]["roles"] == {"$set": ["FULL_ADMIN"]}
    async with opened(session, nas) as client:
        data = {"mechanism": "API_KEY_PLAIN", "username": "hass", "api_key": nas.key}
        assert (await client.call("auth.login_ex", data))["user_info"] == me
        assert await client.call("auth.logout") is True
        with pytest.raises(Failure) as error:
            await client.call("auth.me")
        assert error.value.told == (
            -32001,
            207,
            "[ENOTAUTHENTICATED] Not authenticated",
        )


async def test_wrong(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """A wrong key or a wrong owner is no error but an answer."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        wrong = {"response_type": "AUTH_ERR"}
        assert await client.login("1-wrong") == wrong
        assert await client.login(owner="root") == wrong
        assert await client.call("auth.login_with_api_key", "9-wrong") is False
        assert await client.call("auth.login", "root", "secret") is False
        assert await client.call("auth.login_with_token", "x") is False
        nas.world.key.expired = True
        assert await client.login() == {"response_type": "EXPIRED"}
        nas.world.key.expired = False
        nas.world.key.access = False
        denied = "DENIED" if profile == "scale-26.0" else "AUTH_ERR"
        assert await client.login() == {"response_type": denied}
        nas.world.key.access = True
        assert await client.call("auth.login_with_api_key", nas.key) is True


async def test_mechanisms(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """Passwords and one-time passwords get nobody in; 25.x tells them to nobody."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        password = {"mechanism": "PASSWORD_PLAIN", "username": "a", "password": "b"}
        answer = await client.call("auth.login_ex", password)
        assert answer == {"response_type": "AUTH_ERR"}
        with pytest.raises(Failure) as error:
            await client.call(
                "auth.login_ex", {"mechanism": "OTP_TOKEN", "otp_token": "1"}
            )
        assert error.value.told[:2] == (-32001, 22)
        if profile != "scale-26.0":
            with pytest.raises(Failure, match="may_create_auth_token"):
                await client.call("auth.mechanism_choices")
            await client.login()
        known = await client.call("auth.mechanism_choices")
        assert "API_KEY_PLAIN" in known
        assert ("SCRAM" in known) is (profile == "scale-26.0")


@pytest.mark.parametrize("road", ["auth.login_ex", "auth.login_with_api_key"])
async def test_http_kills_the_key(
    session: aiohttp.ClientSession, start: Start, profile: str, road: str
) -> None:
    """The right key over http is revoked, for https too; a wrong one is not."""
    nas = await start(profile, tls=False)
    assert nas.fingerprint is None
    async with opened(session, nas) as client:
        assert await client.login("1-wrong") == {"response_type": "AUTH_ERR"}
        assert not nas.world.key.revoked
        if road == "auth.login_ex":
            assert await client.login() == {"response_type": "EXPIRED"}
        else:
            assert await client.call(road, nas.key) is False
        assert nas.world.state()["key_alive"] is False
        later = "AUTH_ERR" if profile == "scale-26.0" else "EXPIRED"
        assert await client.login() == {"response_type": later}
        alerts = [alert["klass"] for alert in nas.world.alerts.values()]
        assert alerts == ["ApiKeyRevoked"]


async def test_http_from_the_loopback_interface(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """A real NAS spares the key there."""
    nas = await start(profile, tls=False, treat_loopback_as_remote=False)
    async with opened(session, nas) as client:
        assert (await client.login())["response_type"] == "SUCCESS"


async def test_tokens(enter: Enter, session: Any, profile: str) -> None:
    """A token stands for the one who asked for it, once if so wished."""
    first = await enter(profile)
    token = await first.call("auth.generate_token", 600, {}, True, True)
    async with opened(session, first.nas) as client:
        login = {"mechanism": "TOKEN_PLAIN", "token": token}
        answer = await client.call("auth.login_ex", login)
        assert answer["response_type"] == "SUCCESS"
        answer = await client.call("auth.login_ex", login)
        assert answer == {"response_type": "AUTH_ERR"}
    token = await first.call("auth.generate_token")
    stale = await first.call("auth.generate_token", 0)
    async with opened(session, first.nas) as client:
        assert await client.call("auth.login_with_token", token) is True
        assert await client.call("auth.login_with_token", stale) is False
        await first.call("auth.logout")
        assert await client.call("auth.login_with_token", token) is False


async def test_session_expiry(enter: Enter, profile: str) -> None:
    """After thirty days, or when told so, the next message is nobody's."""
    client = await enter(profile)
    client.nas.world.clock.skip(29 * 86400)
    assert await client.call("system.version")
    client.nas.world.clock.skip(86400)
    with pytest.raises(Failure) as error:
        await client.call("system.version")
    assert error.value.told[1] == 207
    await client.login()
    client.nas.nas.expire_sessions()
    with pytest.raises(Failure):
        await client.call("system.version")


async def test_rate_limit(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """Twenty calls of a method without a login are enough; with one they are free."""
    nas = await start(profile, speed=6000)
    async with opened(session, nas) as client:
        for _ in range(limits.CALLS):
            await client.call("system.boot_id")
        with pytest.raises(Failure) as error:
            await client.call("system.boot_id")
        assert error.value.told == (-32001, 16, "[EBUSY] Rate Limit Exceeded")
        await client.call("core.set_options", {})
        await client.login()
        assert await client.call("system.boot_id") == nas.world.boot_id


async def test_rate_limit_ends(
    session: aiohttp.ClientSession,
    start: Start,
    profile: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a minute it begins anew."""
    nas = await start(profile, speed=6000)
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    limit = limits.RateLimit()
    assert [limit.exceeded("a", "ip") for _ in range(21)] == [False] * 20 + [True]
    assert not limit.exceeded("b", "ip")
    now += 60
    assert not limit.exceeded("a", "ip")
    assert nas.world.key.alive


def _scram(key: str, user: str, binding: bytes | None) -> tuple[str, Any]:
    """Return the first message, and what makes the last one of the server's."""
    number, _, secret = key.partition("-")
    header = "n,," if binding is None else "p=tls-server-end-point,,"
    nonce = base64.b64encode(bytes(range(32))).decode()
    bare = f"n={user}:{number},r={nonce}"

    def final(server_first: str) -> str:
        fields = dict(part.split("=", 1) for part in server_first.split(","))
        salt = base64.b64decode(fields["s"])
        salted = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, int(fields["i"]))
        client_key = hmac.digest(salted, b"Client Key", "sha512")
        bound = base64.b64encode(header.encode() + (binding or b"")).decode()
        half = f"c={bound},r={fields['r']}"
        said = f"{bare},{server_first},{half}".encode()
        signature = hmac.digest(hashlib.sha512(client_key).digest(), said, "sha512")
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        return f"{half},p={base64.b64encode(proof).decode()}"

    return header + bare, final


async def _exchange(client: Client, first: str, final: Any) -> Any:
    half = {"mechanism": "SCRAM", "scram_type": "CLIENT_FIRST_MESSAGE"}
    answer = await client.call("auth.login_ex", {**half, "rfc_str": first})
    if answer["response_type"] != "SCRAM_RESPONSE":
        return answer
    half["scram_type"] = "CLIENT_FINAL_MESSAGE"
    last = final(answer["rfc_str"])
    return await client.call("auth.login_ex", {**half, "rfc_str": last})


async def test_scram(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """26 takes a proof of the key, bound to its certificate if so wished."""
    nas = await start(profile)
    async with opened(session, nas) as client:
        if profile != "scale-26.0":
            with pytest.raises(Failure) as error:
                await _exchange(client, *_scram(nas.key, "truenas_admin", None))
            assert error.value.code == -32602
            return
        for binding in (None, bytes.fromhex(nas.fingerprint or "")):
            answer = await _exchange(client, *_scram(nas.key, "truenas_admin", binding))
            assert answer["response_type"] == "SCRAM_RESPONSE"
            assert answer["rfc_str"].startswith("v=")
            assert answer["user_info"]["pw_name"] == "truenas_admin"
            await client.call("auth.logout")
        wrong = {"response_type": "AUTH_ERR"}
        for args in (
            (nas.key, "root", None),
            ("1-wrong", "truenas_admin", None),
            (nas.key, "truenas_admin", b"another certificate"),
        ):
            assert await _exchange(client, *_scram(*args)) == wrong
        first, _ = _scram(nas.key, "truenas_admin", None)
        for last in ("c=biws,r=x,p=eA==", "c=*,r=x,p=x"):
            assert await _exchange(client, first, lambda _, last=last: last) == wrong
        last = "c=biws,r=x,p=eA=="
        half = {"mechanism": "SCRAM", "scram_type": "CLIENT_FINAL_MESSAGE"}
        assert await client.call("auth.login_ex", {**half, "rfc_str": last}) == wrong


async def test_reconnect_token(
    session: aiohttp.ClientSession, start: Start, profile: str
) -> None:
    """26 gives one if it is asked for; before, to ask is an error."""
    nas = await start(profile)
    login = {
        "mechanism": "API_KEY_PLAIN",
        "username": "truenas_admin",
        "api_key": nas.key,
        "login_options": {"user_info": False, "reconnect_token": True},
    }
    async with opened(session, nas) as client:
        if profile != "scale-26.0":
            with pytest.raises(Failure, match="Extra inputs are not permitted"):
                await client.call("auth.login_ex", login)
            return
        token = (await client.call("auth.login_ex", login))["reconnect_token"]
        again = {"mechanism": "TOKEN_PLAIN", "token": token}
        answer = await client.call("auth.login_ex", again)
        assert answer["response_type"] == "SUCCESS"
