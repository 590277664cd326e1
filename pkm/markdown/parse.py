"""What a note's text means: the door to the readers of this floor.

`scan` is what the index needs of every note; `spans` and `layers` what a person sees when distilling;
`plain`, `words` and `sentence_at` are the text without its marks. None of them raises or opens anything.
"""

from __future__ import annotations

from pkm.markdown.scan import Scan, front_links, scan
from pkm.markdown.text import byte_offsets, decode

__all__ = ["Scan", "byte_offsets", "decode", "front_links", "scan"]
