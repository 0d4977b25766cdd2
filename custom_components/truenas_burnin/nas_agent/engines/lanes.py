"""Threads that carry requests, so that a drive that hangs holds up nobody else."""

from __future__ import annotations

from queue import SimpleQueue
import threading
import time
from typing import Callable, Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """A call that is under way."""

    def __init__(self, call: Callable[[], T]) -> None:
        """Remember what is to be called."""
        self._call = call
        self._landed = threading.Event()
        self._result: T
        self._error: BaseException | None = None
        self.began: float | None = None
        self.seconds = 0.0

    def fly(self) -> None:
        """Call it, in a thread of its own."""
        self.began = time.monotonic()
        try:
            self._result = self._call()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error
        self.seconds = time.monotonic() - self.began
        self._landed.set()

    def wait(self, seconds: float | None = None) -> T:
        """Return what it returned or raise what it raised; TimeoutError if it hangs."""
        if not self._landed.wait(seconds):
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._result


class Lanes:
    """As many requests at once as there are lanes.

    Threads are daemons: one that hangs in a drive is left behind when the process ends.
    """

    def __init__(self, count: int) -> None:
        """Start the threads."""
        self.count = count
        self._queue: SimpleQueue[Flight[object] | None] = SimpleQueue()
        self._flying: dict[int, Flight[object]] = {}
        self._closed = False
        self._threads = [
            threading.Thread(
                target=self._carry, args=(lane,), name=f"lane {lane}", daemon=True
            )
            for lane in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def _carry(self, lane: int) -> None:
        while True:
            flight = self._queue.get()
            # The descriptor may be another file's by now.
            if flight is None or self._closed:
                return
            self._flying[lane] = flight
            flight.fly()
            del self._flying[lane]

    def begin(self, call: Callable[[], T]) -> Flight[T]:
        """Have a free lane call this as soon as there is one."""
        flight = Flight(call)
        self._queue.put(flight)  # type: ignore[arg-type] # what it returns is its own
        return flight

    def hanging(self) -> float:
        """Return for how many seconds the oldest request has gone without an answer."""
        now = time.monotonic()
        return max(
            (
                now - flight.began
                for flight in list(self._flying.values())
                if flight.began is not None
            ),
            default=0.0,
        )

    def close(self, patience: float) -> bool:
        """Begin nothing any more; return whether all has ended within the seconds.

        What goes on is inside the kernel and has its own hold of the drive's descriptor.
        """
        self._closed = True
        for _ in range(self.count):
            self._queue.put(None)
        end = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
