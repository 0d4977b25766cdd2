"""What every NAS is made of: the middleware, its jobs, who is connected."""

from typing import Any

from .callers import Caller
from .downloads import Downloads
from .host import Host
from .jobs import Jobs
from .methods import alert, audit, system
from .methods.auth import Logins
from .methods.core import Core
from .methods.cronjob import CronJobs
from .methods.filesystem import Files
from .middleware import Middleware
from .rpc.endpoint import Endpoint
from .shell import Shell


class System:
    """A NAS without drives; `secure` is whether clients come over TLS, or seem to."""

    def __init__(self, host: Host, shell: Shell, *, secure: bool) -> None:
        """Wire the parts."""
        self.host = host
        self.jobs = Jobs(host.clock, host.profile, host.events)
        self.downloads = Downloads(self.jobs)
        self.middleware = Middleware(host)
        self.endpoint = Endpoint(host, self.jobs, self.middleware, secure=secure)
        for methods in (
            alert.methods(host),
            audit.methods(host),
            system.methods(host),
            Core(host, self.jobs, self.downloads, self._invoke).methods(),
            CronJobs(self.jobs, shell).methods(),
            Files(host, self.jobs).methods(),
            Logins(host).methods(),
        ):
            self.middleware.add(methods)

    async def _invoke(self, name: str, params: list[Any], caller: Caller | None) -> Any:
        return await self.middleware.invoke(name, params, caller)

    async def stop(self) -> None:
        """Switch it off."""
        self.forget()
        self.drop_connections()

    def forget(self) -> None:
        """Lose what the middleware keeps in memory."""
        self.host.tokens.forget()
        self.jobs.forget()
        self.downloads.forget()

    def drop_connections(self) -> None:
        """Break every websocket off, with no goodbye."""
        for connection in list(self.endpoint.connections):
            connection.drop()

    def expire_sessions(self) -> None:
        """Let every session be over with its next message."""
        for connection in self.endpoint.connections:
            connection.expire()
