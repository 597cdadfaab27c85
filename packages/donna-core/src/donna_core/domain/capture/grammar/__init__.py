"""The English time grammar: typed rules, one file for each kind of time."""
