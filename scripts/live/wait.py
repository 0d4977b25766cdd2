"""Wait for something outside this program that sends no event."""

import asyncio
from collections.abc import Awaitable, Callable


async def until[T](look: Callable[[], Awaitable[T]], seconds: float, what: str) -> T:
    """Return the first truthy result of `look`; TimeoutError says what was missed."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                if found := await look():
                    return found
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise TimeoutError(f"waited {seconds:.0f} s for {what}") from None
