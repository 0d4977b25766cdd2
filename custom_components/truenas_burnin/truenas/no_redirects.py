"""A session that follows no redirect: not from https to http, nor to another host.

`ws_connect` knows no such option. A NAS, or who stands in for one, that answered 302
to an http address would be sent the API key in clear text.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp


class Redirected(aiohttp.ClientError):
    """The answer sends to another address, which is never asked."""


async def _refuse_redirects(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise Redirected(f"redirected to {response.headers.get('Location', 'nowhere')}")
    return response


@asynccontextmanager
async def never_redirected(
    session: aiohttp.ClientSession,
) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a session on the same connections; what it opened outlives it."""
    connector = session.connector
    if connector is None:
        raise aiohttp.ClientConnectionError("the session is closed")
    strict = aiohttp.ClientSession(
        connector=connector, connector_owner=False, middlewares=(_refuse_redirects,)
    )
    try:
        yield strict
    finally:
        strict.detach()
