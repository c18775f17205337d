"""Words without business: money, clock, codes, actor, database, transaction edge, outbox, errors."""
