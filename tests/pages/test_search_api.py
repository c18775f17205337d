"""The answers for programs: true to their contract, exact in refusing, the same as the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shop.search.question import PRICE_BANDS
from shop.search.views.contract import FAULTS
from tests.pages.searching import BACON, EGGS, PEARS, SAUSAGE, Searching, searching
from tests.support.contract import faults
from tests.world import World
from tests.world.market import another_vendor, market


@dataclass
class Api:
    """A program that reads the shop and holds every answer against the contract."""

    client: FlaskClient
    document: Mapping[str, Any]

    def ask(self, path: str, status: int = 200, **given: Any) -> Any:
        """Return an answer's body."""
        answer = self.client.get(path, query_string={name: str(value) for name, value in given.items()})
        return self.checked(answer, path, status)

    def checked(self, answer: TestResponse, path: str, status: int) -> Any:
        """Return the body of an answer that is as the contract says."""
        assert answer.status_code == status, answer.get_data(as_text=True)
        told = self.document["paths"][path]["get"]["responses"][str(status)]["content"]
        assert list(told) == [answer.mimetype]
        body = answer.get_json(force=True)
        wrong = list(faults(body, told[answer.mimetype]["schema"], self.document))
        assert not wrong, wrong
        return body

    def search(self, **given: Any) -> Any:
        """Return what a search found."""
        return self.ask("/api/v1/search", **given)

    def titles(self, **given: Any) -> list[str]:
        """Return the titles of what a search found, in order."""
        return [item["title"] for item in self.search(**given)["items"]]

    def refused(self, path: str = "/api/v1/search", **given: Any) -> dict[str, str]:
        """Return the fields that were refused, each with the code of the reason."""
        body = self.ask(path, 400, **given)
        assert body["status"] == 400
        assert all(error["message"] for error in body["errors"])
        return {error["field"]: error["code"] for error in body["errors"]}


@pytest.fixture
def shop(world: World) -> Searching:
    return searching(market(world))


@pytest.fixture
def api(app: Flask, shop: Searching) -> Api:
    client = app.test_client()
    return Api(client, client.get("/api/v1/openapi.json").get_json())


def test_a_thing_is_answered_with_all_its_fields(api: Api, shop: Searching) -> None:
    made = shop.sell("老腊肉", shop.meat, shop.zhang, ref="A-1", price_fen=5200)
    shop.follow()
    found = api.search(q="臘肉")
    item = next(item for item in found["items"] if item["ref"] == "A-1")
    assert item == {
        "code": made.code,
        "ref": "A-1",
        "title": "老腊肉",
        "price_fen": 5200,
        "unit": "盒",
        "pieces": 30,
        "pricing": "piece",
        "per_500g_fen": None,
        "vendor": "九峰张家",
        "vendor_code": "zhang",
        "village": "九峰村",
        "village_code": "jiufeng",
        "category": "腊味",
        "category_code": "cured-meat",
        "in_season": True,
        "free": 10,
        "url": f"http://127.0.0.1:8000/goods/{made.code}",
        "image": None,
    }
    assert found["understood"] == ["腊肉"]
    assert found["corrected_to"] is None
    assert (found["page"], found["pages"], found["near"]) == (1, 1, [])


def test_every_parameter_does_what_it_says(api: Api) -> None:
    assert sorted(api.titles()) == sorted([BACON, SAUSAGE, EGGS, PEARS])
    assert set(api.titles(category="cured-meat")) == {BACON, SAUSAGE}
    assert api.titles(category="bacon") == [BACON]
    assert set(api.titles(village="jiufeng")) == {BACON, SAUSAGE}
    assert set(api.titles(vendor="zhang")) == {BACON, SAUSAGE}
    assert PEARS not in api.titles(in_season=1)
    assert PEARS in api.titles(in_season="false")
    assert SAUSAGE not in api.titles(in_stock="true")
    assert set(api.titles(price_min=3900, price_max=4200)) == {BACON, SAUSAGE}
    assert api.titles(sort="price_up") == [PEARS, SAUSAGE, BACON, EGGS]
    assert api.titles(sort="price_down") == [EGGS, BACON, SAUSAGE, PEARS]
    assert api.titles(sort="price_up", limit=2) == [PEARS, SAUSAGE]
    second = api.search(sort="price_up", limit=3, page=2)
    assert [item["title"] for item in second["items"]] == [EGGS]
    assert (second["total"], second["page"], second["pages"]) == (4, 2, 2)
    assert api.search(limit=3, page=3)["items"] == [], "a program leafs until nothing comes"


def test_counts_are_named(api: Api) -> None:
    facets = api.search()["facets"]
    assert facets["categories"] == [
        {"code": "poultry-eggs", "name": "禽蛋", "parent": None, "count": 2},
        {"code": "cured-meat", "name": "腊味", "parent": None, "count": 2},
        {"code": "bacon", "name": "腊肉腊腿", "parent": "cured-meat", "count": 1},
    ]
    assert {row["name"]: row["count"] for row in facets["villages"]} == {"大湾村": 2, "九峰村": 2}
    assert {row["name"]: row["count"] for row in facets["vendors"]} == {"周素珍家": 2, "九峰张家": 2}
    assert (facets["in_season"], facets["in_stock"]) == (3, 3)
    assert [(row["min_fen"], row["max_fen"]) for row in facets["prices"]] == list(PRICE_BANDS)
    assert [row["count"] for row in facets["prices"]] == [1, 2, 1, 0, 0]


