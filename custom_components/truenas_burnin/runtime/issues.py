"""What only a person can put right: the issues that are shown for it."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..burnin.model import BurnIn, BurnInState
from ..const import CONF_FINGERPRINT, DOMAIN
from ..truenas.errors import CertificateRejected, NotAuthorized, TrueNASError
from ..truenas.models import SystemInfo
from .markdown import as_plain
from .signals import burn_in_signal

CERTIFICATE_CHANGED: Final = "certificate_changed"
NO_COMMAND_RIGHTS: Final = "no_command_rights"
LEDGER_LOST: Final = "ledger_lost"
LEDGER_OUTDATED: Final = "ledger_outdated"
LEDGER_UNWRITABLE: Final = "ledger_unwritable"
NO_READ_RIGHTS: Final = "no_read_rights"
PANEL_NOT_BUILT: Final = "panel_not_built"
WRITE_ONLY_RIGHTS: Final = "write_only_rights"
FAILED_BURN_IN: Final = "failed_burn_in"
INCONCLUSIVE_BURN_IN: Final = "inconclusive_burn_in"
STALLED: Final = "stalled"
STUCK_CANCEL: Final = "stuck_cancel"

ATTR_ENTRY_ID: Final = "entry_id"
ATTR_BURN_IN_ID: Final = "burn_in_id"


@callback
def report_certificate(
    hass: HomeAssistant, entry: ConfigEntry, err: TrueNASError
) -> None:
    """Raise an issue if the certificate that a person trusted has changed."""
    if isinstance(err, CertificateRejected) and CONF_FINGERPRINT in entry.data:
        _raise(hass, entry, CERTIFICATE_CHANGED, ir.IssueSeverity.ERROR, str(err))


@callback
def certificate_fine(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back the issue: the NAS was reached."""
    ir.async_delete_issue(hass, DOMAIN, f"{CERTIFICATE_CHANGED}_{entry.entry_id}")


@callback
def report_rights(hass: HomeAssistant, entry: ConfigEntry, system: SystemInfo) -> None:
    """Raise the issue of a key that may not do all, or take it back."""
    wanted = None
    if not system.commands:
        wanted = WRITE_ONLY_RIGHTS if system.wipe else NO_COMMAND_RIGHTS
    for key in (NO_COMMAND_RIGHTS, NO_READ_RIGHTS, WRITE_ONLY_RIGHTS):
        if key == wanted:
            _raise(hass, entry, key, ir.IssueSeverity.WARNING, "")
        else:
            ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def report_no_rights(
    hass: HomeAssistant, entry: ConfigEntry, err: TrueNASError
) -> None:
    """Raise an issue if the key may not even watch."""
    if isinstance(err, NotAuthorized):
        _raise(hass, entry, NO_READ_RIGHTS, ir.IssueSeverity.ERROR, str(err))


@callback
def report_ledger(hass: HomeAssistant, entry: ConfigEntry, trouble: str | None) -> None:
    """Raise or take back the issue of a ledger that keeps nothing."""
    if trouble is None:
        ir.async_delete_issue(hass, DOMAIN, f"{LEDGER_UNWRITABLE}_{entry.entry_id}")
    else:
        _raise(hass, entry, LEDGER_UNWRITABLE, ir.IssueSeverity.ERROR, trouble)


@callback
def report_lost_ledger(hass: HomeAssistant, folder: str, reason: str | None) -> None:
    """Raise or take back the issue of a ledger that had to be begun anew."""
    if reason is None:
        ir.async_delete_issue(hass, DOMAIN, LEDGER_LOST)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        LEDGER_LOST,
        is_fixable=True,
        severity=ir.IssueSeverity.CRITICAL,
        translation_key=LEDGER_LOST,
        translation_placeholders=_quoted(folder=folder, reason=reason),
    )


@callback
def report_outdated_ledger(
    hass: HomeAssistant, entry: ConfigEntry, *, outdated: bool
) -> None:
    """Raise or take back the issue of a NAS that has seen a newer record than ours."""
    issue_id = f"{LEDGER_OUTDATED}_{entry.entry_id}"
    if not outdated:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={ATTR_ENTRY_ID: entry.entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.CRITICAL,
        translation_key=LEDGER_OUTDATED,
        translation_placeholders=_quoted(nas=entry.title),
    )


