"""`donna skills`: from a folder through its fixtures to runs that are on record."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from donna_cli.schema_page import PRINTED_BY

pytestmark = pytest.mark.slow
Donna = Callable[..., Any]
RUN = "donna skills run, donna skills show, donna skills approve, donna skills wrong"

SKILL = """\
capability_name: fetch_and_summarize
description: Reads a page and says how long it is.
inputs:
  schema:
    type: object
    properties: {url: {type: string}, depth: {type: integer}}
    required: [url]
steps:
  - name: get
    kind: tool
    tools: [web_fetch]
    tool_invocations:
      - tool: web_fetch
        args: {url: "{{ inputs.url }}"}
        store_as: page
final_output: "{{ {'status': state.get.page.status_code, 'words': state.get.page.body} }}"
"""


class Page(BaseHTTPRequestHandler):
    """Answers every question with the same words."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Tea is hot.")

    def log_message(self, *_: Any) -> None:
        """Say nothing of it."""


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """Yield the address of a page on this machine that the owner opened to tools."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "skills.yaml").write_text(f"web: {{opened: ['{host}']}}\n")
    yield f"http://{host}/page"
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a skill."""
    folder = tmp_path / "length_of_page"
    folder.mkdir()
    (folder / "skill.yaml").write_text(SKILL)
    return folder


def test_a_skill_goes_from_its_folder_to_its_first_runs(
    donna: Donna, folder: Path, address: str
) -> None:
    """Checked, tried, captured, proved, taken in, promoted, run and shown."""
    checked = donna("skills", "check", str(folder / "skill.yaml"), "--json")
    PRINTED_BY["donna skills check"].model_validate(checked.json)
    assert checked.json["tools"] == ["web_fetch"]

    tried = donna("skills", "run", str(folder), "-i", f"url={address}", "-i", "depth=2", "--json")
    PRINTED_BY[RUN].model_validate(tried.json)
    run = tried.json["run"]
    assert (tried.code, run["state"], run["status"]) == (0, None, "succeeded")
    assert run["inputs"] == {"url": address, "depth": 2}
    assert run["output"] == {"status": 200, "words": "Tea is hot."}
    assert run["labels"] == ["untrusted"]

    proved = donna("skills", "fixtures", str(folder), "--capture", run["run_id"], "--json")
    PRINTED_BY["donna skills fixtures"].model_validate(proved.json)
    assert [case["passed"] for case in proved.json["cases"]] == [True]
    assert (folder / "fixtures" / f"run-{run['run_id']}.json").exists()

    added = donna("skills", "add", str(folder), "--json")
    PRINTED_BY["donna skills add"].model_validate(added.json)
    assert (added.json["skill"]["state"], len(added.json["cases"])) == ("draft", 1)

    assert donna("skills", "promote", "length_of_page").code == 0
    page = donna("skills", "run", "length_of_page", "--input", f"url={address}")
    assert "Tea is hot." in page.out
    assert "sandbox" in page.out
    listed = donna("skills", "runs", "length_of_page", "--json")
    PRINTED_BY["donna skills runs"].model_validate(listed.json)
    latest, first = listed.json["runs"]
    assert (latest["state"], first["run_id"]) == ("sandbox", run["run_id"])
    assert "succeeded" in donna("skills", "runs").out
    shown = donna("skills", "show", latest["run_id"])
    assert "Tea is hot." in shown.out
    again = donna("skills", "fixtures", "length_of_page", "--capture", latest["run_id"])
    assert "2 of 2 fixtures passed" in again.out