def test_a_wrong_character_is_corrected_and_nothing_found_leads_near(api: Api) -> None:
    assert api.search(q="辣肉")["corrected_to"] == "腊肉"
    found = api.search(q="羊肉")
    assert (found["items"], found["total"], found["sure"]) == ([], 0, 0)
    assert found["near"]


def test_only_the_first_sixty_characters_count(api: Api) -> None:
    long = "腊肉" + " " * 10 + "，" * 58 + "羊肉"
    assert api.titles(q=long) == api.titles(q="腊肉")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"limit": 0}, {"limit": "out_of_range"}),
        ({"limit": 101}, {"limit": "out_of_range"}),
        ({"limit": "many"}, {"limit": "not_a_number"}),
        ({"limit": "9" * 40}, {"limit": "out_of_range"}),
        ({"page": "-1"}, {"page": "not_a_number"}),
        ({"page": "１"}, {"page": "not_a_number"}),
        ({"in_stock": "maybe"}, {"in_stock": "not_a_flag"}),
        ({"sort": "cheap"}, {"sort": "not_a_sort"}),
        ({"village": "x" * 41}, {"village": "too_long"}),
        ({"category": "nowhere"}, {"category": "unknown"}),
        ({"village": "nowhere", "vendor": "nobody"}, {"village": "unknown", "vendor": "unknown"}),
        ({"price_min": 500, "price_max": 400}, {"price_max": "upside_down"}),
        ({"price_min": "1.5", "limit": "x"}, {"price_min": "not_a_number", "limit": "not_a_number"}),
    ],
)
def test_a_wrong_parameter_is_named_with_its_reason(api: Api, given: dict[str, Any], expected: dict[str, str]) -> None:
    assert api.refused(**given) == expected
    assert set(expected.values()) <= set(FAULTS)


def test_an_answer_is_readable_may_be_kept_a_moment_and_asked_after(api: Api) -> None:
    first = api.client.get("/api/v1/search", query_string={"q": "腊肉"})
    assert BACON.encode() in first.data, "written out, not escaped"
    assert first.headers["Content-Type"] == "application/json; charset=utf-8"
    assert first.headers["Cache-Control"] == "public, max-age=15"
    assert "Set-Cookie" not in first.headers
    assert first.headers["Vary"] == "Accept-Encoding", "the same for everybody"
    again = api.client.get(
        "/api/v1/search", query_string={"q": "腊肉"}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_completion_answers_what_is_sold_and_from_where(api: Api, shop: Searching) -> None:
    found = api.ask("/api/v1/suggest", q="la")["items"]
    assert {"text": "腊肉", "kind": "goods", "label": ""} in found
    assert {"text": "九峰村", "kind": "village", "label": "村"} in api.ask("/api/v1/suggest", q="九峰")["items"]
    texts = [item["text"] for item in api.ask("/api/v1/suggest", q="腊")["items"]]
    assert len(texts) == len(set(texts)), "a shelf and its goods under one name are one way to go on"
    assert api.ask("/api/v1/suggest", q="")["items"] == []
    assert len(api.ask("/api/v1/suggest", q="腊", limit=1)["items"]) == 1
    assert api.refused("/api/v1/suggest", limit=21) == {"limit": "out_of_range"}


def test_completion_is_in_the_readers_letters_and_finds_the_same(api: Api, shop: Searching) -> None:
    for lang, typed, text in (("zh_Hant", "la", "臘肉"), ("en", "bac", "bacon"), ("en", "la", "larou")):
        texts = [item["text"] for item in api.ask("/api/v1/suggest", q=typed, lang=lang)["items"]]
        assert text in texts, texts
        assert BACON in api.titles(q=text)
    village = {"text": "九峰村", "kind": "village", "label": "Village"}
    assert village in api.ask("/api/v1/suggest", q="jiufeng", lang="en")["items"]
    assert api.refused("/api/v1/suggest", lang="tlh") == {"lang": "unknown"}


def test_without_an_index_programs_are_answered_all_the_same(app: Flask, world: World) -> None:
    at = market(world)
    another_vendor(world)
    client = app.test_client()
    api = Api(client, client.get("/api/v1/openapi.json").get_json())
    assert api.search(q="腊肉")["items"] == []
    assert api.ask("/api/v1/suggest", q="腊")["items"] == []
    assert at.category.code not in [row["code"] for row in api.search()["facets"]["categories"]]


def test_the_contract_names_every_address_and_every_parameter(app: Flask, api: Api) -> None:
    ours = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert set(api.document["paths"]) == ours
    assert api.document["openapi"].startswith("3.1")
    for path in ("/api/v1/search", "/api/v1/suggest"):
        for parameter in api.document["paths"][path]["get"]["parameters"]:
            schema = parameter["schema"]
            if parameter["name"] == "q":
                continue
            wrong = "!" * (schema.get("maxLength", 1) + 1)
            assert parameter["name"] in api.refused(path, **{parameter["name"]: wrong}), "the contract promises more"
            if "enum" in schema:
                for value in schema["enum"]:
                    api.ask(path, **{parameter["name"]: value})
            for end in ("minimum", "maximum"):
                if end in schema:
                    api.ask(path, **{parameter["name"]: schema[end]})


def test_every_schema_of_the_contract_is_used(api: Api) -> None:
    text = str(api.document)
    unused = [name for name in api.document["components"]["schemas"] if f"#/components/schemas/{name}'" not in text]
    assert not unused
