"""The self-signed certificate that a NAS comes with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAYS = 397


@dataclass(frozen=True)
class Certificate:
    """A certificate in files; `fingerprint` is its SHA-256 in hex."""

    chain: Path
    key: Path
    fingerprint: str


def certificate(root: Path, *, renew: bool = False) -> Certificate:
    """Return the certificate of a NAS, made the first time it is asked for."""
    folder = root / "certificate"
    chain, key = folder / "truenas_default.crt", folder / "truenas_default.key"
    if renew or not chain.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make(chain, key)
    made = x509.load_pem_x509_certificate(chain.read_bytes())
    return Certificate(chain, key, made.fingerprint(hashes.SHA256()).hex())


def _make(chain: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "localhost"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "iXsystems"),
        ]
    )
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(names, critical=False)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
