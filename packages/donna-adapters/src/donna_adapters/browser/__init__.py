"""Pages as a browser of this machine shows them."""
