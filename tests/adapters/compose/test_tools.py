"""The tools of a real home: its database, its calendars, its memory and its notes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.settings import Options
from donna_adapters.compose.tools import tools_of
from donna_adapters.compose.vault import marks_of
from donna_core.domain.errors import ConfigError
from donna_core.domain.labels import Label
from donna_core.domain.tools import ToolCall, ToolResult
from donna_core.ports.tools import ToolFailed
from donna_core.usecases.capture import capture
from donna_skills.tools.registry import ToolRegistry

ALWAYS = {
    *("web_fetch", "rss_fetch", "html_extract"),
    *("calendar_read", "task_db_read", "cost_summary", "memory_search"),
}
READING = {"vault_read", "vault_list", "vault_link"}
BROWSER = {"browser_extract_text", "browser_screenshot"}
WRITING = {"vault_write", "vault_undo_last"}

Homes = Callable[[str], AbstractAsyncContextManager[Composed]]


@pytest.fixture
def home(tmp_path: Path) -> Homes:
    """Give the function that opens a home with this ``vault`` section in memory.yaml."""

    @asynccontextmanager
    async def opened(vault: str = "") -> AsyncIterator[Composed]:
        config = tmp_path / "home" / "config"
        config.mkdir(parents=True, exist_ok=True)
        section = f"vault: {{{vault}}}\n" if vault else ""
        (config / "memory.yaml").write_text(f"embedding: {{provider: none}}\n{section}")
        options = Options(output=lambda _: None, data_dir=tmp_path / "home", environment={})
        async with open_runtime(options) as composed:
            yield composed

    return opened


async def value_of(composed: Composed, tool: str, **args: Any) -> ToolResult:
    """Return the result of a call."""
    call = ToolCall(call_id="one", tool=tool, args=args, step="step")
    return await ToolRegistry(tools_of(composed)).call(call, allowed={tool})


@pytest.mark.parametrize(
    ("vault", "names"),
    [
        ("", ALWAYS),
        ("root: notes", ALWAYS | READING),
        ("write_folders: [Inbox]", ALWAYS),
        ("root: notes, write_folders: [Inbox]", ALWAYS | READING | WRITING),
    ],
)
async def test_a_home_offers_what_it_has(home: Homes, vault: str, names: set[str]) -> None:
    """Notes are read where there are any, and written where a folder is named for that."""
    async with home(vault) as composed:
        offered = ToolRegistry(tools_of(composed)).specs()

    found = {spec.name for spec in offered}
    assert found - BROWSER == names
    assert found & BROWSER in (set(), BROWSER)  # as this machine has a browser or not


async def test_tasks_calendars_and_costs_are_read(home: Homes) -> None:
    """A calendar that is yet to be made has no events, and a new home no costs."""
    async with home("") as composed:
        await capture(composed.runtime, "Fix the bilge pump friday 3pm")
        tasks = await value_of(composed, "task_db_read", status="scheduled")
        week = {"time_min": "2026-11-23", "time_max": "2026-12-07"}
        calendar = await value_of(composed, "calendar_read", **week)
        costs = await value_of(composed, "cost_summary", scope="monthly")

    assert [task["number"] for task in tasks.value["tasks"]] == [1]
    assert calendar.value == {"ok": True, "events": []}
    assert costs.value["total_usd"] == 0


async def test_memory_is_opened_by_the_first_question(home: Homes, tmp_path: Path) -> None:
    """A note that its owner keeps local labels what is found; a prefix is one of paths."""
    notes = tmp_path / "home" / "notes"
    (notes / "Boat").mkdir(parents=True)
    (notes / "Boat/Engine.md").write_text("---\ndonna: local-only\n---\nThe impeller is worn.")
    (notes / "House.md").write_text("The impeller of the heating is fine.")
    async with home("root: notes") as composed:
        vault = open_memory(composed).vault
        assert vault is not None
        await vault.sync()
        everything = await value_of(composed, "memory_search", query="impeller")
        house = await value_of(
            composed, "memory_search", query="impeller", filters={"path_prefix": "Ho"}
        )

    paths = {each["source_path"]: each["sensitive"] for each in everything.value["results"]}
    assert paths == {"Boat/Engine.md": True, "House.md": False}
    assert everything.labels == {Label.PRIVATE, Label.LOCAL_ONLY}
    assert [each["source_path"] for each in house.value["results"]] == ["House.md"]
    assert house.labels == {Label.PRIVATE}


async def test_a_note_is_written_read_and_taken_back(home: Homes, tmp_path: Path) -> None:
    """Within the folders that are named, against the time that was read, with one undo."""
    (tmp_path / "home" / "notes").mkdir(parents=True)
    vault = "root: notes, write_folders: [Inbox, Boat], autonomy: medium"
    async with home(vault) as composed:
        path = "Boat/Engine.md"
        await value_of(composed, "vault_write", path=path, content="See [[House]].")
        note = await value_of(composed, "vault_read", path=path)
        links = await value_of(composed, "vault_link", path=path)
        await value_of(
            composed,
            "vault_write",
            path=path,
            content="New.",
            expected_mtime=note.value["mtime"],
        )
        with pytest.raises(ToolFailed, match="changed in the meantime") as stale:
            await value_of(
                composed,
                "vault_write",
                path=path,
                content="Old.",
                expected_mtime=note.value["mtime"],
            )
        with pytest.raises(ToolFailed, match="write_folders"):
            await value_of(composed, "vault_write", path="House.md", content="x")
        with pytest.raises(ToolFailed, match="leaves the vault"):
            await value_of(composed, "vault_read", path="../donna_tasks.db")
        undone = await value_of(composed, "vault_undo_last")
        again = await value_of(composed, "vault_read", path=path)

    assert (note.value["content"], links.value["links"]) == ("See [[House]].", ["House"])
    assert not stale.value.retryable
    assert (undone.value["n"], again.value["content"]) == (1, "See [[House]].")


async def test_low_autonomy_is_the_default(home: Homes, tmp_path: Path) -> None:
    """Until its owner says otherwise, what a skill writes lands in the inbox."""
    (tmp_path / "home" / "notes").mkdir(parents=True)
    async with home("root: notes, write_folders: [Inbox, People]") as composed:
        done = await value_of(composed, "vault_write", path="People/Ana.md", content="Met her.")

    assert done.value["path"] == "Inbox/Ana.md"
    assert (tmp_path / "home/notes/Inbox/Ana.md").read_text() == "Met her."


async def test_a_vault_never_holds_its_own_history(home: Homes) -> None:
    """Notes are synced to other machines; what was taken back must not be."""
    async with home('root: ".", write_folders: [Inbox]') as composed:
        with pytest.raises(ConfigError, match="holds Donna's own data"):
            tools_of(composed)


async def test_a_mark_counts_for_tools_that_are_at_work(home: Homes, tmp_path: Path) -> None:
    """What was made before the mark asks anew: reading labels the note, writing refuses it."""
    notes = tmp_path / "home" / "notes" / "Boat"
    notes.mkdir(parents=True)
    (notes / "Engine.md").write_text("The impeller is worn.")
    vault = "root: notes, write_folders: [Boat], autonomy: medium"
    async with home(vault) as composed:
        tools = ToolRegistry(tools_of(composed))

        async def call(tool: str, **args: Any) -> ToolResult:
            asked = ToolCall(call_id="one", tool=tool, args=args, step="step")
            return await tools.call(asked, allowed={tool})

        await call("vault_write", path="Boat/Engine.md", content="The impeller is new.")
        seen = await call("vault_read", path="Boat/Engine.md")
        await marks_of(composed).mark(["boat/engine.md"])
        shown = await call("vault_read", path="Boat/Engine.md")
        links = await call("vault_link", path="Boat/Engine.md")
        with pytest.raises(ToolFailed, match="its owner's alone"):
            await call("vault_write", path="Boat/Engine.md", content="Read me.")
        undone = await call("vault_undo_last")

    assert seen.labels == {Label.PRIVATE}
    assert shown.labels == links.labels == {Label.PRIVATE, Label.LOCAL_ONLY}
    assert (undone.value["n"], undone.value["left_alone"]) == (0, ["Boat/Engine.md"])
    assert (notes / "Engine.md").read_text() == "The impeller is new."
