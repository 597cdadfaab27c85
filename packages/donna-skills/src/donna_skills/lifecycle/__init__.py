"""How a skill earns its trust, and loses it."""
