"""Other ways of finding copies, over the same corpus, in the same process, at the same false positives."""
