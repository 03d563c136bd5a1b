"""The forms in which a secret shows up in texts that were made of it."""

import base64
import json
from urllib.parse import quote, quote_plus

MASK = "******"
MIN_DISGUISED = 4
"""Shorter secrets are hidden as they are: what they turn into would be found in any text."""


def disguises(secret: str) -> set[str]:
    """Return a secret and what escaping, encoding, changing its case or cutting it into lines makes of it."""
    if not secret:
        return set()
    found = {secret}
    if len(secret) < MIN_DISGUISED:
        return found | {base64.b64encode(secret.encode("utf-8", "replace")).decode()}
    raw = secret.encode("utf-8", "replace")
    for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
        found |= {encoded, encoded.rstrip("=")}
    found |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    found |= {
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        quote(secret, errors="replace"),
    }
    found |= {secret.upper(), secret.lower(), secret.strip(), raw.hex()}
    found |= {line.strip() for line in secret.splitlines() if len(line.strip()) >= 2 * MIN_DISGUISED}
    return {form for form in found if len(form) >= MIN_DISGUISED}


def hidden(text: str, forms: set[str]) -> str:
    """Return the text without any of the forms, longest first."""
    for form in sorted(forms, key=len, reverse=True):
        if form in text:
            text = text.replace(form, MASK)
    return text
