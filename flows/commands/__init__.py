"""One module per command of `taojin`. Each has a `run` that takes parsed options, prints, and returns the exit code."""
