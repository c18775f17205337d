"""Laws of what runs by itself: every topic has a handler, every topic and job has words for the staff."""

import ast
import importlib

from shop.notifications.rules import TO_BUYERS
from shop.notifications.views import JOB_WORDS, TOPIC_WORDS
from shop.web.house import House
from shop.worker import PERIODIC, handlers
from tests.house.source import ROOT, SHOP, files, name, report


def _topics() -> dict[str, str]:
    """Return every topic of the house -> where it is declared; a room's topics stand in its `topics.py`."""
    found: dict[str, str] = {}
    for path in files(".py", under=SHOP):
        if path.name == "topics.py":
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            constants = {key: value for key, value in vars(module).items() if key.isupper() and isinstance(value, str)}
            found |= {value: f"{name(path)} {key}" for key, value in constants.items()}
    return found


def test_every_topic_has_a_handler_and_every_handler_a_topic(house: House) -> None:
    table, topics = handlers(house), _topics()
    unheard = [f"{topic} ({where})" for topic, where in topics.items() if topic not in table]
    assert not unheard, report(unheard, "Posted but nobody would act on it; add a handler in shop/worker.py:")
    idle = sorted(set(table) - set(topics))
    assert not idle, report(idle, "Handled but declared in no topics.py:")


def test_staff_can_read_what_every_topic_does() -> None:
    found = [f"{topic} ({where})" for topic, where in _topics().items() if topic not in TOPIC_WORDS]
    assert not found, report(found, "Give it Chinese words in TOPIC_WORDS of shop/notifications/views:")


def test_staff_can_read_what_every_job_does() -> None:
    found = [job.name for job in PERIODIC if job.name not in JOB_WORDS]
    assert not found, report(found, "Give it Chinese words in JOB_WORDS of shop/notifications/views:")


def test_nothing_is_written_to_a_buyer_without_their_language() -> None:
    """What names a template for buyers goes through `tell_buyer`, or says the language by itself."""
    found = []
    for path in files(".py", under=SHOP):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != "tell_buyer":
                named = TO_BUYERS & {str(each.value) for each in node.args if isinstance(each, ast.Constant)}
                said = {each.arg for each in node.keywords}
                found += [f"{name(path)}: {one}" for one in named if "phone" in said and "language" not in said]
    assert not found, report(sorted(found), "Tell it by `tell_buyer`, which knows the buyer's language:")
