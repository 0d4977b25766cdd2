"""disk.temperature*: how warm the drives are (docs/truenas-api.md §3)."""

from collections.abc import Callable
from typing import Any

from ..drive import MockDrive
from ..profile import Temperatures
from ..world import World

CORE_SECONDS = 300.0
"""CORE asks the drives at most so often, whatever names are asked for."""

DRIVE_SECONDS = {Temperatures.PER_DRIVE: 290.0, Temperatures.FLOATS: 300.0}
CRITICAL = 85.0


class Thermometer:
    """The methods, with what they keep of earlier calls."""

    def __init__(self, world: World) -> None:
        """Begin with no temperature read."""
        self._world = world
        self._read_at = -1e9
        self._boot = ""
        self._answer: dict[str, int | None] = {}
        self._kept: dict[str, tuple[float, float | None]] = {}

    def methods(self) -> dict[str, Any]:
        """Return them by name."""
        ways: dict[Temperatures, Callable[..., Any]] = {
            Temperatures.ONE_CACHE: self.one_cache,
            Temperatures.PER_DRIVE: self.per_drive,
            Temperatures.FLOATS: self.floats,
        }
        return {
            "disk.temperature": self.temperature,
            "disk.temperatures": ways[self._world.profile.temperatures],
            "disk.temperature_agg": self.temperature_agg,
            "disk.temperature_alerts": self.temperature_alerts,
        }

    def _rebooted(self) -> bool:
        rebooted = self._boot != self._world.boot_id
        self._boot = self._world.boot_id
        return rebooted

    async def one_cache(self, names: Any = (), powermode: str = "NEVER") -> Any:
        """Return what was read last; read again only when that is old."""
        elapsed = self._world.clock.elapsed
        if self._rebooted() or elapsed - self._read_at >= CORE_SECONDS:
            self._read_at = elapsed
            self._answer = {
                drive.name: _whole(drive.temperature)
                for drive in self._world.connected
                if not names or drive.name in names
            }
        return dict(self._answer)

    async def per_drive(self, names: Any = (), options: Any = None) -> Any:
        """Return those that were asked for, each as young as `cache` seconds."""
        if isinstance(options, str):
            options = {"powermode": options}
        options = {"cache": 290, "only_cached": False, **(options or {})}
        cache = 0.0 if options["cache"] is None else float(options["cache"])
        wanted = names or [drive.name for drive in self._world.connected]
        if options["only_cached"]:
            known = [name for name in wanted if name in self._kept]
            return {name: _whole(self._kept[name][1]) for name in known}
        return {name: _whole(self._cached(name, cache)) for name in wanted}

    async def floats(self, names: Any = (), include_thresholds: bool = False) -> Any:
        """Return floats, with the critical ones if asked; null for unknown names."""
        found: dict[str, Any] = dict.fromkeys(names)
        for drive in self._world.connected:
            if names and drive.name not in names:
                continue
            degrees = self._cached(drive.name, DRIVE_SECONDS[Temperatures.FLOATS])
            warm = None if degrees is None else float(degrees)
            found[drive.name] = [warm, CRITICAL] if include_thresholds else warm
        return found

    def _cached(self, name: str, seconds: float) -> float | None:
        elapsed = self._world.clock.elapsed
        if self._rebooted():
            self._kept.clear()
        at, degrees = self._kept.get(name, (-1e9, None))
        if elapsed - at >= seconds:
            degrees = _degrees(self._world.drive(name=name))
            self._kept[name] = (elapsed, degrees)
        return degrees

    async def temperature(self, name: str, options: Any = None) -> int | None:
        """Return the temperature of one drive, read now."""
        return _whole(_degrees(self._world.drive(name=name)))

    async def temperature_agg(self, names: list[str], days: int = 7) -> Any:
        """Return the least, the most and the mean; ours do not change."""
        found = {name: _degrees(self._world.drive(name=name)) for name in names}
        return {
            name: {"min": degrees, "max": degrees, "avg": degrees}
            for name, degrees in found.items()
            if degrees is not None
        }

    async def temperature_alerts(self, names: list[str]) -> list[Any]:
        """Return the alerts of drives that are too hot."""
        klass = "SMART" if self._world.profile.smart_api else "DiskTemperatureTooHot"
        return [
            alert
            for alert in self._world.alerts.values()
            if alert["klass"] == klass and alert["args"].get("device") in names
        ]


def _degrees(drive: MockDrive | None) -> float | None:
    return None if drive is None else drive.temperature


def _whole(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees)
