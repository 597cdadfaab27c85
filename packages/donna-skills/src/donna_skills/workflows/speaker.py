"""Who is spoken to, and how that one calls Donna."""

from attrs import frozen

from donna_core.domain.workflow.cells import Protocol


@frozen(kw_only=True)
class Speaker:
    """Who is spoken to: the protocol, and the session where it is not the usual one."""

    protocol: Protocol
    session: str | None = None

    def command(self, words: str) -> str:
        """Return the command line that runs these words."""
        named = f" --session '{self.session}'" if self.session else ""
        return f"donna -p {self.protocol}{named} {words}"
