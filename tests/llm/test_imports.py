"""Nobody pays for a vendor's library who does not ask its models."""

import subprocess
import sys

VENDORS = ("anthropic", "httpx", "httpx2", "ollama")
PROGRAM = """
import sys
import donna_llm
import donna_llm.gateway
import donna_llm.providers.anthropic
import donna_llm.providers.ollama
print([name for name in {vendors!r} if name in sys.modules])
"""


def test_no_vendor_is_imported_before_it_is_asked() -> None:
    """The package, the gateway and the providers' modules leave the libraries alone."""
    program = PROGRAM.format(vendors=VENDORS)
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "[]"
