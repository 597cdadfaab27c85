"""One contract class per port; every implementation runs it unchanged."""
