"""Who sends a request of HTTP: an API key or a token (docs/truenas-api.md §1.1)."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .audit import AUTHENTICATION
from .callers import Caller, login
from .host import Host

API_KEY, TOKEN = "API_KEY", "TOKEN"


class Denied(Exception):
    """The request is not let in; `status` and `text` are the answer."""

    def __init__(self, status: int, text: str = "") -> None:
        """Keep the answer."""
        super().__init__(text)
        self.status = status
        self.text = text

    def response(self) -> web.Response:
        """Return the answer."""
        return web.Response(status=self.status, text=self.text)


@dataclass(frozen=True)
class Credentials:
    """What a request shows, as it came; `kind` API_KEY or TOKEN."""

    kind: str
    text: str

    def dumped(self, *, masked: bool) -> dict[str, Any]:
        """Return what the audit log gets of it: uploads do not mask a key."""
        name = "api_key" if self.kind == API_KEY else "token"
        hidden = masked and self.kind == API_KEY
        data = {} if hidden else {name: self.text}
        return {"credentials": self.kind, "credentials_data": data}


def shown(host: Host, request: web.Request) -> Credentials:
    """Return what a request shows; raise Denied where it shows nothing."""
    header = request.headers.get("Authorization")
    scheme, _, text = (header or "").partition(" ")
    if scheme == "Bearer":
        return Credentials(API_KEY, text)
    if not host.profile.core:
        if scheme == "Token":
            return Credentials(TOKEN, text)
        if header is None and "auth_token" in request.query:
            return Credentials(TOKEN, request.query["auth_token"])
    raise Denied(401, "401: Unauthorized")


def authenticated(host: Host, request: web.Request, *, masked: bool) -> Caller:
    """Return who sends a request, and let the audit log know; raise Denied."""
    credentials = shown(host, request)
    try:
        caller = _caller(host, credentials)
    except Denied as err:
        data = {"credentials": credentials.dumped(masked=masked), "error": err.text}
        host.audit.log(AUTHENTICATION, data, None, success=False)
        raise
    told = caller.dumped() if masked else credentials.dumped(masked=False)
    host.audit.log(AUTHENTICATION, {"credentials": told, "error": None}, caller)
    return caller


def _caller(host: Host, credentials: Credentials) -> Caller:
    if credentials.kind == TOKEN:
        caller = host.tokens.use(credentials.text)
        if caller is None or not host.key.alive:
            raise Denied(403, "Invalid token")
        return caller
    text = credentials.text
    number = text.partition("-")[0]
    crashes = host.profile.unknown_key_crashes
    if crashes and number.isdigit() and int(number) != host.key.id:
        # The row of the key is not found, and nothing catches that.
        raise Denied(500, "500: Internal Server Error")
    if not host.key.matches(text) or not host.key.alive:
        raise Denied(401, host.profile.bad_key)
    return login(host.key, host.clock.now())
