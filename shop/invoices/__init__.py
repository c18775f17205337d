"""Invoices (fapiao): who wants which from whom, what the tax office's system issued, and what was red-lettered.

The house never issues an invoice: staff do in the tax office's system, and what they did is recorded here.
"""
