"""decode: bytes to text, with the evidence for each stretch of bytes and the way back (law B). See stage.py.

Read: UTF-8, GB2312/GBK/GB18030 as Windows reads them, Big5 and HKSCS, HZ, UTF-16 and UTF-32 with and without a mark, EUC-TW and
ISO-2022-CN (planes 1 and 2 of CNS 11643), the encodings of Japan and Korea, and what charset-normalizer knows. Not told apart:
EUC-TW lines inside a file in another encoding; EUC-TW of three characters or fewer, which reads as GBK.
"""
