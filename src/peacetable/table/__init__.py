"""One negotiation: moves, state, the rules of the table, what a party may see, notation, minutes. Pure."""
