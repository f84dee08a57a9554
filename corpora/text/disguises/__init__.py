"""
Disguises undone: other readings of a text, each with the way back to its original offsets.

One pass over the text finds where a disguise may be (:mod:`corpora.kernels.signs`, :mod:`corpora.kernels.letters`);
text without signs is not looked at again.
"""

from corpora.text.disguises.escapes import unfinished
from corpora.text.disguises.readings import views
from corpora.text.disguises.view import View, original

__all__ = ["View", "original", "unfinished", "views"]
