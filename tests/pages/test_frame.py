"""The application's own pages: alive, ready, the elder switch, and an address that leads nowhere."""

import pytest
from flask import Flask

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


def test_a_face_is_a_plain_cookie_and_an_unknown_one_counts_as_none(pages: Pages, world: World) -> None:
    market.town(world)
    pages.client.set_cookie("face", "giant")
    assert "elder" not in pages.get("/sign-in").document.get("class", "").split()
    pages.client.set_cookie("face", "elder")
    assert "elder" in pages.get("/sign-in").document.get("class", "").split()
    twice = [pages.post("/elder", {"elder": "0", "next": "/sign-in"}) for _ in range(2)]
    assert all("elder" not in page.document.get("class", "").split() for page in twice)
    assert pages.client.get_cookie("face") is None


def test_a_form_without_its_token_changes_nothing(pages: Pages, world: World) -> None:
    market.town(world)
    pages.client.environ_base.pop("HTTP_ORIGIN")
    answer = pages.client.post("/elder", data={"next": "/"})
    assert answer.status_code == 400
    assert "elder" not in pages.get("/sign-in").document.get("class", "").split()


def test_a_body_of_unknown_length_is_refused(pages: Pages, world: World) -> None:
    market.town(world)
    token = pages.get("/sign-in").token() or ""
    for form in ({"X-CSRFToken": token}, {}):
        answer = pages.client.post("/elder", headers={"Transfer-Encoding": "chunked", **form})
        assert answer.status_code == 411


def test_a_body_too_large_is_refused_with_a_page(pages: Pages, world: World) -> None:
    market.town(world)
    token = pages.get("/sign-in").token() or ""
    large = "x" * (33 * 1024 * 1024)
    answer = pages.client.post("/elder", data={"csrf_token": token, "next": large})
    assert answer.status_code == 413
    assert "写的字太多了" in answer.text
    assert "照片" not in answer.text
    answer = pages.client.post("/elder", data=large.encode(), content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413
    assert "照片请选小一点的" in answer.text
    assert "elder" not in pages.get("/sign-in").document.get("class", "").split()


def test_nothing_takes_a_nul(pages: Pages, world: World) -> None:
    market.town(world)
    pages.get("/goods/%00", status=404)
    pages.get("/search?q=%00", status=400)
    pages.get("/sign-in")
    pages.post("/elder", {"next": "/\0"}, status=400)


def test_a_page_that_breaks_shows_a_code_that_stands_in_the_log(
    app: Flask, pages: Pages, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    market.town(world)

    def broken() -> str:
        raise ZeroDivisionError("何晓雨 13812345678")

    app.view_functions["app.healthz"] = broken
    app.testing = False
    answer = pages.client.get("/healthz")
    assert answer.status_code == 500
    noted = next(record for record in caplog.records if record.msg == "page failed")
    code = vars(noted)["code"]
    assert code in answer.text
    assert vars(noted)["error"] == "ZeroDivisionError"
    assert "13812345678" not in answer.text + str(vars(noted))


def test_every_answer_forbids_what_no_page_of_ours_does(pages: Pages, world: World) -> None:
    market.town(world)
    headers = pages.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "'unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"
