"""The files for containers, checked as data: no engine is needed to see what they would do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = sorted(ROOT.glob("docker/*/compose.yaml"))
PINNED = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?$")


def services(path: Path) -> dict[str, Any]:
    """Return the services of a compose file by name."""
    read = yaml.safe_load(path.read_text())
    return dict(read["services"])


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.parent.name)
def test_no_service_can_do_more_than_it_needs(path: Path) -> None:
    """Images of one version, no privileges, an image that stays as it is, ports on this machine."""
    for service in services(path).values():
        assert PINNED.match(service["image"])
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not service.get("privileged")
        assert service["user"].partition(":")[0] not in {"", "0", "root"}
        assert all(str(port).startswith("127.0.0.1:") for port in service["ports"])


def test_the_vault_is_served_to_who_knows_the_password_and_nothing_beside_it() -> None:
    """One folder that has to be there, a password that is hashed and kept apart, no history."""
    read = yaml.safe_load((ROOT / "docker/vault/compose.yaml").read_text())
    webdav = read["services"]["webdav"]

    [mount] = webdav["volumes"]
    assert (mount["target"], mount["bind"]) == ("/vault", {"create_host_path": False})
    assert webdav["command"][:3] == ["serve", "webdav", mount["target"]]
    assert "--htpasswd=/run/secrets/htpasswd" in webdav["command"]
    assert "--exclude=.git/**" in webdav["command"]
    assert read["secrets"] == {"htpasswd": {"file": "./htpasswd"}}
    assert not any("pass" in part and "htpasswd" not in part for part in webdav["command"])


def test_the_front_speaks_tls_and_leads_to_the_vault() -> None:
    """The address has a host and no plain scheme, so Caddy fetches a certificate for it."""
    text = (ROOT / "docker/vault/Caddyfile").read_text()
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    port = services(ROOT / "docker/vault/compose.yaml")["webdav"]["ports"][0].rpartition(":")[0]

    assert re.fullmatch(r"[\w.-]+\.\w+ \{", lines[0])
    assert f"reverse_proxy {port}" in lines
    assert text.count("{") == text.count("}")
    assert "http://" not in text
