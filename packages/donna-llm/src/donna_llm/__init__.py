"""The one way from Donna to a language model."""
