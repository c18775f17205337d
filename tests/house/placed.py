"""Who may open what at the centre: every staff page and act by name, placed by hand; nothing here is derived."""

MANAGER = {"manager"}
CLERK = MANAGER | {"staff"}
COUNTER = CLERK | {"counter"}
PACKING = CLERK | {"packer"}
MONEY = CLERK | {"finance"}
ASKED = COUNTER | MONEY
FIGURES = MONEY
INSIDE = ASKED | PACKING
DRIVING = MANAGER | {"driver"}

ROLES = ("staff", "counter", "packer", "driver", "finance", "manager")

WHOLE: dict[str, set[str]] = {
    "driver": DRIVING,
    "patterns": CLERK,
    "staff_acting": CLERK,
    "staff_acts": MANAGER,
    "staff_applications": CLERK,
    "staff_articles": CLERK,
    "staff_audit": MANAGER,
    "staff_cards": CLERK,
    "staff_catalog": CLERK,
    "staff_consignments": CLERK,
    "staff_counter": COUNTER,
    "staff_courier": MANAGER,
    "staff_factor": MONEY,
    "staff_imports": CLERK,
    "staff_income": MANAGER,
    "staff_invoices": MONEY,
    "staff_ledger": MONEY,
    "staff_notifications": CLERK,
    "staff_paper_photos": CLERK,
    "staff_papers": CLERK,
    "staff_payments": MONEY,
    "staff_payouts": MANAGER | {"finance"},
    "staff_people": MANAGER,
    "staff_recipients": COUNTER,
    "staff_refunds": MONEY,
    "staff_search": CLERK,
    "staff_shelves": MANAGER,
    "staff_sights": MANAGER,
    "staff_site": MANAGER,
    "staff_town": MANAGER,
    "staff_wishes": MONEY,
}
"""Blueprints whose every page is for the same roles."""

MIXED: dict[str, dict[str, set[str]]] = {
    "staff_reports": {
        "sales_report": FIGURES,
        "season": FIGURES,
        "late": FIGURES,
        "rejects_report": FIGURES,
        "corrections_report": FIGURES,
        "claims_report": FIGURES,
        "searches": FIGURES,
        "rejects_file": FIGURES,
        "orders_file": MANAGER | {"finance"},
    },
    "staff_fulfilment": {
        "today": INSIDE,
        "intake": PACKING,
        "part": PACKING,
        "receive": PACKING,
        "packing": PACKING,
        "packing_order": PACKING,
        "pack": PACKING,
        "open_parcel": PACKING,
        "take_apart": PACKING,
        "household": PACKING,
        "intake_photo": PACKING,
        "look_at_photo": PACKING,
        "take_out": PACKING,
        "handover": PACKING,
        "handover_sheet": PACKING,
        "box_photos": PACKING | COUNTER,
        "box_photo": PACKING | COUNTER,
        "look_at_box": PACKING | COUNTER,
        "hand_overs_done": PACKING,
        "hand_over_done": PACKING,
        "hand_over_sheet": PACKING,
        "hand_over_photo": PACKING,
        "keep_hand_over_photo": PACKING,
        "look_at_hand_over": PACKING,
        "labels": PACKING,
        "lot": PACKING,
        "lot_label": PACKING,
        "lots": PACKING,
        "recall": CLERK,
        "scan": PACKING,
        "taken": PACKING,
        "tell_buyers": CLERK,
        "label": PACKING,
        "choose_label_size": PACKING,
        "slip": PACKING,
        "collection": COUNTER,
        "collection_order": COUNTER,
        "uncollected": COUNTER,
        "runs": CLERK,
        "new_run": CLERK,
        "run": CLERK,
        "run_sheet": CLERK,
        "call_off_run": CLERK,
        "demand": CLERK,
        "demand_sheet": CLERK,
        "hear_demand": CLERK,
        "show_demand": CLERK,
        "share_demand": CLERK,
        "give_up_demand": CLERK,
    },
    "staff_rights": {
        "start": COUNTER,
        "find": COUNTER,
        "person": COUNTER,
        "close_account": COUNTER,
        "file": MANAGER,
    },
    "staff_vendors": {
        "vendors": CLERK,
        "vendor": CLERK,
        "suspend": MANAGER,
        "restore": MANAGER,
        "leave": MANAGER,
        "stay": MANAGER,
    },
    "staff_claims": {
        "claims": COUNTER | {"finance"},
        "claim": COUNTER | {"finance"},
        "accept": COUNTER,
        "decline": COUNTER,
        "back": COUNTER,
        "received": COUNTER,
        "household": COUNTER,
        "look": COUNTER,
        "photo": COUNTER,
    },
    "staff_returned": {"returned": COUNTER | {"finance"}, "parcel": COUNTER | {"finance"}, "decide": COUNTER},
    "staff_orders": {"orders": ASKED, "order": INSIDE, "show": COUNTER},
}
"""Blueprints whose pages differ, page by page."""


FACTOR = {
    "staff_factor.renew",
    "staff_income.export",
    "staff_income.income",
    "staff_payouts.again",
    "staff_payouts.agree",
    "staff_payouts.cash",
    "staff_payouts.draft_run",
    "staff_payouts.file",
    "staff_payouts.mark_failed",
    "staff_payouts.mark_handed",
    "staff_payouts.mark_paid",
    "staff_payouts.move_money",
    "staff_payouts.payout",
    "staff_payouts.send",
    "staff_people.reset_factor",
}
"""Pages and acts that ask for the second factor, besides those that ask for it from some sum on."""


def placed(endpoint: str) -> set[str] | None:
    """Return who may open a staff page, or None when nobody has placed it."""
    blueprint, _dot, page = endpoint.partition(".")
    return WHOLE.get(blueprint) or MIXED.get(blueprint, {}).get(page)
