"""Every generation is known for what it is by what it says to everybody."""

import aiohttp
from yarl import URL

from custom_components.truenas_burnin.truenas.probe import find_web_interface

from .conftest import Pair


async def test_found_without_a_key(pair: Pair) -> None:
    """By https where it speaks that, by http where it does not."""
    url = URL(pair.mock.url)
    port = url.port or 0
    async with aiohttp.ClientSession() as session:
        assert await find_web_interface(session, str(url.host), port, port) == url
