"""Tokens that an upload is sent by instead of the API key.

From 24.10 on the NAS writes the headers of an upload into its audit log as they came
(docs/protocol.md): a token there is spent, or dead within a minute.
"""

from collections.abc import Awaitable, Callable

from .errors import InvalidResponse
from .transport import Token, Transport


def made_by(
    transport: Transport, token: Token | None
) -> Callable[[], Awaitable[str]] | None:
    """Return how to have a new token made; None where the key is to be sent."""
    if token is None:
        return None

    async def make() -> str:
        made = await transport.call("auth.generate_token", *token)
        if not isinstance(made, str) or not made.isprintable() or not made:
            raise InvalidResponse("auth.generate_token: expected a text")
        return made

    return make
