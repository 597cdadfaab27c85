"""A vendor whose library is not installed is named with what to install."""

import subprocess
import sys

import pytest

MAKE = """
import sys
sys.modules[{library!r}] = None  # as if it were not installed
from donna_llm.errors import ExtraMissing
from donna_llm.providers.{library} import {provider}
try:
    {provider}("http://127.0.0.1:1")
except ExtraMissing as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("library", "provider"), [("anthropic", "AnthropicProvider"), ("ollama", "OllamaProvider")]
)
def test_a_missing_library_is_told_with_its_extra(library: str, provider: str) -> None:
    """The message is the command."""
    code = MAKE.format(library=library, provider=provider)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert f"pip install 'donna-llm[{library}]'" in told.stdout
