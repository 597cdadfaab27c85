"""Text out of what strangers wrote: on one line each, cut, and fit to be stored."""

_ELLIPSIS = "…"


def one_line(text: str, *, longest: int) -> str:
    """Return the words of the text with single spaces, in at most ``longest`` characters."""
    words = " ".join(storable(text[: longest * 16]).split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}{_ELLIPSIS}"


def storable(text: str) -> str:
    """Return the text without what no database takes: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
