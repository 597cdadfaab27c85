"""Configuration is checked to the line, and every key of it is used."""

from pathlib import Path

import pytest

from donna_core.domain.errors import ConfigError
from donna_core.domain.tasks.machine import InvalidTable
from donna_core.local.household import policy_from
from donna_core.local.settings import Settings, load_settings
from donna_core.testing.witness import declared, watched
from donna_core.testing.world import BERLIN

READ_BY_COMPOSITION = {
    "calendar.timezone",
    "calendar.calendars",
    "calendar.poll_minutes",
    "calendar.known_organizers",
    "calendar.planning.solver",
    *(f"calendar.calendars.{key}" for key in ("calendar_id", "access")),
    *("skills", "skills.runs", "skills.web", "skills.web.opened"),
    *(f"skills.runs.{key}" for key in ("step_seconds", "run_seconds", "cost_usd")),
    *("capabilities", "capabilities.capabilities"),
    *(f"capabilities.capabilities.{key}" for key in ("description", "trigger", "tools")),
    *("memory", "memory.vault", "memory.embedding", "memory.retrieval", "memory.notes"),
    *(
        f"memory.notes.{name}"
        for name in ("daily_reflection", "commitment_log", "weekly_review", "meeting_note")
    ),
    "memory.notes.person_profile",
    *(f"memory.notes.person_profile.{key}" for key in ("enabled", "day", "hour")),
    *(f"memory.notes.weekly_review.{key}" for key in ("enabled", "day", "hour")),
    *(f"memory.notes.daily_reflection.{key}" for key in ("enabled", "hour")),
    *(f"memory.notes.commitment_log.{key}" for key in ("enabled", "hour")),
    "memory.notes.meeting_note.enabled",
    *(
        f"memory.vault.{key}"
        for key in ("root", "ignore_globs", "local_only_globs", "write_folders")
    ),
    *(f"memory.vault.{key}" for key in ("autonomy", "max_note_bytes")),
    *(f"memory.embedding.{key}" for key in ("provider", "weights")),
    *(f"memory.retrieval.{key}" for key in ("default_k", "max_k", "min_score", "index")),
}
"""What the policy has no use for: calendars, memory, skills, and the zone it is given anyway."""

ABOUT_MODELS = {"donna_models", "task_types", "llm_gateway"}
"""The files whose keys the gateway reads; its own tests look after them."""


def load(folder: Path, text: str, name: str = "calendar.yaml") -> Settings:
    """Return the defaults under one file of this text."""
    (folder / name).write_text(text)
    return load_settings(folder)


def test_the_defaults_stand_alone() -> None:
    """Without a folder, and with an empty one, Donna knows what to do."""
    assert policy_from(load_settings(), zone=BERLIN).zone is BERLIN


