"""What only a person can put right, as issues under Settings → Repairs."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_FINGERPRINT, DOMAIN
from .truenas.errors import CertificateRejected, TrueNASError

CERTIFICATE_CHANGED = "certificate_changed"
NO_COMMAND_RIGHTS = "no_command_rights"


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
def report_rights(hass: HomeAssistant, entry: ConfigEntry, *, commands: bool) -> None:
    """Raise or take back the issue of a key that may only watch."""
    if commands:
        ir.async_delete_issue(hass, DOMAIN, f"{NO_COMMAND_RIGHTS}_{entry.entry_id}")
    else:
        _raise(hass, entry, NO_COMMAND_RIGHTS, ir.IssueSeverity.WARNING, "")


@callback
def forget_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back everything that concerns an entry that is removed."""
    for key in (CERTIFICATE_CHANGED, NO_COMMAND_RIGHTS):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


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
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders={"nas": entry.title, "reason": reason},
    )
