"""The relevance set: listings of a mountain town, queries people type, and the rules that judge the answers."""
