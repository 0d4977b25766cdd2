"""auth.*: who is on the other end of a connection (docs/truenas-api.md §1.2)."""

import asyncio
import random
from typing import Any

from .. import scram
from ..access import expanded
from ..audit import AUTHENTICATION
from ..callers import CALL, Caller, login
from ..errors import EINVAL, EOPNOTSUPP, CallError
from ..host import Host
from ..methods.alert import raise_alert

SUCCESS, AUTH_ERR, EXPIRED, DENIED = "SUCCESS", "AUTH_ERR", "EXPIRED", "DENIED"
_MECHANISMS = ["API_KEY_PLAIN", "TOKEN_PLAIN", "OTP_TOKEN", "PASSWORD_PLAIN"]
_SCRAM_RESPONSE = "SCRAM_RESPONSE"


class Logins:
    """The methods of this namespace."""

    def __init__(self, host: Host) -> None:
        """Let people into this NAS."""
        self._host = host

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "auth.generate_token": self.generate_token,
            "auth.login": self.login,
            "auth.login_ex": self.login_ex,
            "auth.login_with_api_key": self.login_with_api_key,
            "auth.login_with_token": self.login_with_token,
            "auth.logout": self.logout,
            "auth.me": self.me,
            "auth.mechanism_choices": self.mechanism_choices,
        }

    async def mechanism_choices(self) -> list[str]:
        """Return the ways to log in; before 26 only to who has done so."""
        if self._host.profile.scram:
            return [*_MECHANISMS, "SCRAM"]
        if CALL.get().caller is None:
            words = "'NoneType' object has no attribute 'may_create_auth_token'"
            raise AttributeError(words)
        return list(_MECHANISMS)

    async def login_ex(self, data: dict[str, Any]) -> dict[str, Any]:
        """Log in; a wrong key is no error but an answer."""
        match data["mechanism"]:
            case "API_KEY_PLAIN":
                outcome = await self._by_key(data["username"], data["api_key"])
            case "TOKEN_PLAIN":
                outcome = await self._by_token(data["token"])
            case "SCRAM":
                return await self._by_scram(data["scram_type"], data["rfc_str"])
            case "OTP_TOKEN":
                words = "OTP_TOKEN: no authentication in progress"
                raise CallError(words, EINVAL)
            case "PASSWORD_PLAIN":
                outcome = await self._refused(AUTH_ERR)
            case other:
                words = "mechanism is not supported at current authenticator level."
                raise CallError(f"{other}: {words}", EOPNOTSUPP)
        if outcome != SUCCESS:
            return {"response_type": outcome}
        options = {"user_info": True, **data.get("login_options", {})}
        reply: dict[str, Any] = {
            "response_type": SUCCESS,
            "user_info": await self.me() if options["user_info"] else None,
            "authenticator": "LEVEL_1",
        }
        if self._host.profile.scram:
            wanted = options.get("reconnect_token", False)
            reply["reconnect_token"] = (
                self._token(600, single_use=True) if wanted else None
            )
        return reply

    async def login(self, username: str, password: str, otp: Any = None) -> bool:
        """Refuse: nobody here has a password."""
        return await self._refused(AUTH_ERR) == SUCCESS

    async def login_with_api_key(self, text: str) -> bool:
        """Log in with the key alone."""
        return await self._by_key(self._host.key.owner, text) == SUCCESS

    async def login_with_token(self, token: str) -> bool:
        """Log in with a token."""
        return await self._by_token(token) == SUCCESS

    async def _by_key(self, username: str, text: str) -> str:
        key = self._host.key
        connection = CALL.get().connection
        if not key.matches(text) or username != key.owner:
            return await self._refused(AUTH_ERR)
        if not key.alive:
            # 26 finds a revoked key no more than one that never was.
            gone = key.revoked and self._host.profile.scram
            return await self._refused(AUTH_ERR if gone else EXPIRED)
        if not connection.secure:
            key.revoked = True
            words = f"API Key {key.name!r} was revoked: used over an insecure transport"
            raise_alert(self._host, "ApiKeyRevoked", words)
            return await self._refused(EXPIRED)
        if not key.access:
            denied = DENIED if self._host.profile.scram else AUTH_ERR
            return await self._refused(denied)
        self._let_in(login(key, self._host.clock.now()))
        return SUCCESS

    async def _by_scram(self, kind: str, message: str) -> dict[str, Any]:
        """Take one half of an exchange that does not show the key."""
        connection = CALL.get().connection
        key = self._host.key
        try:
            if kind == "CLIENT_FIRST_MESSAGE":
                exchange = scram.begin(message, f"{key.owner}:{key.id}")
                connection.exchange = exchange
                return _scram_reply("SERVER_FIRST_RESPONSE", exchange.server_first)
            words = await asyncio.to_thread(self._finished, connection, message)
        except scram.Refused:
            return {"response_type": await self._refused(AUTH_ERR)}
        self._let_in(login(key, self._host.clock.now()))
        reply = _scram_reply("SERVER_FINAL_RESPONSE", words)
        return {**reply, "user_info": await self.me()}

    def _finished(self, connection: Any, message: str) -> str:
        exchange, connection.exchange = connection.exchange, None
        key = self._host.key
        if exchange is None or not key.alive or not key.access:
            raise scram.Refused
        secret = key.text.partition("-")[2]
        return scram.finish(exchange, message, secret, self._host.certificate)

    async def _by_token(self, text: str) -> str:
        caller = self._host.tokens.use(text)
        if caller is None:
            return await self._refused(AUTH_ERR)
        self._let_in(caller)
        return SUCCESS

    def _let_in(self, caller: Caller) -> None:
        CALL.get().connection.log_in(caller)
        data = {"credentials": caller.dumped(), "error": None}
        self._host.audit.log(AUTHENTICATION, data, caller, websocket=True)

    async def _refused(self, outcome: str) -> str:
        """Let one or two seconds pass, so that guessing takes long."""
        await self._host.clock.sleep(random.uniform(1, 2))
        return outcome

    async def logout(self) -> bool:
        """Let the connection be nobody's again."""
        CALL.get().connection.log_out()
        return True

    def _token(
        self, seconds: float, *, single_use: bool, attributes: Any = None
    ) -> str:
        call = CALL.get()
        connection = call.connection
        caller: Caller | None = connection.caller if connection else call.caller
        if caller is None:
            raise CallError("Not authenticated")
        if connection is None:
            # A session of REST has no end that the tokens are told of.
            return self._host.tokens.create(
                caller, seconds, single_use=single_use, attributes=attributes
            )
        return self._host.tokens.create(
            caller,
            seconds,
            single_use=single_use,
            attributes=attributes,
            alive=lambda: connection.caller is caller,
        )

    async def generate_token(
        self,
        ttl: int | None = 600,
        attrs: Any = None,
        match_origin: bool = True,
        single_use: bool = False,
    ) -> str:
        """Return a token that stands for the caller."""
        seconds = 600 if ttl is None else ttl
        return self._token(seconds, single_use=single_use, attributes=attrs)

    async def me(self) -> dict[str, Any]:
        """Return the user behind the connection."""
        caller: Caller = CALL.get().connection.caller
        root = caller.username == "root"
        return {
            "pw_name": caller.username,
            "pw_gecos": "",
            "pw_dir": "/root" if root else f"/home/{caller.username}",
            "pw_shell": "/usr/bin/zsh",
            "pw_uid": 0 if root else 950,
            "pw_gid": 0 if root else 950,
            "grouplist": None,
            "sid": None,
            "source": "LOCAL",
            "local": True,
            "attributes": {},
            "two_factor_config": {
                "provisioning_uri": None,
                "secret_configured": False,
                "interval": 30,
                "otp_digits": 6,
            },
            "privilege": {
                "allowlist": [],
                "roles": {"$set": sorted(expanded(caller.roles))},
                "web_shell": caller.full_admin,
                "webui_access": True,
            },
            "account_attributes": ["LOCAL", "API_KEY"],
        }


def _scram_reply(kind: str, words: str) -> dict[str, Any]:
    return {
        "response_type": _SCRAM_RESPONSE,
        "scram_type": kind,
        "rfc_str": words,
        "user_info": None,
    }
