"""text: what several stages know about characters, lines and spans. Strings in, facts out; no Arrow, no files."""
