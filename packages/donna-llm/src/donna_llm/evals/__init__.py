"""Which model is good enough for what: fixtures, tiers with gates, sessions that are compared."""
