"""Topics of the outbox posted by notifications."""

SMS = "sms.wanted"
"""Facts: {"template", "phone", "values"}: one short message; never a secret code; and "language" where it is
not the town's own."""

MAIL = "mail.wanted"
"""Facts: {"template", "email", "values"}: one mail; never a secret code; and "language" where it is
not the town's own."""
