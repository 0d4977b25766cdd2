"""The middleware: finds a method, asks who calls, looks at the parameters, calls."""

from collections.abc import Mapping
from typing import Any

from .access import exists, rule
from .callers import CALL, Call, Caller
from .errors import EACCES, ENOTAUTHENTICATED, CallError, NoSuchMethod
from .host import Host
from .jobs import Job
from .methods import Method
from .params import accepted


class Middleware:
    """What stands behind every protocol."""

    def __init__(self, host: Host) -> None:
        """Begin without methods; `add` brings them."""
        self._host = host
        self._methods: dict[str, Method] = {}

    def add(self, methods: Mapping[str, Method]) -> None:
        """Take those methods that this generation has."""
        profile = self._host.profile
        self._methods |= {
            name: method for name, method in methods.items() if exists(profile, name)
        }

    def knows(self, name: str) -> bool:
        """Tell whether there is such a method."""
        return name in self._methods

    def authorize(self, name: str, caller: Caller | None) -> None:
        """Raise CallError if a caller may not call a method."""
        if not self._host.profile.users:
            return
        needed = rule(self._host.profile, name)
        if not needed.login:
            return
        if caller is None:
            raise CallError("Not authenticated", ENOTAUTHENTICATED)
        if needed.roles and not caller.may(needed.roles):
            raise CallError("Not authorized", EACCES)

    async def call(self, name: str, params: list[Any], call: Call) -> Any:
        """Return what a method answers: a result, or the job it has started.

        Raise NoSuchMethod, CallError, ValidationError, or what else goes wrong.
        """
        if name not in self._methods:
            raise NoSuchMethod(name)
        self.authorize(name, call.caller)
        faults, elapsed = self._host.faults, self._host.clock.elapsed
        if faults.refuses(name, elapsed):
            raise CallError(faults.refusal)
        arguments = accepted(self._host.profile, name, params)
        token = CALL.set(call)
        job, success = None, False
        try:
            result = await self._methods[name](*arguments)
            job, success = result if isinstance(result, Job) else None, True
            return result
        finally:
            CALL.reset(token)
            self._host.audit.called(
                name,
                params,
                call.caller,
                websocket=call.connection is not None,
                job=job,
                success=success,
            )

    async def invoke(self, name: str, params: list[Any], caller: Caller | None) -> Any:
        """Call a method from within another; its output may be downloaded."""
        return await self.call(name, params, Call(caller=caller, downloads=True))
