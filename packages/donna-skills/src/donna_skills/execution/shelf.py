"""The skills there are: read from a folder, taken in, found again in the version that counts."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from donna_core.domain.errors import NotFound, Refused
from donna_core.domain.skill.capability import Capability, Trigger
from donna_core.domain.skill.document import Skill
from donna_core.domain.skill.lifecycle import Standing
from donna_core.domain.tools import ToolSpec
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_skills.capabilities.matching import Matcher
from donna_skills.capabilities.registry import Capabilities
from donna_skills.execution.fixtures import Fixture, UnusableFixture, read_fixture
from donna_skills.execution.reading import LARGEST, Written, read_skill, read_stored
from donna_skills.lifecycle.keeping import Lifecycles, SkillNotFound

FIXTURES = "fixtures"
MOST_FIXTURES = 200


class CapabilityUnknown(Refused):
    """Nobody said what a skill for this capability may use."""

    def __init__(self, capability: str, *, tools: Sequence[str]) -> None:
        self.capability, self.tools = capability, tuple(tools)
        wanted = " ".join(f"--grant {tool}" for tool in self.tools)
        super().__init__(
            f"Nobody said what a skill for '{capability}' may use. Grant what it needs: "
            f"donna skills add FOLDER {wanted}"
        )


class CapabilityConfigured(Refused):
    """The configuration says what skills for this capability may use."""

    def __init__(self, capability: str) -> None:
        self.capability = capability
        super().__init__(
            f"What a skill for '{capability}' may use is said in capabilities.yaml. Change it "
            f"there: donna config set capabilities.capabilities.{capability}.tools '[...]'"
        )


class FilesMissing(NotFound):
    """The files of the version that counts are not there."""

    def __init__(self, skill: str, version: str) -> None:
        self.skill, self.version = skill, version
        super().__init__(
            f"The files of '{skill}' in version {version[:12]} are not kept. "
            f"`donna skills add FOLDER` takes them in."
        )


@frozen(kw_only=True)
class Shelved:
    """A skill as it is on the shelf: its name, its files, its fixtures, what it may use.

    ``texts`` are the fixtures as they are written, by name. ``standing`` is ``None`` for a skill
    in a folder that nobody took in.
    """

    name: str
    written: Written
    texts: Mapping[str, str]
    fixtures: tuple[Fixture, ...]
    capability: Capability | None
    standing: Standing | None = None

    @property
    def skill(self) -> Skill:
        """The skill itself."""
        return self.written.skill

    @property
    def grant(self) -> frozenset[str]:
        """The tools its capability allows; none where nobody said."""
        return frozenset() if self.capability is None else self.capability.tools

    @property
    def description(self) -> str:
        """What it does, in its own words or in those of its capability."""
        known = "" if self.capability is None else self.capability.description
        return self.skill.description or known


@frozen(kw_only=True)
class SkillShelf:
    """The skills of one user. ``configured`` are the capabilities of the configuration, by name.

    They go before those that were granted with a skill.
    """

    unit_of_work: UnitOfWork
    lifecycles: Lifecycles
    specs: Mapping[str, ToolSpec]
    configured: Mapping[str, Capability]

    async def capabilities(self) -> dict[str, Capability]:
        """Return what can be asked for, by name."""
        kept = await self.unit_of_work.run(lambda stores: stores.skills.capabilities())
        return {**{each.name: each for each in kept}, **self.configured}

    async def grant(self, folder: Path, tools: Iterable[str], *, matcher: Matcher) -> Capability:
        """Let a skill in a folder use these tools, as a capability of its own, and return that.

        One that is much like another waits for a look. Raise ``UnusableSkill``, and
        ``CapabilityConfigured`` where the configuration says what its skills may use.
        """
        skill = read_skill(folder, specs=self.specs, granted=frozenset(tools)).skill
        if skill.capability in self.configured:
            raise CapabilityConfigured(skill.capability)
        known = Capabilities(matcher)
        for each in (await self.capabilities()).values():
            if each.name != skill.capability:
                known.add(each)
        capability = known.add(
            Capability(
                name=skill.capability,
                description=skill.description,
                trigger=Trigger.ON_MANUAL,
                tools=frozenset(tools),
            )
        )
        await self.unit_of_work.run(lambda stores: stores.skills.put_capability(capability))
        return capability

    async def read(self, folder: Path) -> Shelved:
        """Return the skill in a folder, checked whole.

        Raise ``UnusableSkill``, ``UnusableFixture`` or ``CapabilityUnknown``.
        """
        written, capabilities = read_skill(folder, specs=self.specs), await self.capabilities()
        known = capabilities.get(written.skill.capability)
        if known is not None and not written.skill.tools <= known.tools:
            written = read_skill(folder, specs=self.specs, granted=known.tools)
        texts = _texts_in(folder)
        return self._shelved(_name_of(folder), written, capabilities, texts=texts)

    async def add(self, read: Shelved) -> Standing:
        """Take in what was read from a folder, as a draft or as the next version of its skill."""
        name, skill = read.name, read.written.skill

        def keep(stores: Stores) -> None:
            stores.skills.put(name, skill.version, read.written.files)
            for each, text in read.texts.items():
                stores.skills.put_fixture(name, each, text)

        await self.unit_of_work.run(keep)
        return await self.lifecycles.adopt(name, capability=skill.capability, version=skill.version)

    async def get(self, name: str) -> Shelved:
        """Return the skill of this name in the version that counts.

        Raise ``SkillNotFound``, ``FilesMissing``, and ``UnusableSkill`` where it can be used no
        more, such as for a tool that is gone.
        """

        def read(stores: Stores) -> tuple[Standing, Mapping[str, str] | None, Mapping[str, str]]:
            standing = stores.lifecycles.get(name)
            if standing is None:
                known = [each.skill for each in stores.lifecycles.all()]
                raise SkillNotFound(name, known=known)
            files = stores.skills.files(name, standing.version)
            return standing, files, stores.skills.fixtures(name)

        standing, files, fixtures = await self.unit_of_work.run(read)
        if files is None:
            raise FilesMissing(name, standing.version)
        written = read_stored(name, files, specs=self.specs)
        capabilities = await self.capabilities()
        return self._shelved(name, written, capabilities, texts=fixtures, standing=standing)

    async def schemas(self) -> dict[str, Mapping[str, Any]]:
        """Return the JSON Schema of the inputs of each capability that has a skill."""
        standings = await self.unit_of_work.run(lambda stores: stores.lifecycles.all())
        found = [await self.get(each.skill) for each in standings]
        return {each.skill.capability: each.skill.input_schema for each in found}

    def _shelved(
        self,
        name: str,
        written: Written,
        capabilities: Mapping[str, Capability],
        *,
        texts: Mapping[str, str],
        standing: Standing | None = None,
    ) -> Shelved:
        skill = written.skill
        known = capabilities.get(skill.capability)
        if known is None and skill.tools:
            raise CapabilityUnknown(skill.capability, tools=sorted(skill.tools))
        return Shelved(
            name=name,
            written=written,
            texts=texts,
            fixtures=tuple(
                read_fixture(text, where=f"{FIXTURES}/{each}.json") for each, text in texts.items()
            ),
            capability=known,
            standing=standing,
        )


def _name_of(folder: Path) -> str:
    return folder.resolve().name


def _texts_in(folder: Path) -> dict[str, str]:
    """Return the texts of the fixtures in the folder, by the names of their files."""
    root = folder.resolve()
    found: dict[str, str] = {}
    for path in sorted((root / FIXTURES).glob("*.json"))[:MOST_FIXTURES]:
        where = f"{FIXTURES}/{path.name}"
        if not path.resolve().is_relative_to(root):
            raise UnusableFixture(where, problem="it lies outside the skill's folder")
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise UnusableFixture(where, problem=f"it is larger than {LARGEST} bytes")
        try:
            found[path.stem] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UnusableFixture(where, problem="it is not UTF-8") from error
    return found
