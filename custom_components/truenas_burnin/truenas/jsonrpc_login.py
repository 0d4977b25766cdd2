"""Log in to a NAS with an API key (docs/truenas-api.md §1.2)."""

from typing import Any, Final

from .decode import record, text
from .errors import AuthenticationFailed, ConnectionFailed
from .jsonrpc_socket import Socket

_REFUSALS: Final = {
    "DENIED": "the user of the API key may not use the API",
    "EXPIRED": "the API key has expired or was revoked",
    "OTP_REQUIRED": "the NAS wants a one-time password, which a key cannot give",
}


class Login:
    """Log in by the key alone at first, then as its user, who is known by then.

    Logging in as a user tells why it is refused; by the key alone it does not.
    """

    def __init__(self, api_key: str) -> None:
        """Keep the key."""
        self._api_key = api_key
        self._user: str | None = None

    async def log_in(self, socket: Socket) -> None:
        """Raise AuthenticationFailed if the key is refused; nothing of it is told."""
        if self._user is not None:
            await self._as_user(socket, self._user)
            return
        if await socket.call("auth.login_with_api_key", self._api_key) is not True:
            raise AuthenticationFailed("the API key was not accepted")
        me: Any = await socket.call("auth.me")
        self._user = text(record(me, "auth.me"), "pw_name", "") or None

    async def _as_user(self, socket: Socket, user: str) -> None:
        """Log in as the user, who may have another name by now.

        Then the key alone decides, over a connection that has refused nothing: some
        versions answer no second login after a refused one.
        """
        credentials = {
            "mechanism": "API_KEY_PLAIN",
            "username": user,
            "api_key": self._api_key,
            "login_options": {"user_info": False},
        }
        reply = await socket.call("auth.login_ex", credentials)
        answer = text(record(reply, "auth.login_ex"), "response_type")
        if answer == "REDIRECT":
            raise ConnectionFailed("this controller of the NAS stands by")
        if answer in _REFUSALS:
            raise AuthenticationFailed(_REFUSALS[answer])
        if answer != "SUCCESS":
            self._user = None
            raise ConnectionFailed("the user of the API key is not known any more")
