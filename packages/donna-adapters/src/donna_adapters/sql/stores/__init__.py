"""One store per file; each works on the connection of the decision it is made for."""
