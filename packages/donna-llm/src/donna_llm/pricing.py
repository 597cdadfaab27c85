"""What a call may cost at most, and what it did cost.

The most is an upper bound, not a guess: the tokenizers of all vendors work on bytes, so a token
covers at least one byte of the UTF-8 text, and the output is capped by the request. What the
vendor wraps around a request for structured output is counted with ``WRAPPING``.
"""

from decimal import Decimal

from attrs import frozen

from donna_llm.usage import Usage

WRAPPING = 1024
"""Tokens a vendor adds for tool use; Anthropic documents 313 to 804 by model."""

_THOUSAND = 1000


@frozen(kw_only=True)
class Price:
    """Dollars per token. A model without ``sent`` and ``received`` is not billed.

    ``estimate`` is what a thousand tokens of it are worth, for comparisons.
    """

    sent: Decimal | None = None
    received: Decimal | None = None
    cache_write_factor: Decimal = Decimal("1.25")
    cache_read_factor: Decimal = Decimal("0.1")
    estimate: Decimal = Decimal(0)

    @property
    def is_billed(self) -> bool:
        """Whether somebody asks for money."""
        return self.sent is not None

    def worst_case(self, texts: str, *, max_tokens: int) -> Decimal:
        """Return the most that a call with these texts and this output limit can cost."""
        if self.sent is None or self.received is None:
            return Decimal(0)
        tokens = len(texts.encode("utf-8", "surrogatepass")) + WRAPPING
        return tokens * self.sent * self.cache_write_factor + max_tokens * self.received

    def cost(self, usage: Usage) -> Decimal:
        """Return what the call cost, or what an unbilled one is worth."""
        if self.sent is None or self.received is None:
            counted = usage.tokens_in + usage.cache_read_tokens + usage.cache_write_tokens
            return (counted + usage.tokens_out) * self.estimate / _THOUSAND
        written = usage.cache_write_tokens * self.cache_write_factor
        read = usage.cache_read_tokens * self.cache_read_factor
        return (usage.tokens_in + written + read) * self.sent + usage.tokens_out * self.received


@frozen(kw_only=True)
class EstimationRules:
    """How characters become tokens; ``bounds`` are characters per token."""

    safety_factor: float = 0.9
    alpha: float = 0.2
    bounds: tuple[float, float] = (2.5, 4.5)


class TokenEstimator:
    """Estimates tokens before anybody has counted them, and learns from what was counted.

    Each model has its own divisor, an exponential moving average of characters per token that
    stays within the bounds; the safety factor makes estimates rather too high.
    """

    def __init__(self) -> None:
        self._divisors: dict[str, float] = {}

    def tokens(self, model: str, characters: int, rules: EstimationRules) -> int:
        """Return about how many tokens a text of so many characters is for this model."""
        low, high = rules.bounds
        divisor = self._divisors.get(model, (low + high) / 2) * rules.safety_factor
        return int(characters / divisor) + 1

    def learn(self, model: str, *, characters: int, tokens: int, rules: EstimationRules) -> None:
        """Take in what a vendor counted for a text of so many characters."""
        if tokens <= 0 or characters <= 0:
            return
        low, high = rules.bounds
        seen = min(max(characters / tokens, low), high)
        known = self._divisors.get(model, (low + high) / 2)
        self._divisors[model] = known + rules.alpha * (seen - known)
