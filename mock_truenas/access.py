"""Who may call what (docs/truenas-api.md §1.3); on CORE and 24.10 a key may everything."""

from collections.abc import Mapping
from dataclasses import dataclass

from .callers import FULL_ADMIN, included
from .profile import Profile


@dataclass(frozen=True)
class Rule:
    """What a method asks for: one of the roles, just a login, or nothing at all."""

    roles: tuple[str, ...] = (FULL_ADMIN,)
    login: bool = True
    counted: bool = True
    """Whether calls without a login are counted and limited."""


_ANYONE = Rule((), login=False)
_UNCOUNTED = Rule((), login=False, counted=False)
_USER = Rule(())
_ADMIN = Rule()


def _role(*roles: str) -> Rule:
    return Rule(roles)


_RULES: Mapping[str, Rule] = {
    "alert.dismiss": _role("ALERT_LIST_WRITE"),
    "alert.list": _role("ALERT_LIST_READ"),
    "audit.query": _role("SYSTEM_AUDIT_READ"),
    "auth.generate_token": _USER,
    "auth.login": _ANYONE,
    "auth.login_ex": _ANYONE,
    "auth.login_with_api_key": _ANYONE,
    "auth.login_with_token": _ANYONE,
    "auth.logout": _USER,
    "auth.me": _USER,
    "auth.mechanism_choices": _ANYONE,
    "boot.get_disks": _role("DISK_READ"),
    "core.bulk": _USER,
    "core.download": _USER,
    "core.get_jobs": _USER,
    "core.job_abort": _USER,
    "core.job_download_logs": _USER,
    "core.job_wait": _USER,
    "core.ping": _ANYONE,
    "core.set_options": _UNCOUNTED,
    "core.subscribe": _USER,
    "core.unsubscribe": _USER,
    "cronjob.create": _role("SYSTEM_CRON_WRITE"),
    "cronjob.delete": _role("SYSTEM_CRON_WRITE"),
    "cronjob.get_instance": _role("SYSTEM_CRON_READ"),
    "cronjob.query": _role("SYSTEM_CRON_READ"),
    "cronjob.run": _role("SYSTEM_CRON_WRITE"),
    "cronjob.update": _role("SYSTEM_CRON_WRITE"),
    "disk.details": _role("REPORTING_READ"),
    "disk.get_instance": _role("DISK_READ"),
    "disk.get_used": _role("REPORTING_READ"),
    "disk.query": _role("DISK_READ"),
    "disk.temperature": _role("REPORTING_READ"),
    "disk.temperature_agg": _role("REPORTING_READ"),
    "disk.temperature_alerts": _role("REPORTING_READ"),
    "disk.temperatures": _role("REPORTING_READ"),
    "disk.wipe": _role("DISK_WRITE"),
    "iscsi.extent.query": _role(
        "SHARING_ISCSI_EXTENT_READ", "SHARING_ISCSI_READ", "SHARING_READ"
    ),
    "pool.get_disks": _role("POOL_READ"),
    "pool.query": _role("POOL_READ"),
    "smart.test.create": _role("DISK_WRITE"),
    "smart.test.disk_choices": _role("READONLY_ADMIN", "DISK_READ"),
    "smart.test.query": _role("DISK_READ"),
    "smart.test.query_for_disk": _role("REPORTING_READ"),
    "smart.test.results": _role("REPORTING_READ"),
    "system.boot_id": _ANYONE,
    "system.host_id": _role("READONLY_ADMIN"),
    "system.info": _role("READONLY_ADMIN"),
    "system.product_type": _role("SYSTEM_PRODUCT_READ"),
    "system.ready": _role("SYSTEM_GENERAL_READ"),
    "system.state": _role("SYSTEM_GENERAL_READ"),
    "system.version": _USER,
    "system.version_short": _USER,
    "virt.instance.query": _role("VIRT_INSTANCE_READ"),
    "vm.device.query": _role("VM_DEVICE_READ"),
}
"""As of 25.10; a method that is not here is for FULL_ADMIN."""

_RULES_25_04: Mapping[str, Rule] = {
    **_RULES,
    "boot.get_disks": _role("READONLY_ADMIN"),
    "core.ping": _USER,
    "disk.wipe": _ADMIN,
    "system.product_type": _role("READONLY_ADMIN"),
    "system.ready": _role("READONLY_ADMIN"),
    "system.state": _role("READONLY_ADMIN"),
}


def rule(profile: Profile, method: str) -> Rule:
    """Return what a method asks for in a generation that has users."""
    rules = _RULES_25_04 if profile.smart_api else _RULES
    return rules.get(method, _ADMIN)


def expanded(granted: frozenset[str]) -> frozenset[str]:
    """Return the roles with all that they include, as far as they are known here."""
    known = {role for item in _RULES.values() for role in item.roles}
    return granted | {
        role for role in known for have in granted if included(have, role)
    }


def exists(profile: Profile, method: str) -> bool:
    """Tell whether a generation has a method that the mock knows."""
    if profile.core and method in _SINCE_SCALE:
        return False
    if method.startswith("audit."):
        return profile.audit
    if method.startswith("virt."):
        return profile.virt
    if profile.smart_api:
        return True
    return method not in _SMART_API and not method.startswith("smart.")


_SMART_API = frozenset({"disk.smart_attributes", "disk.temperature"})
"""Gone with 25.10, like all of `smart.` (docs/truenas-api.md §4.3)."""

_SINCE_SCALE = frozenset(
    {
        "disk.details",
        "disk.get_used",
        "disk.temperature_agg",
        "disk.temperature_alerts",
        "smart.test.abort",
        "smart.test.query_for_disk",
        "system.version_short",
    }
)
