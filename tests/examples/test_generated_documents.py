"""The generated documents are what the configuration says of itself.

Write them anew with: .venv/bin/python tests/examples/test_generated_documents.py
"""

import json
from pathlib import Path

from donna_core.local import settings_page, states_page
from donna_core.local.settings import Settings
from donna_skills.execution.reading import json_schema

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONFIGURATION, CONCEPTS = DOCS / "reference" / "config.md", DOCS / "concepts.md"
SKILL_SCHEMA = DOCS / "reference" / "skill.schema.json"


def skill_schema() -> str:
    """Return the JSON Schema of skill.yaml as it is published."""
    return json.dumps(json_schema(), indent=2) + "\n"


def test_the_configuration_reference_is_current() -> None:
    """Every key with its present type, default and meaning."""
    assert CONFIGURATION.read_text() == settings_page.document(), "write it anew, see above"


def test_the_table_of_states_is_current() -> None:
    """The concepts show the transitions of the shipped table."""
    text = CONCEPTS.read_text()

    assert states_page.inserted(text) == text, "write it anew, see above"
    assert "| backlog | scheduled → in progress → done |" in text


def test_the_schema_of_skills_is_current() -> None:
    """Editors hold skill.yaml to what the reader accepts."""
    assert SKILL_SCHEMA.read_text() == skill_schema(), "write it anew, see above"


def test_every_key_says_what_it_means() -> None:
    """No key is left without a word, and each is written down once."""
    keys = [key for name in Settings.model_fields for key in settings_page.keys(name)]
    paths = [(name, k.path) for name in Settings.model_fields for k in settings_page.keys(name)]

    assert [key.path for key in keys if not (key.meaning and key.kind)] == []
    assert len(set(paths)) == len(paths) > 80


if __name__ == "__main__":
    CONFIGURATION.write_text(settings_page.document())
    CONCEPTS.write_text(states_page.inserted(CONCEPTS.read_text()))
    SKILL_SCHEMA.write_text(skill_schema())
