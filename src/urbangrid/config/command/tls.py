"""``up --tls``: a local authority and the server's certificate, or a city's own certificate by setting.

Phones give a page their position and let it work off line over HTTPS only. The authority is made once; its key stays in
``secrets/tls`` and goes into the key backup. It may sign for this machine's names and for private networks only (X.509 name
constraints, RFC 5280 §4.2.1.10), so that whoever steals it cannot pose as a bank on the inspectors' phones. The server's
certificate is made anew, under the same authority, when it gets old or the machine's addresses change.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import os
import socket
import struct
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from urbangrid.config.command.installation import Installation, write_private
from urbangrid.config.command.words import _, refuse, say

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Phones refuse server certificates that are valid for much longer."""
RENEW_DAYS = 60
"""A server certificate with fewer days left is made anew."""
PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
SIOCGIFADDR = 0x8915
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Pair:
    """Files for granian: the certificate with its chain, and its key (PKCS#8)."""

    certificate: Path
    key: Path
    authority: Path | None
    """The local authority's certificate, which phones install; None with a city's own certificate."""


def wanted() -> bool:
    """Whether pages are served over TLS: ``--tls`` (URBANGRID_TLS=1) or a city's own certificate."""
    return os.environ.get("URBANGRID_TLS") == "1" or bool(os.environ.get("URBANGRID_TLS_CERT"))


def prepare(place: Installation) -> Pair:
    """The certificate to serve with; made, renewed or checked. Refuses a city's own one that cannot work."""
    folder = place.secrets / "tls"
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.environ.get("URBANGRID_TLS_CERT"):
        return _given(folder)
    names, addresses = own_names(), own_addresses()
    authority_key, authority = _authority(folder, names, addresses)
    pair = Pair(folder / "server.crt", folder / "server.key", folder / "authority.crt")
    if not _serves(pair, authority, names, addresses):
        _issue(pair, authority_key, authority, names, addresses)
        say(_("已签发服务器证书，有效 {days} 天，到期前自动更换"), days=SERVER_DAYS)
    return pair


def renew_if_due(place: Installation) -> bool:
    """Make the server's certificate anew when it gets old; true when the servers must start again with it."""
    if os.environ.get("URBANGRID_TLS_CERT"):
        return False
    path = place.secrets / "tls" / "server.crt"
    before = path.read_bytes() if path.exists() else b""
    prepare(place)
    return path.read_bytes() != before


def days_left(certificate: Path, now: datetime) -> float:
    """Days until the first certificate of the file ends. Raises OSError or ValueError for what is none."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    return (found.not_valid_after_utc - now).total_seconds() / 86400


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate as phones show it."""
    der = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(serialization.Encoding.DER)
    return hashlib.sha256(der).digest().hex(":").upper()


def own_names() -> list[str]:
    """DNS names of this machine: localhost, its host name, and those of URBANGRID_HOSTS."""
    given = [name.strip() for name in os.environ.get("URBANGRID_HOSTS", "").split(",")]
    found = ["localhost", socket.gethostname().lower()]
    for name in given:
        if name and name != "*" and not _is_address(name):
            found.append(name.lstrip("."))
    return sorted(set(found))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def own_addresses() -> list[Address]:
    """Addresses of this machine: loopback and every interface that has an IPv4 address, and those of URBANGRID_HOSTS."""
    found: set[Address] = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        for _index, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(probe, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.add(ipaddress.ip_address(answer[20:24]))
    for name in os.environ.get("URBANGRID_HOSTS", "").split(","):
        if _is_address(name.strip()):
            found.add(ipaddress.ip_address(name.strip()))
    return sorted(found, key=str)


def _authority(folder: Path, names: Sequence[str], addresses: Sequence[Address]) -> tuple[PrivateKeyTypes, x509.Certificate]:
    """The local authority; a new one where there is none or the present one may not sign for these names."""
    key_file, file = folder / "authority.key", folder / "authority.crt"
    if key_file.exists() and file.exists():
        found = x509.load_pem_x509_certificate(file.read_bytes())
        if _permits(found, names, addresses) and found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=SERVER_DAYS):
            return serialization.load_pem_private_key(key_file.read_bytes(), None), found
        say(_("本机的名称或地址超出了原证书机构的范围，或它即将到期：建立新的证书机构，手机需要重新安装证书"))
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"UrbanGrid {socket.gethostname()}"[:60])])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    trees: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    trees += [x509.IPAddress(ipaddress.ip_network(one)) for one in PRIVATE]
    trees += [x509.IPAddress(ipaddress.ip_network(one)) for one in addresses if not _private(one)]
    builder = _builder(name, name, key, AUTHORITY_DAYS).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.NameConstraints(permitted_subtrees=trees, excluded_subtrees=None), critical=True)
    made = builder.sign(key, hashes.SHA256())
    write_private(key_file, _pem(key))
    write_private(file, made.public_bytes(serialization.Encoding.PEM))
    return key, made


