"""The generations of TrueNAS that can be mocked, as data (docs/truenas-api.md §0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Temperatures(StrEnum):
    """How `disk.temperatures` behaves (docs/truenas-api.md §3)."""

    ONE_CACHE = "one cache for all names"
    PER_DRIVE = "a cache per drive, options"
    FLOATS = "a cache per drive, floats, thresholds"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One release and its ways.

    `api_versions` are what `/api/versions` lists; without them there is no
    JSON-RPC. `strict` are the beginnings of the names of methods whose parameters
    are checked by a model that converts nothing. `scram` is also the sign of a login
    that knows reconnect tokens and users who are denied. `disk_fields` and `job_fields`
    are those that not every generation has. `audited` are methods whose calls are kept in
    the audit log, with what it calls them; with `audits_commands` every program that a
    cron job starts is in it too.
    """

    name: str
    version: str
    product: str
    boot_pool: str = "boot-pool"
    core: bool = False
    rest: bool = True
    api_versions: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    bad_key: str = "Invalid API key"
    users: bool = True
    unknown_key_crashes: bool = False
    short_version: bool = True
    smart_api: bool = False
    first_test: int = 1
    aborted_test: str = "ABORTED"
    stale_current_test: bool = False
    temperatures: Temperatures = Temperatures.FLOATS
    wipe_fill: bytes = b"0"
    wipe_stops: bool = True
    whole_percent: bool = True
    job_not_found: bool = True
    trace_frames: bool = True
    json_arguments: bool = True
    cancels_calls: bool = False
    scram: bool = False
    virt: bool = False
    idle_seconds: float = 60.0
    disk_fields: frozenset[str] = frozenset()
    job_fields: frozenset[str] = frozenset()
    audit: bool = True
    audited: Mapping[str, str] = field(default_factory=dict, hash=False)
    audits_commands: bool = True

    @property
    def json_rpc(self) -> bool:
        """Tell whether it speaks JSON-RPC."""
        return bool(self.api_versions)

    def drive_name(self, index: int, *, sas: bool = False) -> str:
        """Return the name of the drive in a bay at boot."""
        if self.core:
            return f"da{index}" if sas else f"ada{index}"
        letters = ""
        index += 1
        while index:
            index, digit = divmod(index - 1, 26)
            letters = chr(ord("a") + digit) + letters
        return f"sd{letters}"


_SMART_FIELDS = frozenset(
    {"togglesmart", "smartoptions", "critical", "difference", "informational"}
)
_SCALE_JOB = frozenset(
    {"transient", "description", "abortable", "credentials", "result_encoding_error"}
)
_AUDITED_25_04 = {
    "auth.generate_token": "Generate authentication token for session",
    "filesystem.get": "Filesystem get",
    "filesystem.put": "Filesystem put",
}
_AUDITED = {**_AUDITED_25_04, "disk.wipe": "Disk Wipe"}
_25_04 = ("v25.04.0", "v25.04.1", "v25.04.2")
_25_10 = ("v25.10.0", "v25.10.1", "v25.10.2", "v25.10.3", "v25.10.4")

CORE_13_0 = Profile(
    name="core-13.0",
    version="TrueNAS-13.0-U6.8",
    product="CORE",
    boot_pool="freenas-boot",
    core=True,
    audit=False,
    audits_commands=False,
    bad_key="401: Unauthorized",
    users=False,
    short_version=False,
    smart_api=True,
    # Only the words tell an aborted test from a failed one.
    aborted_test="FAILED",
    temperatures=Temperatures.ONE_CACHE,
    wipe_fill=b"\0",
    wipe_stops=False,
    whole_percent=False,
    job_not_found=False,
    disk_fields=_SMART_FIELDS
    | {"multipath_name", "multipath_member", "hddstandby_force", "acousticlevel"},
)
SCALE_24_10 = Profile(
    name="scale-24.10",
    version="TrueNAS-SCALE-24.10.2.4",
    product="SCALE",
    users=False,
    short_version=False,
    smart_api=True,
    temperatures=Temperatures.PER_DRIVE,
    job_not_found=False,
    disk_fields=_SMART_FIELDS | {"supports_smart"},
    job_fields=_SCALE_JOB,
)
SCALE_25_04 = Profile(
    name="scale-25.04",
    version="TrueNAS-25.04.2.6",
    product="COMMUNITY_EDITION",
    api_versions=_25_04,
    strict=(
        "auth.",
        "alert.",
        "core.ping",
        "core.set_options",
        "core.subscribe",
        "core.unsubscribe",
        "cronjob.",
        "filesystem.",
        "iscsi.extent.",
        "virt.",
        "vm.device.",
    ),
    audited=_AUDITED_25_04,
    unknown_key_crashes=True,
    json_arguments=False,
    virt=True,
    smart_api=True,
    first_test=0,
    stale_current_test=True,
    temperatures=Temperatures.PER_DRIVE,
    job_not_found=False,
    disk_fields=_SMART_FIELDS | {"supports_smart"},
    job_fields=_SCALE_JOB,
)
SCALE_25_10 = Profile(
    name="scale-25.10",
    version="TrueNAS-25.10.6",
    product="COMMUNITY_EDITION",
    api_versions=(*_25_04, *_25_10, "v25.10.5"),
    strict=("",),
    audited=_AUDITED,
    unknown_key_crashes=True,
    virt=True,
    job_fields=_SCALE_JOB | {"message_ids"},
)
TRUENAS_26_0 = Profile(
    name="scale-26.0",
    version="TrueNAS-26.0.0",
    product="COMMUNITY_EDITION",
    rest=False,
    api_versions=(*_25_04, *_25_10, "v26.0.0"),
    strict=("",),
    audited=_AUDITED,
    # Only the Enterprise edition does from here on.
    audits_commands=False,
    trace_frames=False,
    cancels_calls=True,
    scram=True,
    idle_seconds=3600.0,
    disk_fields=frozenset({"sed"}),
    job_fields=_SCALE_JOB | {"message_ids"},
)
PROFILES = {
    profile.name: profile
    for profile in (CORE_13_0, SCALE_24_10, SCALE_25_04, SCALE_25_10, TRUENAS_26_0)
}
