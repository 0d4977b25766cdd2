"""Which REST v2.0 path is which method, from CORE to 25.10."""

from collections.abc import Iterator
from dataclasses import dataclass

from .profile import Profile, Temperatures


@dataclass(frozen=True)
class Route:
    """A path of /api/v2.0.

    `names` are the keys of the JSON object that becomes the parameters; without
    them the body itself is the single parameter, or there is none. `query` paths
    take filters.
    """

    verb: str
    path: str
    method: str
    names: tuple[str, ...] = ()
    required: int = 0
    query: bool = False


def _query(path: str, method: str) -> Route:
    return Route("GET", path, method, query=True)


_ROUTES = (
    Route("GET", "alert/list", "alert.list"),
    Route("POST", "alert/dismiss", "alert.dismiss"),
    Route("POST", "audit/query", "audit.query"),
    Route("GET", "boot/get_disks", "boot.get_disks"),
    _query("core/get_jobs", "core.get_jobs"),
    Route(
        "POST",
        "core/download",
        "core.download",
        ("method", "args", "filename", "buffered"),
        3,
    ),
    Route("POST", "core/job_abort", "core.job_abort"),
    Route(
        "POST",
        "core/job_download_logs",
        "core.job_download_logs",
        ("id", "filename", "buffered"),
        2,
    ),
    Route("POST", "core/job_wait", "core.job_wait"),
    Route("GET", "core/ping", "core.ping"),
    _query("cronjob", "cronjob.query"),
    Route("POST", "cronjob", "cronjob.create"),
    Route("DELETE", "cronjob/id/{id}", "cronjob.delete"),
    Route("POST", "cronjob/run", "cronjob.run", ("id", "skip_disabled"), 1),
    _query("disk", "disk.query"),
    Route("POST", "disk/details", "disk.details"),
    Route("POST", "disk/get_used", "disk.get_used"),
    Route("POST", "disk/smart_attributes", "disk.smart_attributes"),
    Route("POST", "disk/temperature_agg", "disk.temperature_agg", ("names", "days"), 1),
    Route("POST", "disk/temperature_alerts", "disk.temperature_alerts"),
    _query("iscsi/extent", "iscsi.extent.query"),
    _query("pool", "pool.query"),
    _query("smart/test", "smart.test.query"),
    Route("POST", "smart/test", "smart.test.create"),
    Route("POST", "smart/test/abort", "smart.test.abort"),
    Route("POST", "smart/test/disk_choices", "smart.test.disk_choices"),
    Route("POST", "smart/test/manual_test", "smart.test.manual_test"),
    Route("POST", "smart/test/query_for_disk", "smart.test.query_for_disk"),
    _query("smart/test/results", "smart.test.results"),
    Route("GET", "system/boot_id", "system.boot_id"),
    Route("GET", "system/host_id", "system.host_id"),
    Route("GET", "system/info", "system.info"),
    Route("GET", "system/product_type", "system.product_type"),
    Route("GET", "system/ready", "system.ready"),
    Route("GET", "system/state", "system.state"),
    Route("GET", "system/version", "system.version"),
    Route("GET", "system/version_short", "system.version_short"),
    _query("virt/instance", "virt.instance.query"),
    _query("vm/device", "vm.device.query"),
)
_TEMPERATURES = {
    Temperatures.ONE_CACHE: ("names", "powermode"),
    Temperatures.PER_DRIVE: ("names", "options"),
    Temperatures.FLOATS: ("name", "include_thresholds"),
}


def routes(profile: Profile) -> Iterator[Route]:
    """Give the paths of a generation; those of methods it lacks among them."""
    yield from _ROUTES
    if not profile.users:
        # Private from 25.04 on, and nothing private is here.
        yield Route("POST", "disk/get_unused", "disk.get_unused")
    token: tuple[str, ...] = ("ttl", "attrs", "match_origin")
    if profile.json_rpc:
        token = (*token, "single_use")
    yield Route("POST", "auth/generate_token", "auth.generate_token", token)
    several, further = _TEMPERATURES[profile.temperatures]
    yield Route("POST", "disk/temperatures", "disk.temperatures", (several, further))
    yield Route("POST", "disk/temperature", "disk.temperature", ("name", further), 1)
    wipe: tuple[str, ...] = ("dev", "mode", "synccache")
    if profile.core:
        wipe = (*wipe, "swap_removal_options")
    yield Route("POST", "disk/wipe", "disk.wipe", wipe, 2)
