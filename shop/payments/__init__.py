"""Payments, refunds, gateways, provider events."""
