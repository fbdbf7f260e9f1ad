"""How well a few typed letters fit a text: whole words before parts of words before letters in between."""

from __future__ import annotations

import re


def fit(query: str, text: str) -> float | None:
    """Higher fits better; None when a word of `query` does not occur in `text`, not even letter by letter.

    Of texts that fit alike the shorter one wins; everything fits an empty query.
    """
    text = text.casefold()
    fits = [_fit_word(word, text) for word in query.casefold().split()]
    return None if None in fits else sum(filter(None, fits)) - len(text) / 1000


def _fit_word(word: str, text: str) -> float | None:
    at = text.find(word)
    if at == 0:
        return 4.0
    if re.search(rf"\b{re.escape(word)}", text):
        return 3.0
    if at > 0:
        return 2.0
    spread = re.search(".*?".join(map(re.escape, word)), text)
    return len(word) / len(spread[0]) if spread else None
