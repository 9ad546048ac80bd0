"""Which network addresses the hub may call on somebody else's word: public ones only (CWE-918)."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_CARRIES_IPV4: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_SPECIAL_IPV4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers' customers
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local: clouds answer here with their machines' credentials
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation, as two more below
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",  # once the relays of 6to4
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",
        ),
    )
)
"""IANA's IPv4 special-purpose registry, multicast and what is reserved: written out, since Python's own list moves."""
_SPECIAL_IPV6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocols: Teredo, benchmarks, ORCHID, AMT and others
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",
            "3fff::/20",  # documentation
        ),
    )
)
"""What IANA's IPv6 special-purpose registry holds of 2000::/3; what lies outside of that is no global unicast,
also what carries an IPv4 address: mapped, compatible, NAT64."""


def is_public(address: str) -> bool:
    """Say whether an address (as text, no name) is one on the public internet; anything unclear is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _SPECIAL_IPV4)
    return (
        found.scope_id is None and found in _GLOBAL_UNICAST and not any(found in network for network in _SPECIAL_IPV6)
    )


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
