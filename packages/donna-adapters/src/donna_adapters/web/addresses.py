"""Which IP addresses belong to the public internet."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

NOT_PUBLIC_V4 = tuple(
    ip_network(block) for block in ("192.88.99.0/24", "192.0.0.0/24", "240.0.0.0/4")
)
GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Tell whether the address (as a resolver writes it) is one anybody may reach.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is as public as that; what
    carries one in any other way (compatible, Teredo, local NAT64) or names an interface is
    not public.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    if address.scope_id is not None:
        return False
    carried = _carried(address)
    if carried is not None:
        return _is_public_v4(carried)
    return address in GLOBAL_UNICAST and address.is_global and address.teredo is None


def _is_public_v4(address: IPv4Address) -> bool:
    unusual = address.is_multicast or any(address in block for block in NOT_PUBLIC_V4)
    return address.is_global and not unusual


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
