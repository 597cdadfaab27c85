"""What a skill can be asked to do, and which of it a message asks for."""
