"""The hub calls on somebody else's word what lies on the public internet, and nothing else."""

import pytest

from hub.domain.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.0.1", "192.168.1.1"),
        *("192.0.0.170", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "198.18.0.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
        *(
            "64:ff9b::808:808",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b::c058:6301",
            "64:ff9b:1::1",
            "64:ff9b:1::808:808",
        ),
        *("100::1", "2001::1", "2001:0:7f00:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
        *("2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "5f00::1"),
        *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1"),
        *("localhost", "", "8.8.8.8 ", "0x7f.1", "127.1", "2130706433"),
    ],
)
def test_what_iana_set_aside_or_means_something_private_is_not_called(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "192.88.98.1", "2001:4860:4860::8888", "2a00:1450::1"])
def test_a_public_address_is_called(address: str) -> None:
    assert is_public(address)
