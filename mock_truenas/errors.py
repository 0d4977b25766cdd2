"""How a call of the middleware fails."""

ENOENT, EFAULT, EINVAL = 2, 14, 22


class CallError(Exception):
    """A method said no, with an errno and a reason."""

    def __init__(self, reason: str, errno: int = EFAULT) -> None:
        """Keep both."""
        super().__init__(reason)
        self.reason = reason
        self.errno = errno


class ValidationError(Exception):
    """A parameter is not valid."""

    def __init__(self, attribute: str, message: str, errno: int = EINVAL) -> None:
        """Keep what and why."""
        super().__init__(message)
        self.attribute = attribute
        self.message = message
        self.errno = errno
