"""What providers over HTTP share: named faults and limits on what comes back."""

import inspect
from types import ModuleType

import httpx
import httpx2
import pytest

from donna_llm.errors import ReplyTooLarge, RequestRejected
from donna_llm.providers import wire
from donna_llm.providers.wire import Misfit, exchange, fault, lines_of_last_event

# Raised by a response's raise_for_status and by what no provider uses.
NOT_RAISED = {"HTTPError", "RequestError", "TransportError", "TimeoutException", "NetworkError",
              "ProtocolError", "HTTPStatusError"}  # fmt: skip


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_every_fault_of_the_transport_is_in_the_table(library: ModuleType) -> None:
    """A class that a later version adds is missed here."""
    raised = {
        name
        for name, value in inspect.getmembers(library, inspect.isclass)
        if issubclass(value, library.HTTPError | library.InvalidURL)
    }

    assert raised - NOT_RAISED - set(wire.TRANSPORT) == set()


@pytest.mark.parametrize("name", wire.TRANSPORT)
def test_the_table_of_faults_is_walked(name: str) -> None:
    """Each fault of the library becomes what the table says, also when another one wraps it."""
    kind = getattr(httpx2, name)
    inner = kind("down") if name == "InvalidURL" else kind("down", request=None)
    outer = RuntimeError("Connection error.")
    outer.__cause__ = inner
    with exchange() as under_way:
        named = fault(outer, under_way=under_way, provider="p", model="m")

    assert type(named) is wire.TRANSPORT[name]
    assert "down" in str(named)


def test_what_fails_before_anybody_answered_is_the_requests_fault() -> None:
    """Garbage in comes from us, garbage out from them."""
    with exchange() as under_way:
        named = fault(TypeError("not JSON"), under_way=under_way, provider="p", model="m")

    assert type(named) is RequestRejected


def test_a_misfit_says_its_kind() -> None:
    """The limit on a body has its own error."""
    with exchange() as under_way:
        error = Misfit("too much", kind=ReplyTooLarge)

        assert type(fault(error, under_way=under_way, provider="p", model="m")) is ReplyTooLarge


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_event_of_countless_lines_is_stopped(end: bytes) -> None:
    """Events of a few lines pass, however many there are."""
    assert lines_of_last_event((b"data: x" + end) * 3 + end, before=60) == 0
    assert lines_of_last_event((b"data: x" + end * 2) * 5_000 + b"data: y" + end, before=0) == 1
    with pytest.raises(Misfit):
        lines_of_last_event((b"x" + end) * 10, before=60)
