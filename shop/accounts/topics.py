"""Topics of the outbox posted by accounts."""

RESET_CODE = "reset_code.wanted"
ENTRY_CODE = "entry_code.wanted"
HELPER_CODE = "helper_code.wanted"
"""Facts of all: {"phone"}, and {"language"} of the first two.
The code is made when it is sent (`services.make_code`), so the outbox never holds one."""
