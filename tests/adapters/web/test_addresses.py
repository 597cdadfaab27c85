"""What is public and what is not, address by address."""

import pytest

from donna_adapters.web.addresses import is_public

PUBLIC = """
1.1.1.1 8.8.8.8 93.184.215.14 172.15.255.255 172.32.0.1 100.63.255.255 100.128.0.1 192.167.255.255
11.0.0.0 169.253.255.255 2606:4700:4700::1111 2a00:1450:4001:80e::200e ::ffff:8.8.8.8
64:ff9b::8.8.8.8 2002:808:808::1
"""
INNER = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
192.168.0.1 192.168.255.255 169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.255 192.0.0.1
192.0.0.9 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 192.88.99.1 224.0.0.1
224.0.1.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::10.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::8.8.8.8
2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe:: 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:db8::1 2001:10::1 100::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
4000::1 2606:4700::1%1 localhost 2130706433 0x7f.1
"""


def test_the_table_is_not_cut() -> None:
    """Sixty rows at least, so that no corner is lost unnoticed."""
    assert len({*PUBLIC.split(), *INNER.split()}) >= 60


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_may_be_reached(address: str) -> None:
    """The neighbours of private blocks are public."""
    assert is_public(address)


@pytest.mark.parametrize("address", INNER.split())
def test_what_is_not_public_is_known_for_it(address: str) -> None:
    """Private, special, carried and malformed addresses lead to the inside."""
    assert not is_public(address)