def _private(address: Address) -> bool:
    return any(address in ipaddress.ip_network(one) for one in PRIVATE)


def _permits(authority: x509.Certificate, names: Sequence[str], addresses: Sequence[Address]) -> bool:
    trees = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    domains = [tree.value for tree in trees if isinstance(tree, x509.DNSName)]
    networks = [tree.value for tree in trees if isinstance(tree, x509.IPAddress)]
    nets = [one for one in networks if isinstance(one, ipaddress.IPv4Network | ipaddress.IPv6Network)]
    named = all(any(name == domain or name.endswith(f".{domain}") for domain in domains) for name in names)
    return named and all(any(address in net for net in nets) for address in addresses)


def _serves(pair: Pair, authority: x509.Certificate, names: Sequence[str], addresses: Sequence[Address]) -> bool:
    """Whether the present server certificate is the authority's, covers the names and has days left."""
    try:
        found = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
        found.verify_directly_issued_by(authority)
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    covered = set(names) <= set(listed.get_values_for_type(x509.DNSName))
    covered = covered and set(addresses) <= set(listed.get_values_for_type(x509.IPAddress))
    fits = _public(key) == _public_of(found)
    return covered and fits and found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=RENEW_DAYS)


def _issue(pair: Pair, key: PrivateKeyTypes, authority: x509.Certificate, names: Sequence[str], addresses: Sequence[Address]) -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, socket.gethostname()[:60])])
    listed = [*(x509.DNSName(one) for one in names), *(x509.IPAddress(one) for one in addresses)]
    builder = _builder(name, authority.subject, own, SERVER_DAYS).add_extension(x509.SubjectAlternativeName(listed), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    made = builder.sign(key, hashes.SHA256())
    write_private(pair.key, _pem(own))
    chain = made.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    write_private(pair.certificate, chain)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.not_valid_after(now + timedelta(days=days)).add_extension(identifier, critical=False)


def _given(folder: Path) -> Pair:
    """A city's own certificate: readable, of its key, in force; the key is kept in the form that the server reads."""
    certificate, key_file = os.environ["URBANGRID_TLS_CERT"], os.environ.get("URBANGRID_TLS_KEY", "")
    try:
        found = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
        key = serialization.load_pem_private_key(Path(key_file).read_bytes(), None)
    except (OSError, ValueError, TypeError) as failure:
        words = _("读不了证书或私钥（URBANGRID_TLS_CERT={certificate}，URBANGRID_TLS_KEY={key}）：{failure}。要 PEM 格式、私钥不加密。")
        refuse(words, certificate=certificate, key=key_file or _("没有设置"), failure=failure)
    if _public(key) != _public_of(found):
        refuse(_("证书 {certificate} 与私钥 {key} 不是一对，没有启动。请核对两个文件。"), certificate=certificate, key=key_file)
    if found.not_valid_after_utc < datetime.now(UTC):
        refuse(
            _("证书 {certificate} 已于 {day} 到期，没有启动。请换上新证书。"), certificate=certificate, day=found.not_valid_after_utc.date()
        )
    write_private(folder / "given.key", _pem(key))
    return Pair(Path(certificate), folder / "given.key", None)


def _pem(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _public(key: PrivateKeyTypes) -> bytes:
    public = key.public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _public_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
