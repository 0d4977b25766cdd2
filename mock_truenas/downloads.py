"""/_download: the output of a job, fetched once with a token (docs/truenas-api.md §15)."""

from dataclasses import dataclass
import secrets
import time

from aiohttp import web

from .jobs import Job, Jobs

BUFFERED_SECONDS, DIRECT_SECONDS = 3600.0, 60.0


@dataclass
class Offer:
    """What can be fetched, until when (real seconds)."""

    job: Job
    filename: str
    token: str
    until: float
    taken: bool = False


class Downloads:
    """The offers, by the number of their job."""

    def __init__(self, jobs: Jobs) -> None:
        """Begin without offers."""
        self._jobs = jobs
        self._offers: dict[int, Offer] = {}

    def offer(self, job: Job, filename: str, *, buffered: bool) -> str:
        """Return the path and query under which the output of a job is fetched."""
        seconds = BUFFERED_SECONDS if buffered else DIRECT_SECONDS
        token = secrets.token_urlsafe(48)
        self._offers[job.id] = Offer(job, filename, token, time.monotonic() + seconds)
        return f"/_download/{job.id}?auth_token={token}"

    def forget(self) -> None:
        """Lose all offers."""
        self._offers = {}

    async def serve(self, request: web.Request) -> web.Response:
        """Give the output of a job."""
        number = request.path.rpartition("/")[2]
        if not number.isdigit():
            return web.Response(status=404)
        offer = self._offers.get(int(number))
        given = request.query.get("auth_token", "")
        if offer is None or not secrets.compare_digest(offer.token, given):
            return web.Response(status=401)
        if self._jobs.rows.get(offer.job.id) is not offer.job:
            return web.Response(status=404)
        if offer.taken or time.monotonic() > offer.until:
            return web.Response(status=410)
        offer.taken = True
        await self._jobs.settled(offer.job)
        # The output of a job that failed is empty: only the job tells.
        return web.Response(
            body=offer.job.output or b"",
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{offer.filename}"'},
        )
