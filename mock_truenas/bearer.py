"""The API key, or a token, in a header of HTTP (truenas-api.md §1.1)."""

from aiohttp import web

from .callers import Caller, login
from .world import World


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


def bearer(world: World, request: web.Request) -> Caller:
    """Return who sends a request; raise Denied."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Token" and not world.profile.core:
        caller = world.tokens.caller(text, world.clock.elapsed)
        if caller is None:
            raise Denied(401, "Invalid token")
        return caller
    if scheme != "Bearer":
        raise Denied(401, "401: Unauthorized")
    number = text.partition("-")[0]
    crashes = world.profile.unknown_key_crashes
    if crashes and number.isdigit() and int(number) != world.key.id:
        # The row of the key is not found, and nothing catches that.
        raise Denied(500, "500: Internal Server Error")
    if not world.key.matches(text) or not world.key.alive:
        raise Denied(401, world.profile.bad_key)
    return login(world.key, world.clock.now())
