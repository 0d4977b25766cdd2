"""What an error of a NAS is called in the translations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from homeassistant.exceptions import HomeAssistantError

from ..burnin.ports import LedgerError, RunnerClosed
from ..const import DOMAIN
from ..truenas.errors import (
    AuthenticationFailed,
    CertificateRejected,
    ConnectionFailed,
    HttpsRequired,
    InvalidResponse,
    NotAuthorized,
    OutcomeUnknown,
    TrueNASError,
    UnsupportedSystem,
)

KEY_REFUSED: Final = "invalid_auth"

_KEYS: Final[Mapping[type, str]] = {
    AuthenticationFailed: KEY_REFUSED,
    CertificateRejected: "certificate_rejected",
    ConnectionFailed: "cannot_connect",
    HttpsRequired: "https_required",
    InvalidResponse: "invalid_response",
    NotAuthorized: "not_authorized",
    OutcomeUnknown: "outcome_unknown",
    TrueNASError: "nas_refused",
    UnsupportedSystem: "unsupported",
}


def failure_key(err: TrueNASError) -> str:
    """Return the translation key of the nearest kind of error we have words for."""
    return next(_KEYS[kind] for kind in type(err).__mro__ if kind in _KEYS)


def translated[ErrorT: HomeAssistantError](
    kind: type[ErrorT], err: TrueNASError
) -> ErrorT:
    """Return an error of a NAS as one that Home Assistant can show."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=failure_key(err),
        translation_placeholders={"reason": str(err)},
    )


@contextmanager
def nas_and_ledger_errors() -> Iterator[None]:
    """Raise what a NAS or the ledger cannot do as an error for the person asking."""
    try:
        yield
    except TrueNASError as err:
        raise translated(HomeAssistantError, err) from err
    except RunnerClosed as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="being_reloaded"
        ) from err
    except LedgerError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="ledger_unwritable",
            translation_placeholders={"reason": str(err)},
        ) from err
