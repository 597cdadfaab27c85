"""Why the vault refuses something; nothing was changed then."""

from enum import StrEnum

from donna_core.domain.errors import Degraded, Refused


class Reason(StrEnum):
    """What stood in the way."""

    MISSING = "missing"
    PATH_ESCAPE = "path_escape"
    NOT_MARKDOWN = "not_markdown"
    OUTSIDE_ALLOWLIST = "outside_allowlist"
    TOO_LARGE = "too_large"
    CONFLICT = "conflict"
    SENSITIVE = "sensitive"
    COLLISION = "collision"
    UNREADABLE = "unreadable"


_WORDS = {
    Reason.MISSING: "there is no such note",
    Reason.PATH_ESCAPE: "the path leaves the vault or goes through a link",
    Reason.NOT_MARKDOWN: "only .md files are notes",
    Reason.OUTSIDE_ALLOWLIST: "Donna writes in the folders of memory.vault.write_folders only",
    Reason.TOO_LARGE: "the note is larger than memory.vault.max_note_bytes allows",
    Reason.CONFLICT: "it was changed in the meantime; read it again and repeat",
    Reason.SENSITIVE: "the note is marked as its owner's alone",
    Reason.COLLISION: "a note of the same name, but for case or accents, is there already",
    Reason.UNREADABLE: "it is no text in UTF-8, or its front matter is no YAML mapping",
}


class VaultRefused(Refused):
    """A note was not read or written; ``reason`` says why, ``detail`` what was found."""

    def __init__(self, path: str, reason: Reason, *, detail: str = "") -> None:
        self.path, self.reason, self.detail = path, reason, detail
        more = f" ({detail})" if detail else ""
        super().__init__(f"Note '{path}' was left alone: {_WORDS[reason]}{more}.")


class VaultUnavailable(Degraded):
    """The folder or its history cannot be used at all."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"The vault cannot be used: {problem}. {remedy}")
