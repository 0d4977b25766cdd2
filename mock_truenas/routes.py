"""Which REST v2.0 path is which method on CORE and early SCALE."""

from dataclasses import dataclass


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


ROUTES = (
    _query("alert", "alert.list"),
    Route("GET", "boot/get_disks", "boot.get_disks"),
    _query("core/get_jobs", "core.get_jobs"),
    Route("POST", "core/job_abort", "core.job_abort"),
    Route("GET", "core/ping", "core.ping"),
    _query("cronjob", "cronjob.query"),
    Route("POST", "cronjob", "cronjob.create"),
    Route("DELETE", "cronjob/id/{id}", "cronjob.delete"),
    Route("POST", "cronjob/run", "cronjob.run", ("id", "skip_disabled"), 1),
    _query("disk", "disk.query"),
    Route("POST", "disk/get_unused", "disk.get_unused"),
    Route("POST", "disk/smart_attributes", "disk.smart_attributes"),
    Route("POST", "disk/temperature", "disk.temperature", ("name", "powermode"), 1),
    Route("POST", "disk/temperatures", "disk.temperatures", ("names", "powermode")),
    Route("POST", "disk/wipe", "disk.wipe", ("dev", "mode", "synccache", "swap"), 2),
    _query("pool", "pool.query"),
    _query("smart/test", "smart.test.query"),
    Route("POST", "smart/test", "smart.test.create"),
    Route("POST", "smart/test/disk_choices", "smart.test.disk_choices"),
    Route("POST", "smart/test/manual_test", "smart.test.manual_test"),
    _query("smart/test/results", "smart.test.results"),
    Route("GET", "system/boot_id", "system.boot_id"),
    Route("GET", "system/host_id", "system.host_id"),
    Route("GET", "system/info", "system.info"),
    Route("GET", "system/product_type", "system.product_type"),
    Route("GET", "system/state", "system.state"),
    Route("GET", "system/version", "system.version"),
)
