"""Every source of identifiers keeps the contract of the port."""

from donna_core.local.ids import UuidSource
from donna_core.testing.contracts.ids import IdSourceContract
from donna_core.testing.fake_ids import SequentialIds


class TestSequentialIds(IdSourceContract):
    def ids(self) -> SequentialIds:
        return SequentialIds()


class TestUuidSource(IdSourceContract):
    def ids(self) -> UuidSource:
        return UuidSource()
