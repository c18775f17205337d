"""A web worker as it begins: what takes long is fetched before the first reader needs it."""

import os
import subprocess
import sys
from pathlib import Path

BEGUN = """
import threading
from shop.cli.serving import build_app
from shop.web.han import _traditional
assert _traditional.cache_info().currsize == 0, "loaded by whoever imports it"
build_app()
for one in threading.enumerate():
    if one is not threading.main_thread():
        one.join(60)
assert _traditional.cache_info().currsize == 1, "the first reader waits for the dictionary"
_traditional()
assert _traditional.cache_info().misses == 1, "it is fetched once"
"""


def test_a_web_worker_fetches_the_dictionary_of_the_other_script_by_itself(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    begun = subprocess.run(
        [sys.executable, "-c", BEGUN],
        env={**kept, "SHOP_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert begun.returncode == 0, begun.stderr
