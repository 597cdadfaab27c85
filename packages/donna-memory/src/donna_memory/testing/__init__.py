"""The kit that proves an embedder, an index or a store of your own."""
