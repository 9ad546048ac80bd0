"""Which network addresses the hub may call on somebody else's word: public ones only (CWE-918)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

_CARRIES_IPV4: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))


def is_public(address: str) -> bool:
    """Say whether an address (as text, no name) is one on the public internet; anything unclear is not."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in (found, *_inside(found)))


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine's own."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return all(one.is_loopback for one in (*_inside(found),)) if _inside(found) else found.is_loopback


def _inside(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return ()
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _CARRIES_IPV4):
        carried.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(one for one in carried if one is not None)
