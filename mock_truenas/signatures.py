"""What parameters the methods take, in each generation (docs/truenas-api.md §2-§8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    create_model,
)

from .profile import Profile, Temperatures

LONGEST = 1024
"""Characters of a string."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, str_max_length=LONGEST)


class _Lax(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


type Fields = dict[str, Any]
"""Name to type (required) or to type and default."""


@dataclass(frozen=True)
class Checks:
    """How the parameters of a method are checked in a generation."""

    profile: Profile
    strict: bool

    def model(self, name: str, fields: Fields) -> type[BaseModel]:
        """Return a model of an object."""
        described: dict[str, Any] = {
            key: kind if isinstance(kind, tuple) else (kind, ...)
            for key, kind in fields.items()
        }
        base: type[BaseModel] = _Strict if self.strict else _Lax
        return create_model(name, __base__=base, **described)

    def update(self, name: str, fields: Fields) -> type[BaseModel]:
        """Return a model of an object of which every field may be left out."""
        kinds = {
            key: kind[0] if isinstance(kind, tuple) else kind
            for key, kind in fields.items()
        }
        return self.model(name, {key: (kind, None) for key, kind in kinds.items()})


type Build = Callable[[Checks], Fields]
"""Makes the fields of a method's parameters."""

_NonEmpty = Annotated[str, Field(min_length=1)]


def query(checks: Checks) -> Fields:
    """Return what every query takes."""
    options: Fields = {
        "extra": (dict[str, Any], {}),
        "order_by": (list[str], []),
        "select": (list[Any], []),
        "count": (StrictBool, False),
        "get": (StrictBool, False),
        "offset": (int, 0),
        "limit": (int, 0),
        "force_sql_filters": (StrictBool, False),
    }
    if not checks.strict:
        options |= {
            "prefix": (str | None, None),
            "relationships": (StrictBool, True),
            "extend": (str | None, None),
            "extend_context": (str | None, None),
        }
    model = checks.model("QueryOptions", options)
    return {"filters": (list[Any], []), "options": (model, {})}


def _instance(kind: type) -> Build:
    def build(checks: Checks) -> Fields:
        return {"id": kind, "options": (query(checks)["options"][0], {})}

    return build


def _cron_fields(checks: Checks) -> Fields:
    schedule = {
        "minute": (str, "00"),
        **dict.fromkeys(("hour", "dom", "month", "dow"), (str, "*")),
    }
    if not checks.strict:
        schedule |= {"begin": (str, "00:00"), "end": (str, "23:59")}
    return {
        "enabled": (StrictBool, True),
        "stderr": (StrictBool, False),
        "stdout": (StrictBool, True),
        "schedule": (checks.model("Schedule", schedule), {}),
        "command": str,
        "description": (str, ""),
        "user": str,
    }


def _cron_create(checks: Checks) -> Fields:
    return {"data": checks.model("CronJobCreate", _cron_fields(checks))}


def _cron_update(checks: Checks) -> Fields:
    return {"id": int, "data": checks.update("CronJobUpdate", _cron_fields(checks))}


def _details(checks: Checks) -> Fields:
    fields = {
        "join_partitions": (StrictBool, False),
        "type": (Literal["USED", "UNUSED", "BOTH"], "BOTH"),
    }
    return {"data": (checks.model("DiskDetails", fields), {})}


def _put(checks: Checks) -> Fields:
    fields = {"append": (StrictBool, False), "mode": (int | None, None)}
    return {"path": _NonEmpty, "options": (checks.model("Put", fields), {})}


def _set_options(checks: Checks) -> Fields:
    names = ("legacy_jobs", "private_methods", "py_exceptions")
    # A client may know more options than the server.
    options = create_model(
        "CoreOptions",
        __config__=ConfigDict(strict=True, extra="ignore"),
        **dict.fromkeys(names, (bool, None)),  # type: ignore[call-overload]
    )
    return {"options": options}


_TESTS = Literal["LONG", "SHORT", "CONVEYANCE", "OFFLINE"]


def _manual_test(checks: Checks) -> Fields:
    fields = {
        "identifier": str,
        "mode": (Literal["FOREGROUND", "BACKGROUND"], "BACKGROUND"),
        "type": _TESTS,
    }
    return {"disks": list[checks.model("Disk", fields)]}  # type: ignore[misc]


def _test_create(checks: Checks) -> Fields:
    fields = {
        "schedule": (dict[str, Any], {}),
        "desc": (str, ""),
        "all_disks": (StrictBool, False),
        "disks": (list[str], []),
        "type": _TESTS,
    }
    return {"smart_task_create": checks.model("SmartTest", fields)}


def _login_ex(checks: Checks) -> Fields:
    options = {"user_info": (StrictBool, True)}
    if checks.profile.scram:
        options["reconnect_token"] = (StrictBool, False)

    def mechanism(name: str, fields: Fields) -> Any:
        chosen = checks.model("Options", options)
        tag = {"mechanism": Literal[name]}
        return checks.model(name, {**tag, **fields, "login_options": (chosen, {})})

    kinds: Any = (
        mechanism("API_KEY_PLAIN", {"username": str, "api_key": str})
        | mechanism("PASSWORD_PLAIN", {"username": str, "password": str})
        | mechanism("TOKEN_PLAIN", {"token": str})
        | mechanism("OTP_TOKEN", {"otp_token": str})
    )
    if checks.profile.scram:
        messages = Literal["CLIENT_FIRST_MESSAGE", "CLIENT_FINAL_MESSAGE"]
        fields = {"scram_type": messages, "rfc_str": str}
        tag = {"mechanism": Literal["SCRAM"]}
        kinds = kinds | checks.model("SCRAM", {**tag, **fields})
    return {"login_data": Annotated[kinds, Field(discriminator="mechanism")]}


def _generate_token(checks: Checks) -> Fields:
    fields: Fields = {
        "ttl": (int | None, 600),
        "attrs": (dict[str, Any], {}),
        "match_origin": (StrictBool, True),
    }
    if checks.profile.json_rpc:
        fields["single_use"] = (StrictBool, False)
    return fields


def _plain(**fields: Any) -> Build:
    return lambda checks: fields


_POWERMODE = Literal["NEVER", "SLEEP", "STANDBY", "IDLE"]


def _temperature_options(checks: Checks, fields: Fields) -> Any:
    """Return the options of 22.12 to 25.04; once the power mode stood alone."""
    model = checks.model("Options", {**fields, "powermode": (_POWERMODE, "NEVER")})

    def named(value: Any) -> Any:
        return {"powermode": value} if isinstance(value, str) else value

    return Annotated[model, BeforeValidator(named)]


def _temperature(checks: Checks) -> Fields:
    if checks.profile.core:
        return {"name": str, "powermode": (_POWERMODE, "NEVER")}
    options = _temperature_options(checks, {"cache": (int | None, None)})
    return {"name": str, "options": (options, {})}


def _temperatures(checks: Checks) -> Fields:
    names: Any = (list[str], [])
    match checks.profile.temperatures:
        case Temperatures.ONE_CACHE:
            return {"names": names, "powermode": (_POWERMODE, "NEVER")}
        case Temperatures.FLOATS:
            return {"name": names, "include_thresholds": (StrictBool, False)}
        case Temperatures.PER_DRIVE:
            fields = {"cache": (int | None, 290), "only_cached": (StrictBool, False)}
            return {
                "names": names,
                "options": (_temperature_options(checks, fields), {}),
            }


def _wipe(checks: Checks) -> Fields:
    fields: Fields = {
        "dev": _NonEmpty,
        "mode": Literal["QUICK", "FULL", "FULL_RANDOM"],
        "synccache": (StrictBool, True),
    }
    if checks.profile.core:
        swap = checks.model("Swap", {"configure_swap": (StrictBool, True)})
        fields["swap_removal_options"] = (swap, {})
    return fields


SIGNATURES: Mapping[str, Build] = {
    "alert.dismiss": _plain(uuid=str),
    "audit.query": _plain(data=(dict[str, Any], {})),
    "auth.generate_token": _generate_token,
    "auth.login": _plain(username=str, password=str, otp_token=(str | None, None)),
    "auth.login_ex": _login_ex,
    "auth.login_with_api_key": _plain(api_key=str),
    "auth.login_with_token": _plain(token=str),
    "core.bulk": _plain(
        method=str, params=list[list[Any]], description=(str | None, None)
    ),
    "core.download": _plain(
        method=str, args=list[Any], filename=str, buffered=(StrictBool, False)
    ),
    "core.get_jobs": query,
    "core.job_abort": _plain(id=int),
    "core.job_download_logs": _plain(
        id=int, filename=str, buffered=(StrictBool, False)
    ),
    "core.job_wait": _plain(id=int),
    "core.set_options": _set_options,
    "core.subscribe": _plain(event=str),
    "core.unsubscribe": _plain(id_=str),
    "cronjob.create": _cron_create,
    "cronjob.delete": _plain(id=int),
    "cronjob.get_instance": _instance(int),
    "cronjob.query": query,
    "cronjob.run": _plain(id=int, skip_disabled=(StrictBool, False)),
    "cronjob.update": _cron_update,
    "disk.details": _details,
    "disk.get_instance": _instance(str),
    "disk.get_unused": _plain(join_partitions=(StrictBool, False)),
    "disk.get_used": _plain(join_partitions=(StrictBool, False)),
    "disk.query": query,
    "disk.smart_attributes": _plain(name=str),
    "disk.temperature_agg": _plain(names=list[str], days=(int, 7)),
    "disk.temperature_alerts": _plain(names=list[str]),
    "disk.temperature": _temperature,
    "disk.temperatures": _temperatures,
    "disk.wipe": _wipe,
    "filesystem.get": _plain(path=_NonEmpty),
    "filesystem.put": _put,
    "iscsi.extent.query": query,
    "pool.get_disks": _plain(id=(int | None, None)),
    "pool.query": query,
    "smart.test.abort": _plain(disk=str),
    "smart.test.create": _test_create,
    "smart.test.disk_choices": _plain(full_disk=(StrictBool, False)),
    "smart.test.manual_test": _manual_test,
    "smart.test.query": query,
    "smart.test.query_for_disk": _plain(disk=str),
    "smart.test.results": query,
    "virt.instance.query": query,
    "vm.device.query": query,
}
"""A method that is not here takes no parameters."""
