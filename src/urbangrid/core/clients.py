"""Where a request comes from: the address of the connection, or what a front server that we trust says."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address. ``X-Forwarded-For`` counts only from ``settings.TRUSTED_PROXIES``, read from the right: what a stranger
    wrote into it stands at the left and is never believed."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not _trusted(address):
        return address
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        hop = hop.strip()
        if not _is_address(hop):
            break
        address = hop
        if not _trusted(hop):
            break
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _trusted(address: str) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in settings.TRUSTED_PROXIES)
