"""From texts to vectors, on this machine."""
