"""Everything that is said: the catalogue of words, and the sentences made from it. No pygame, no HTML."""
