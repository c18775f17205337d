"""Money by way of Stripe: orders and refunds, its events, its book beside ours."""