@callback
def report_panel(hass: HomeAssistant, releases: str | None) -> None:
    """Raise the issue of a panel that was not built, or take it back.

    `releases` is the address where an installation with a panel is found.
    """
    if releases is None:
        ir.async_delete_issue(hass, DOMAIN, PANEL_NOT_BUILT)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        PANEL_NOT_BUILT,
        is_fixable=False,
        learn_more_url=releases,
        severity=ir.IssueSeverity.WARNING,
        translation_key=PANEL_NOT_BUILT,
    )


@callback
def _raise(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    severity: ir.IssueSeverity,
    reason: str,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        data={ATTR_ENTRY_ID: entry.entry_id},
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders=_quoted(nas=entry.title, reason=reason),
    )


@callback
def follow_stalls(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Keep an issue for every burn-in that makes no progress."""

    @callback
    def heard(before: BurnIn | None, after: BurnIn) -> None:
        was_stalled = before is not None and before.stalled
        if after.stalled and not was_stalled:
            _raise_for(hass, entry, STALLED, after)
        elif was_stalled and not after.stalled:
            ir.async_delete_issue(hass, DOMAIN, f"{STALLED}_{after.id}")

    for burn_in in entry.runtime_data.runner.burn_ins.values():
        heard(None, burn_in)
    return async_dispatcher_connect(hass, burn_in_signal(entry.entry_id), heard)


_VERDICTS: Final = {
    BurnInState.FAILED: (FAILED_BURN_IN, ir.IssueSeverity.ERROR),
    BurnInState.INCONCLUSIVE: (INCONCLUSIVE_BURN_IN, ir.IssueSeverity.WARNING),
}
"""Verdicts that somebody has to see."""


@callback
def report_verdict(
    hass: HomeAssistant, entry: ConfigEntry, burn_in: BurnIn, page: str, text: str
) -> None:
    """Raise the issue of a burn-in that did not pass, until somebody has seen it.

    It outlives restarts. `page` is the path of its page, `text` says it in Markdown.
    """
    key, severity = _VERDICTS[burn_in.state]
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{burn_in.id}",
        data={ATTR_ENTRY_ID: entry.entry_id, ATTR_BURN_IN_ID: burn_in.id},
        is_fixable=True,
        is_persistent=True,
        severity=severity,
        translation_key=key,
        translation_placeholders=placeholders_of(entry, burn_in)
        | {"page": page, "text": text},
    )


@callback
def verdict_seen(hass: HomeAssistant, burn_in_id: str) -> None:
    """Take back the issue of a burn-in that did not pass."""
    for key, _ in _VERDICTS.values():
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{burn_in_id}")


@callback
def report_stuck_cancel(
    hass: HomeAssistant, entry: ConfigEntry, burn_in: BurnIn
) -> None:
    """Raise an issue for a burn-in that could not be cancelled yet."""
    _raise_for(hass, entry, STUCK_CANCEL, burn_in)


@callback
def follow_cancels(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Take back the issues of burn-ins that have been cancelled after all.

    Those that a restart finds still to be cancelled are shown again.
    """

    @callback
    def heard(_before: BurnIn | None, after: BurnIn) -> None:
        if after.state.final:
            ir.async_delete_issue(hass, DOMAIN, f"{STUCK_CANCEL}_{after.id}")

    for burn_in in entry.runtime_data.runner.burn_ins.values():
        if burn_in.state is BurnInState.CANCELLING:
            report_stuck_cancel(hass, entry, burn_in)
    return async_dispatcher_connect(hass, burn_in_signal(entry.entry_id), heard)


@callback
def _raise_for(
    hass: HomeAssistant, entry: ConfigEntry, key: str, burn_in: BurnIn
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{burn_in.id}",
        data={ATTR_ENTRY_ID: entry.entry_id, ATTR_BURN_IN_ID: burn_in.id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=placeholders_of(entry, burn_in),
    )


def placeholders_of(entry: ConfigEntry, burn_in: BurnIn) -> dict[str, str]:
    """Return what an issue about a burn-in names, for a description in Markdown."""
    return _quoted(device=burn_in.device, nas=entry.title, serial=burn_in.drive.serial)


def _quoted(**texts: str) -> dict[str, str]:
    return {key: as_plain(text) for key, text in texts.items()}


@callback
def forget_issues(
    hass: HomeAssistant, entry: ConfigEntry, *, of_work_only: bool = False
) -> None:
    """Take back what concerns an entry that is removed, or is at work no more."""
    for (domain, issue_id), issue in tuple(ir.async_get(hass).issues.items()):
        data = issue.data if domain == DOMAIN else None
        if data is None or data.get(ATTR_ENTRY_ID) != entry.entry_id:
            continue
        if not of_work_only or issue.translation_key in (LEDGER_UNWRITABLE, STALLED):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