def test_a_run_that_fails_says_why_and_where_to_look(donna: Donna, folder: Path) -> None:
    """It is on record all the same, and the exit code tells."""
    failed = donna("skills", "run", str(folder), "-i", "url=http://127.0.0.1:81/")

    assert failed.code == 4
    assert "AddressRefused" in failed.err
    assert "escalated" in donna("skills", "runs").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "'url' is a required property. Its inputs: depth, url"),
        (["-i", "url"], "'url' is not NAME=VALUE"),
        (["-i", "url=x", "-i", "depth=deep"], "depth: 'deep' is not of type 'integer'"),
        (["--inputs", "nowhere.json"], "nowhere.json cannot be read as JSON"),
        (["--inputs", "list.json"], "list.json holds no JSON object"),
        (["--resume", "nothing"], "There is no run 'nothing'"),
    ],
)
def test_inputs_that_do_not_fit_run_nothing(
    donna: Donna,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    """What is wrong with them is said with what is declared."""
    monkeypatch.chdir(folder)
    Path("list.json").write_text(json.dumps([1]))

    refused = donna("skills", "run", str(folder), *arguments)

    assert refused.code in (1, 3)
    assert said in refused.err
    assert donna("skills", "runs", "--json").json == {"runs": []}


def test_what_is_wrong_with_a_skill_is_said_with_its_line(donna: Donna, folder: Path) -> None:
    """Nothing is taken in; a capability that grants nothing says what to grant."""
    for old, new, said in (
        ("web_fetch]", "shell]", "skill.yaml:11: there is no tool 'shell'"),
        ("inputs.url }}", "inputs.uri }}", "skill.yaml:14: the input 'uri' is not declared"),
        ("fetch_and_summarize", "new_thing", "--grant web_fetch"),
    ):
        (folder / "skill.yaml").write_text(SKILL.replace(old, new))
        refused = donna("skills", "add", str(folder))
        assert refused.code == 1
        assert said in refused.err
    assert donna("skills", "list", "--json").json == {"skills": []}
    assert "There is no skill 'nobody'" in donna("skills", "run", "nobody").err
    assert "There is no folder" in donna("skills", "check", str(folder / "no")).err
    assert "Shipped: classify_priority" in donna("skills", "add", "nobody").err


def test_a_message_is_matched_with_what_can_be_asked_for(donna: Donna, folder: Path) -> None:
    """The inputs are those of its skill, and what it does not say is named."""
    donna("skills", "add", str(folder))

    found = donna("skills", "match", "fetch and summarize https://example.org/x", "--json")

    PRINTED_BY["donna skills match"].model_validate(found.json)
    assert found.json["matches"][0]["capability"] == "fetch_and_summarize"
    assert found.json["inputs"]["missing"] == ["url"] or found.json["inputs"]["values"]
    assert "nothing that Donna was taught" in donna("skills", "match", "zzz").out


def test_what_donna_comes_with_is_named_and_taken_in_by_name(donna: Donna) -> None:
    """A shipped skill is checked, proved and taken in without a folder of one's own."""
    assert "news_check" in donna("skills", "list").out
    assert donna("skills", "check", "news_check", "--json").json["tools"] == ["rss_fetch"]
    assert "3 of 3 fixtures passed" in donna("skills", "fixtures", "news_check").out

    added = donna("skills", "add", "news_check", "--json").json

    assert added["skill"]["state"] == "draft"
    assert {case["passed"] for case in added["cases"]} == {True}
    assert "news_check" not in donna("skills", "list").out.splitlines()[0]


def test_skills_travel_in_the_open_format(donna: Donna, tmp_path: Path) -> None:
    """Out with everything, in as a question without tools; nothing is written over."""
    out, back = tmp_path / "out", tmp_path / "back"
    exported = donna("skills", "export", "news_check", "--to", str(out), "--json")
    PRINTED_BY["donna skills import, donna skills export"].model_validate(exported.json)
    assert {"SKILL.md", "skill.yaml", "fixtures/a_hit.json"} <= set(exported.json["files"])
    assert donna("skills", "fixtures", str(out)).code == 0

    imported = donna("skills", "import", str(out), "--to", str(back), "--json")
    assert imported.json["files"] == ["skill.yaml", "steps/follow.md"]
    checked = donna("skills", "check", str(back), "--json").json
    assert (checked["capability"], checked["tools"]) == ("news_check", [])

    assert "is not empty" in donna("skills", "import", str(out), "--to", str(back)).err
    assert "cannot be read" in donna("skills", "import", str(back), "--to", str(tmp_path / "x")).err
    assert donna("skills", "list", "--json").json == {"skills": []}


NOTE = """\
capability_name: keep_page
description: Keeps what a page says as a note.
inputs: {schema: {type: object, properties: {url: {type: string}}, required: [url]}}
steps:
  - name: get
    kind: tool
    tools: [web_fetch]
    tool_invocations: [{tool: web_fetch, args: {url: "{{ inputs.url }}"}, store_as: page}]
  - name: keep
    kind: tool
    tools: [vault_write]
    tool_invocations:
      - tool: vault_write
        args: {path: "Inbox/page.md", content: "{{ state.get.page.body }}", message: "keep it"}
        store_as: note
"""


def test_an_effect_waits_for_a_word_and_happens_once_it_is_given(
    donna: Donna, home: Path, tmp_path: Path, address: str
) -> None:
    """A stranger's words reach the vault only when the owner approved exactly them."""
    folder, vault = tmp_path / "keep_page", tmp_path / "vault"
    folder.mkdir()
    vault.mkdir()
    (folder / "skill.yaml").write_text(NOTE)
    config = home / "config"
    (config / "memory.yaml").write_text(f"vault: {{root: '{vault}', write_folders: [Inbox]}}\n")
    (config / "capabilities.yaml").write_text(
        "capabilities: {keep_page: {description: Keeps pages., tools: [web_fetch, vault_write]}}\n"
    )
    donna("skills", "add", str(folder))
    donna("skills", "promote", "keep_page")
    refused = donna("skills", "run", "keep_page", "-i", f"url={address}")
    assert "may not use the tool 'vault_write'" in refused.err
    donna("skills", "promote", "keep_page")

    waiting = donna("skills", "run", "keep_page", "-i", f"url={address}", "--json").json["run"]
    assert (waiting["status"], waiting["waits_for"]["tool"]) == ("waiting", "vault_write")
    assert waiting["waits_for"]["args"]["content"] == "Tea is hot."
    run = waiting["run_id"]
    assert "donna skills approve" in donna("skills", "show", run).out
    asked = donna("skills", "approve", run)
    assert "Tea is hot." in asked.err
    assert list(vault.rglob("*.md")) == []

    done = donna("skills", "approve", run, "--yes", "--json").json
    assert done["run"]["status"] == "succeeded"
    assert [path.name for path in vault.rglob("*.md")] == ["page.md"]
    assert "waits for nobody" in donna("skills", "approve", run, "--yes").err

    said = donna("skills", "wrong", run, "--note", "not that page", "--json")
    PRINTED_BY[RUN].model_validate(said.json)
    assert "not that page" in donna("skills", "show", run).out


def test_what_a_skill_may_use_is_granted_when_it_is_taken_in(donna: Donna, folder: Path) -> None:
    """Exactly that and no more; what the configuration says is said there."""
    text = SKILL.replace("fetch_and_summarize", "new_thing")
    (folder / "skill.yaml").write_text(text)
    short = donna("skills", "add", str(folder), "--grant", "rss_fetch")
    assert "does not grant the tool 'web_fetch'" in short.err
    assert donna("skills", "list", "--json").json == {"skills": []}

    added = donna("skills", "add", str(folder), "--grant", "web_fetch", "--json")

    assert added.json["skill"]["capability"] == "new_thing"
    assert donna("skills", "check", str(folder), "--json").json["tools"] == ["web_fetch"]
    assert "new_thing" in donna("skills", "match", "new thing").out
    (folder / "skill.yaml").write_text(SKILL)
    said = donna("skills", "add", str(folder), "--grant", "web_fetch")
    assert "capabilities.yaml" in said.err


def test_the_doctor_looks_at_skills(donna: Donna, home: Path, folder: Path) -> None:
    """A capability that acts by itself without its tools, and a skill whose tool is gone."""
    donna("skills", "add", str(folder))

    def found() -> dict[str, Any]:
        checks = donna("doctor", "--json").json["checks"]
        return next(each for each in checks if each["name"] == "skills")

    assert (found()["ok"], found()["found"]) == (True, "1 taken in, 0 trusted to act")
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "capabilities.yaml").write_text(
        "capabilities: {odd: {description: Odd things., tools: [shell]}}\n"
    )
    assert not found()["ok"]
    assert "odd needs shell" in found()["found"]
