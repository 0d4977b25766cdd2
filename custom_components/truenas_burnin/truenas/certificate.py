"""The certificate of a NAS: most are self-signed, so a person may pin one."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
import ssl
from typing import Final

import aiohttp
from cryptography import x509
from yarl import URL

from .errors import CertificateRejected, ConnectionFailed

_TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a person compares before trusting; `fingerprint` is SHA-256 in hex."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    fingerprint: str

    @property
    def readable_fingerprint(self) -> str:
        """Return the fingerprint as browsers and TrueNAS show it."""
        return readable(self.fingerprint)


def readable(fingerprint: str) -> str:
    """Return a fingerprint in upper-case pairs."""
    pairs = (fingerprint[index : index + 2] for index in range(0, len(fingerprint), 2))
    return ":".join(pairs).upper()


def read_certificate(url: URL) -> Certificate:
    """Return the certificate that an address shows, unchecked; blocking.

    Raise ConnectionFailed if there is none to be read.
    """
    try:
        pem = ssl.get_server_certificate(
            (str(url.host), int(url.port or 443)), timeout=_TIMEOUT
        )
        found = x509.load_pem_x509_certificate(pem.encode())
    except (OSError, ValueError) as err:
        raise ConnectionFailed(f"its certificate cannot be read: {err}") from err
    return Certificate(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        fingerprint=sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest(),
    )


def certificate_rejected(
    err: aiohttp.ClientConnectorCertificateError | aiohttp.ServerFingerprintMismatch,
) -> CertificateRejected:
    """Return what aiohttp found wrong with a certificate as an error of ours."""
    if isinstance(err, aiohttp.ServerFingerprintMismatch):
        return CertificateRejected(
            f"it has changed: its SHA-256 is now {readable(err.got.hex())}, "
            f"it was {readable(err.expected.hex())}"
        )
    reason = err.certificate_error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return CertificateRejected(reason.verify_message)
    return CertificateRejected(str(reason))
