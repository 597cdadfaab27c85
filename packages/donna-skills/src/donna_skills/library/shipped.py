"""Which skills Donna comes with, and where their folders are."""

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent


def shipped() -> Mapping[str, Path]:
    """Return the folder of each skill that Donna comes with, by name."""
    return {path.parent.name: path.parent for path in sorted(FOLDER.glob("*/skill.yaml"))}
