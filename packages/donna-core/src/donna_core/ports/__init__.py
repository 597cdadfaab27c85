"""What the world must offer: one protocol per outside thing."""
