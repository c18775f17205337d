"""The laws that `pages` holds every page to turn red when they are broken, and stay quiet on a page in order."""

import pytest
from flask import Flask, Response
from sqlalchemy import text
from werkzeug.datastructures import Headers

from shop.web.house import edge, reading
from tests.support.laws import complaints
from tests.support.page import Page
from tests.support.pages import Pages

GOOD = """<!doctype html>
<html lang="zh-Hans"><head><title>时令 · 小鱼洞山货</title><link rel="stylesheet" href="/static/shop.css"></head>
<body><main id="main"><h1>当季的山货</h1>
<p>微信付款或者 Visa 卡，共 <span>¥28</span></p>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">
<label for="n">几斤</label><input id="n" name="n" value="2">
<label><input type="checkbox" name="gift" value="y">送人</label>
<select name="unit" aria-label="单位"><option value="jin" selected>斤</option><option value="kg">公斤</option></select>
<button type="submit">放进篮子</button></form>
<img src="/media/a.jpg" alt="一筐鸡蛋"><a href="#main">回到上面</a></main></body></html>
"""


def _page(html: str) -> Page:
    return Page("/x", 200, Headers({"Content-Type": "text/html; charset=utf-8"}), html)


def test_a_page_in_order_is_left_alone() -> None:
    assert complaints(_page(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("</p>", "</div></p>", "invalid HTML"),
        ("<h1>当季的山货</h1>", "<h1>当季</h1><h1>山货</h1>", "2 h1"),
        ("<h1>当季的山货</h1>", "<h1> </h1>", "1 h1, one with words"),
        ("<title>时令 · 小鱼洞山货</title>", "", "no title"),
        ("时令 · 小鱼洞山货", " · 小鱼洞山货", "says nothing of its own"),
        (' lang="zh-Hans"', "", "without lang"),
        ('id="n"', 'id="main"', "id main stands 2 times"),
        ('<label for="n">', '<label for="m">', "points at nothing"),
        ('href="#main"', 'href="#top"', "not on the page"),
        ('<label for="n">几斤</label>', "", "<input name=n> has no label"),
        (' aria-label="单位"', "", "<select name=unit> has no label"),
        ("</main>", '<p class="field-error" id="e">写少了</p></main>', "tied to no control"),
        (
            'id="n" name="n" value="2">',
            'id="n" name="n" value="2" aria-describedby="e"><p class="field-error" id="e">写少了</p>',
            "<input name=n> does not say aria-invalid",
        ),
        ("放进篮子", "", "<button> without words"),
        (' alt="一筐鸡蛋"', "", "img without alt"),
        ('name="csrf_token"', 'name="token"', "without csrf_token"),
        (
            "</main>",
            '<form method="post" action="/y"><input type="hidden" name="csrf_token" value="">'
            '<button type="submit">拿掉</button></form></main>',
            "others have none",
        ),
        ('method="post"', 'method="get"', "GET form with csrf_token"),
        ("<p>", '<p style="color:red">', "put it into static/css"),
        ("<p>", '<p onclick="go()">', "bind it in static/js"),
        ("</main>", "<script>go()</script></main>", "inline <script>"),
        ("</main>", '<script type="application/ld+json">{"@type":</script></main>', "is no JSON"),
        ('src="/media/a.jpg"', 'src="https://example.org/a.jpg"', "from another host"),
        ("当季的山货", "in_review", 'stored value "in_review"'),
        ("当季的山货", "paid", 'stored value "paid"'),
        ("当季的山货", "OrderState.PAID", "meant for machines"),
        ("当季的山货", "还有 %(n)d 件", "meant for machines"),
        ("<p>", '<p class="calm booth">', "the class booth has no rules in shop.css"),
        ("当季的山货", "Please sign in first", "untranslated"),
    ],
)
def test_a_broken_page_is_complained_of(old: str, new: str, complaint: str) -> None:
    assert GOOD.count(old) >= 1
    found = complaints(_page(GOOD.replace(old, new, 1)))
    assert any(complaint in line for line in found), found


def test_a_form_sends_what_a_browser_would_send() -> None:
    form = _page(GOOD).form()
    assert form.values == {"csrf_token": ["t"], "n": ["2"], "gift": [], "unit": ["jin"]}
    assert form.choices == {"gift": {"y"}, "unit": {"jin", "kg"}}
    assert [button.label for button in form.buttons] == ["放进篮子"]


@pytest.fixture
def odd_pages(app: Flask, pages: Pages) -> Pages:
    """A client on the house with two more pages, which do what no page may."""

    @app.get("/odd/asking")
    def asking() -> Response:
        for _row in range(50):
            reading().execute(text("SELECT 1"))
        return Response(GOOD, content_type="text/html")

    @app.get("/odd/writing")
    def writing() -> Response:
        with edge().transaction() as session:
            session.execute(text("DELETE FROM job_run"))
        return Response(GOOD, content_type="text/html")

    return pages


def test_a_page_that_asks_per_row_is_noticed(odd_pages: Pages) -> None:
    with pytest.raises(AssertionError, match=r"50 SQL statements, at most 40 allowed:\s+50 × SELECT 1"):
        odd_pages.get("/odd/asking")
    assert len(odd_pages.get("/odd/asking", max_statements=50).statements) == 50


def test_a_get_that_writes_is_noticed(odd_pages: Pages) -> None:
    with pytest.raises(AssertionError, match="GET /odd/writing writes"):
        odd_pages.get("/odd/writing")
    assert odd_pages.get("/odd/writing", may_write=True).status == 200
