"""Skills: what Donna can be taught, and what it has to prove before it acts."""
