"""The grammar of single links, tags and block ids, which every reader of a text shares."""

from __future__ import annotations

import re

#: After `[[`: anything on one line up to the first `]]`; another `[[` begins anew.
WIKI = r"\[\[(?!\[)([^\[\]\n]*+(?:(?:\](?!\])|\[(?!\[))[^\[\]\n]*+)*+)\]\]"
#: What Obsidian takes as a tag: all but ASCII punctuation, white space and general punctuation; we leave out
#: CJK punctuation too, and keep the joiner that emoji are built with.
NO_TAG = (
    r"\s\x00-\x2c.:-@\[-^`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2000-\u200c\u200e-\u206f\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3e\uff40\uff5b-\uff65\udc80-\udcff"
)
TAG = re.compile(rf"#([^{NO_TAG}]+)")
BLOCK_ID = re.compile(r"\^([A-Za-z0-9-]+)[ \t]*(?=\n|\Z)")
