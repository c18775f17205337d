"""The faces of the search: the page, the answers for programs, and the words that staff keep."""
