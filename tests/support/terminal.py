"""A terminal in stories: a key of its own that signs as a browser's WebCrypto does, and the forms that carry its proof."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse

from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts import device_proof, devices
from urbangrid.accounts.models import Device

HOST = "testserver"


def demand(city: City, *posts: str, **more: object) -> None:
    """Those posts are acted under on admitted terminals only."""
    city.platform.settings = {"security": {"second_step_posts": [], "device_posts": list(posts), **more}}
    city.platform.save()


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Terminal:
    """A browser's key."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.fingerprint = device_proof.fingerprint(self.point)

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def proof(self, purpose: str, *, challenge: str = "", host: str = HOST) -> dict[str, str]:
        """The hidden fields of a form."""
        challenge = challenge or devices.challenge(purpose)
        signature = self.sign(device_proof.message(purpose, host, challenge))
        return {"device_fingerprint": self.fingerprint, "device_challenge": challenge, "device_signature": text(signature)}

    def enrol(self, browser: Client, **more: str) -> Any:
        """The answer to 登记本机."""
        form = {"model": "样机 1", "number": "YJ-001", "device_key": text(self.point), **self.proof("enrol"), **more}
        return browser.post(reverse("people:device"), form)

    def sign_in(self, browser: Client, username: str, **more: str) -> Any:
        """The answer of the sign-in form with this terminal's proof."""
        return browser.post(reverse("people:sign_in"), {"username": username, "password": PASSWORD, **self.proof("sign-in"), **more})

    def row(self) -> Device:
        return Device.objects.get(fingerprint=self.fingerprint)


def admitted(city: City, username: str) -> Terminal:
    """A terminal of a person, admitted by the security administrator."""
    made, who = Terminal(), city.acting(username)
    asked = devices.Asked(who.user_id, who.platform_id, who.unit_id, "YJ-001", "样机 1", "")
    row = devices.ask(asked, made.point, _read(made.proof("enrol").items()), HOST, first_at_once=False)
    devices.admit(row.pk, city.acting("security_admin"), row.number, row.model)
    return made


def _read(fields: Iterable[tuple[str, str]]) -> device_proof.Proof | None:
    return device_proof.read(dict(fields))
