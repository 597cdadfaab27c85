"""One module per vendor; each imports its vendor's library when the first provider is made."""
