"""decode: bytes to text, with the evidence for each stretch of bytes and the way back (law B). See stage.py."""