def test_maps_are_merged_and_lists_replaced(tmp_path: Path) -> None:
    """An owner's file says only what differs."""
    settings = load(tmp_path, "scheduling: {lead_minutes: 5}\ntime_windows: {work: {days: [1]}}\n")

    assert settings.calendar.scheduling.lead_minutes == 5
    assert settings.calendar.scheduling.slot_step_minutes == 15
    work = settings.calendar.time_windows["work"]
    assert (work.days, work.start_hour) == ((1,), 8)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("# mine\nzones: 1\n", 2, "'zones' is not known"),
        ("scheduling:\n  slot_stepp: 5\n", 2, "'scheduling.slot_stepp' is not known"),
        ("day_first: true\n\nday_first: false\n", 3, "stands twice"),
        ("scheduling:\n  lead_minutes: soon\n", 2, "'scheduling.lead_minutes' is 'soon'"),
        ("scheduling:\n  slot_step_minutes: 0\n", 2, "slot_step_minutes"),
        ("scheduling: 5\n", 1, "'scheduling' is 5"),
        ("- timezone\n", 1, "valid dictionary"),
        ("timezone: &here UTC\nday_first: *here\n", 2, "alias"),
        ("a: " + "[" * 30 + "]" * 30, 1, "nested too deeply"),
        ("a: " + "[" * 200_000, 1, "nested too deeply"),
        ("scheduling:\n\tlead_minutes: 5\n", 2, "cannot start any token"),
        ("timezone: !!python/object:os.system x\n", 1, "constructor"),
        ("timezone: a\n---\ntimezone: b\n", 2, "another document"),
        ("day_first: true\ntimezone: \x07\n", 2, "does not allow"),
        ("\ntimezone: 2026-13-45\n", 2, "month must be"),
        ("time_windows:\n  work:\n    domains: [wrok]\n", 3, "wrok"),
        ("time_windows:\n  work:\n    days: [7]\n", 3, "days"),
    ],
)
def test_a_mistake_is_found_at_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """Whatever is wrong, the message says where and what."""
    with pytest.raises(ConfigError) as found:
        load(tmp_path, text)

    assert found.value.where == f"{tmp_path / 'calendar.yaml'}:{line}"
    assert problem in str(found.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("on: 1\n", "reads the key 'on' as True"),
        ("timezone: no\n", "'timezone' is False"),
        ("scheduling: {lead_minutes: yes}\n", "'scheduling.lead_minutes' is True"),
        ("day_first: 1\n", "'day_first' is 1"),
        ("time_windows: {work: {start_hour: 08:30}}\n", "start_hour"),
        ("time_windows: {work: {domains: [off]}}\n", "is False"),
        ("~: 1\n", "as None"),
    ],
)
def test_what_yaml_reads_otherwise_is_pointed_out(tmp_path: Path, text: str, problem: str) -> None:
    """Bare words that YAML 1.1 takes for booleans and numbers never pass for something else."""
    with pytest.raises(ConfigError) as found:
        load(tmp_path, text)

    assert found.value.where.endswith(":1")
    assert problem in str(found.value)


def test_a_file_nobody_reads_is_an_error(tmp_path: Path) -> None:
    """A slip in a file's name does not pass for silence."""
    with pytest.raises(ConfigError, match=r"calender\.yaml"):
        load(tmp_path, "timezone: UTC\n", name="calender.yaml")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Named and missing is not the same as not named."""
    with pytest.raises(ConfigError, match="does not exist"):
        load_settings(tmp_path / "missing")


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    """With the line they stand in."""
    (tmp_path / "sms.yaml").write_bytes(b"# one\nrate_limit: \xff\n")
    with pytest.raises(ConfigError) as found:
        load_settings(tmp_path)
    assert found.value.where == f"{tmp_path / 'sms.yaml'}:2"


@pytest.mark.parametrize("text", ["- word\n", "5\n", "wrods: [a]\n"])
def test_the_lexicon_is_checked_as_well(tmp_path: Path, text: str) -> None:
    """Its shape is that of the default."""
    with pytest.raises(ConfigError) as found:
        load(tmp_path, text, name="lexicon.yaml")
    assert found.value.where == f"{tmp_path / 'lexicon.yaml'}:1"


def test_few_lines_cannot_fill_the_memory(tmp_path: Path) -> None:
    """Aliases of aliases are refused before they unfold."""
    rows = [
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)
    ]
    with pytest.raises(ConfigError, match="alias"):
        load(tmp_path, "\n".join(["a: &a [1]", *rows]))


def test_a_state_that_is_left_out_is_missed(tmp_path: Path) -> None:
    """The table of states is a whole."""
    settings = load(tmp_path, "states: [backlog, done]\n", name="task_states.yaml")
    with pytest.raises(InvalidTable, match="scheduled"):
        policy_from(settings, zone=BERLIN)


def test_every_key_is_read_by_somebody() -> None:
    """No knob turns nothing: the policy or the composition uses each of them."""
    read: set[str] = set()
    policy_from(watched(load_settings(), "", read), zone=BERLIN)

    own = {key for key in declared(Settings) if key.partition(".")[0] not in ABOUT_MODELS}
    assert own - read == READ_BY_COMPOSITION - read
    assert not READ_BY_COMPOSITION & read


def test_composition_reads_the_rest() -> None:
    """What the policy leaves is named where the adapters are put together."""
    folder = Path(__file__).resolve().parents[3] / "packages/donna-adapters/src/donna_adapters"
    source = "\n".join(path.read_text() for path in (folder / "compose").glob("*.py"))
    for key in READ_BY_COMPOSITION:
        assert f".{key.rpartition('.')[2]}" in source
