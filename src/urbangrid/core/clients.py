"""Where a request comes from: the address of the connection, or what a front server that we trust says."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from urbangrid.core import beats

UNDECLARED = "undeclared_front_server"
"""Name of the beat; strangers on the public network may write the header too, and are not remembered."""
REMEMBERED_SECONDS = 24 * 3600


def address_of(request: HttpRequest) -> str:
    """The client's address. ``X-Forwarded-For`` counts only from ``settings.TRUSTED_PROXIES``, read from the right: what a stranger
    wrote into it stands at the left and is never believed.

    One that comes from another machine of ours is remembered for the health page (``health_checks``): most likely a front server that
    nobody declared, and everybody behind it shares one address and its limits.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not _trusted(address):
        if "HTTP_X_FORWARDED_FOR" in request.META and _is_address(address) and ipaddress.ip_address(address).is_private:
            beats.beat(UNDECLARED, peer=address)
        return address
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        hop = hop.strip()
        if not _is_address(hop):
            break
        address = hop
        if not _trusted(hop):
            break
    return address


def undeclared() -> str | None:
    """The newest peer of ours that forwarded for others without being declared, within a day; None: there was none, or it is now."""
    age, last = beats.age_seconds(UNDECLARED), beats.last(UNDECLARED)
    if last is None or age is None or age > REMEMBERED_SECONDS:
        return None
    peer = str(last.get("peer"))
    return None if _trusted(peer) else peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _trusted(address: str) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in settings.TRUSTED_PROXIES)
