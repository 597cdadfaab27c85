"""What a provider counted for one call."""

from attrs import frozen


@frozen(kw_only=True)
class Usage:
    """Tokens as the vendor's reply states them, each kind counted once.

    ``tokens_in`` are the input tokens that were neither read from the vendor's prompt cache
    (``cache_read_tokens``) nor written to it (``cache_write_tokens``).
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
