"""The one tree of errors that come out of a TrueNAS client.

Nothing in an error text is secret: the API key is never part of one.
"""

from .surface import Why


class TrueNASError(Exception):
    """Base of everything that can go wrong when speaking to a TrueNAS system."""


class ConnectionFailed(TrueNASError):
    """The system could not be reached, or the connection broke."""


class NotReady(ConnectionFailed):
    """The system is starting or stopping: its web server answers, nothing behind it."""


class CertificateRejected(ConnectionFailed):
    """The TLS certificate of the system is not trusted."""


class SystemChanged(ConnectionFailed):
    """Another version, or another system, answers than the one connected to."""


class InvalidResponse(TrueNASError):
    """Something answered, but not in the way a TrueNAS system does."""


class HttpsRequired(InvalidResponse):
    """The system serves https where plain http was asked for."""


class UnsupportedSystem(TrueNASError):
    """The system is a TrueNAS whose generation is not supported."""

    def __init__(self, version: str) -> None:
        """Keep the version the system told."""
        super().__init__(f"TrueNAS {version} is not supported")
        self.version = version


class AuthenticationFailed(TrueNASError):
    """The system does not accept the API key."""


class DriveAsleep(TrueNASError):
    """The drive was not asked, because that might have woken it."""


class NotAuthorized(TrueNASError):
    """The API key is accepted but may not do what was asked."""


NO_SUCH_METHOD = 201
"""The middleware's own errno ENOMETHOD: this generation does not have it."""


class CallFailed(TrueNASError):
    """The system executed the call and refused or failed it."""

    def __init__(self, method: str, reason: str, errno: int | None = None) -> None:
        """Keep the method, the system's reason and its errno, if it gave one."""
        super().__init__(f"{method}: {reason}")
        self.method = method
        self.reason = reason
        self.errno = errno


class OutcomeUnknown(TrueNASError):
    """The connection broke after a call was sent: it may have been executed.

    Never repeat the call; ask the system what happened (docs/architecture.md, law 2).
    """


class AgentFailed(TrueNASError):
    """The agent on the system refused or failed a request."""

    def __init__(self, verb: str, why: Why) -> None:
        """Keep the verb and why."""
        super().__init__(f"agent {verb}: {why.code}: {why.message}")
        self.verb = verb
        self.why = why

    @property
    def code(self) -> str:
        """Return the agent's error code."""
        return self.why.code

    @property
    def message(self) -> str:
        """Return what a tool on the NAS said, in English, or nothing."""
        return self.why.message


def text_of(err: BaseException) -> str:
    """Return what an error says; those of the network may say nothing at all."""
    if text := str(err):
        return text
    return "timed out" if isinstance(err, TimeoutError) else "connection failed"
