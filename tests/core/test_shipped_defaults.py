"""The core brings its configuration along, installed from sources or from a wheel."""

from importlib.resources import files
from pathlib import Path

CONFIG = Path(__file__).resolve().parents[2] / "config"


def test_the_package_ships_every_default() -> None:
    """What config holds is found beside the installed code, byte for byte."""
    defaults = files("donna_core") / "defaults"
    texts = {path.relative_to(CONFIG): path for path in CONFIG.rglob("*") if path.is_file()}

    assert texts
    for name, path in texts.items():
        assert (defaults / str(name)).read_bytes() == path.read_bytes()
