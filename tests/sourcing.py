"""What a source may be."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"https?://[^/]*[a-z]\.?(/|$)", re.IGNORECASE)  # a site with a name, not a bare number
PUBLICATION = re.compile(r"[^,:]{3,}, (\d{1,2} )?([A-Z][a-z]+ )?(19|20)\d\d: .{10,}")
COPY = re.compile(r"https?://[^/]*\b(cloudfront\.net|news-pravda\.com)(/|$)")  # a copy of another's page: name that one


def opens(source: str) -> bool:
    """Whether a source is the address of a site, or a named publication with its date and what it tells."""
    return bool((ADDRESS.match(source) and not COPY.match(source)) or PUBLICATION.fullmatch(source))
