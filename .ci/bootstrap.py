"""Build .venv from requirements.lock and the workspace's members, or see that it is already built.

Needs Python and the package index, nothing else: uv comes from the lock too.
The caches of pip and uv stay inside the checkout.
An interrupted run leaves no stamp, and without a stamp the next run starts afresh.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
ENVIRONMENT = ROOT / ".venv"
INTERPRETER = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "bootstrap.stamp"
LOCK = ROOT / "requirements.lock"


def main() -> int:
    """Bring .venv up to date and return the exit status."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bootstrap.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two terminals may start at once
        wanted = fingerprint()
        if INTERPRETER.exists() and STAMP.exists() and STAMP.read_text() == wanted:
            return 0
        print("bootstrap: building .venv from requirements.lock", flush=True)
        try:
            build(wanted)
        except subprocess.CalledProcessError as error:
            print(
                f"bootstrap: {' '.join(map(str, error.cmd[:5]))} … failed, its message is above.\n"
                "  When the package index is out of reach: connect, or name a mirror in both\n"
                "  PIP_INDEX_URL and UV_DEFAULT_INDEX. Then run the same command again.",
                file=sys.stderr,
            )
            return 1
    return 0


def fingerprint() -> str:
    """Return what the environment depends on: this Python, this place, the lock, the manifests."""
    facts = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for path in [Path(__file__), LOCK, *manifests()]:
        facts.update(path.read_bytes())
    return f"{sys.version_info.major}.{sys.version_info.minor} {facts.hexdigest()}\n"


def manifests() -> list[Path]:
    """Return the pyproject files of the workspace, the root's first."""
    root = ROOT / "pyproject.toml"
    return [root, *(ROOT / member / "pyproject.toml" for member in members(root))]


def members(root: Path) -> list[str]:
    """Return the members' folders, relative to the root."""
    listed: list[str] = tomllib.loads(root.read_text())["tool"]["uv"]["workspace"]["members"]
    return listed


def build(wanted: str) -> None:
    """Build the environment and stamp it; raises CalledProcessError where a step fails."""
    version = wanted.split(maxsplit=1)[0]
    usable = INTERPRETER.exists() and STAMP.exists() and STAMP.read_text().startswith(version)
    STAMP.unlink(missing_ok=True)
    if not usable:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    install_uv()
    uv("sync", "--require-hashes", LOCK.name)
    editable = [part for member in members(ROOT / "pyproject.toml") for part in ("-e", member)]
    uv("install", "--no-deps", "--no-build-isolation", *editable)
    STAMP.write_text(wanted)


def install_uv() -> None:
    """Install the uv of the lock with pip, its hashes checked."""
    block = re.search(r"^uv==.*(?:\n    --hash.*)+", LOCK.read_text(), re.MULTILINE)
    if block is None:
        sys.exit(f"bootstrap: {LOCK.name} pins no uv; restore the file from version control")
    requirement = CACHE / "uv.lock.txt"
    requirement.write_text(block.group() + "\n")
    run("-m", "pip", "install", "-qq", "--no-deps", "--require-hashes", "-r", str(requirement))


def uv(*arguments: str) -> None:
    """Run uv's pip interface on the environment."""
    command, *rest = arguments
    run("-m", "uv", "pip", command, "-q", "--python", str(INTERPRETER), *rest)


def run(*arguments: str) -> None:
    """Run the environment's Python at the root with every cache inside the checkout."""
    settings = {
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_USER": "0",
        "UV_CACHE_DIR": str(CACHE / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    subprocess.run([INTERPRETER, *arguments], cwd=ROOT, env=os.environ | settings, check=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("bootstrap: interrupted; the next run starts afresh")
