"""The application's own pages: alive, ready, the elder switch, and an address that leads nowhere."""

from tests.support.pages import Pages
from tests.world import World, market


def test_the_process_says_that_it_is_alive(pages: Pages) -> None:
    assert pages.get("/healthz").text.strip() == '{"alive":true}'


def test_an_address_that_leads_nowhere_gets_a_page_with_a_way_on(pages: Pages, world: World) -> None:
    market.town(world)
    page = pages.get("/no/such/page", status=404)
    assert page.heading
    assert "/" in page.links().values()


def test_the_large_face_is_one_tap_away_and_stays_on(pages: Pages, world: World) -> None:
    market.town(world)
    pages.get("/sign-in")
    large = pages.post("/elder", {"next": "/sign-in"})
    assert "elder" in large.document.get("class", "").split()
    assert "elder" in pages.get("/me").document.get("class", "").split()
    again = pages.post("/elder", {"next": "/sign-in"})
    assert "elder" not in again.document.get("class", "").split()


def test_a_form_without_its_token_changes_nothing(pages: Pages, world: World) -> None:
    market.town(world)
    answer = pages.client.post("/elder", data={"next": "/"})
    assert answer.status_code == 400
    assert "elder" not in pages.get("/sign-in").document.get("class", "").split()


def test_a_body_of_unknown_length_is_refused(pages: Pages, world: World) -> None:
    market.town(world)
    token = pages.get("/sign-in").token() or ""
    answer = pages.client.post("/elder", headers={"Transfer-Encoding": "chunked", "X-CSRFToken": token})
    assert answer.status_code == 411


def test_every_answer_forbids_what_no_page_of_ours_does(pages: Pages, world: World) -> None:
    market.town(world)
    headers = pages.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "'unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"
