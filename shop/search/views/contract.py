"""The contract of the open answers, as an OpenAPI 3.1 document. One place; tests hold real answers against it."""

from collections.abc import Mapping, Sequence
from typing import Any

from shop.catalog.models import Pricing
from shop.kernel.languages import Language
from shop.search.question import LONGEST, Sort
from shop.search.views.asked import LONGEST_CODE, MOST_FEN
from shop.web.goods import LAST_PAGE

Schema = Mapping[str, Any]

USUAL, MOST = 24, 100
"""Goods in one answer: without `limit`, and at most."""
USUAL_SUGGESTIONS, MOST_SUGGESTIONS = 8, 20
SUGGESTION_KINDS = ("goods", "village", "household", "shelf")
FAULTS = (
    "not_a_number",
    "out_of_range",
    "not_a_flag",
    "not_a_sort",
    "too_long",
    "unknown",
    "upside_down",
)
FLAG_WORDS = ("1", "0", "true", "false")

COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
FEN: Schema = {"type": "integer", "minimum": 0, "description": "人民币，单位是分"}


def _object(properties: Mapping[str, Schema], description: str = "") -> Schema:
    """Return the schema of an object of which every field is always there and no other is."""
    made = {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": dict(properties),
    }
    return {**made, "description": description} if description else made


def _told(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _or_null(schema: Schema, description: str) -> Schema:
    return {**schema, "type": [schema["type"], "null"], "description": description}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


SCHEMAS: Mapping[str, Schema] = {
    "Item": _object(
        {
            "code": _told(TEXT, "货的编号，网址里用的就是它"),
            "ref": _or_null(TEXT, "导入时给的编号；没有就是 null"),
            "title": TEXT,
            "price_fen": _told(FEN, "最便宜的一种卖法，一份多少钱，单位是分；称重卖的，是最多要付的"),
            "unit": _told(TEXT, "一份是什么：枚、盒、只、斤……"),
            "pieces": _told({"type": "integer", "minimum": 1}, "一份里有几个"),
            "pricing": _told(
                {"type": "string", "enum": [kind.value for kind in Pricing]}, "piece：按份；weight：称重，多退少不补"
            ),
            "per_500g_fen": _or_null(FEN, "称重卖的，每 500 克多少钱，单位是分；按份卖的是 null"),
            "vendor": _told(TEXT, "哪一家"),
            "vendor_code": TEXT,
            "village": _told(TEXT, "哪个村"),
            "village_code": TEXT,
            "category": _told(TEXT, "在哪一架"),
            "category_code": TEXT,
            "in_season": _told({"type": "boolean"}, "这个月当季"),
            "free": _told(COUNT, "现在能买几份，各种卖法加在一起"),
            "url": _told({"type": "string", "format": "uri"}, "货的页面"),
            "image": _or_null({"type": "string", "format": "uri"}, "第一张照片；没有就是 null"),
        }
    ),
    "Choice": _object({"code": TEXT, "name": TEXT, "count": COUNT}),
    "Shelf": _object(
        {"code": TEXT, "name": TEXT, "parent": _or_null(TEXT, "它属于哪一架；最上面的是 null"), "count": COUNT}
    ),
    "PriceBand": _object(
        {
            "min_fen": _or_null(FEN, "从多少分起，含；null 是没有下限"),
            "max_fen": _or_null(FEN, "到多少分止，含；null 是没有上限"),
            "count": COUNT,
        }
    ),
    "Facets": _object(
        {
            "categories": _list_of("Shelf"),
            "villages": _list_of("Choice"),
            "vendors": _list_of("Choice"),
            "in_season": COUNT,
            "in_stock": COUNT,
            "prices": _list_of("PriceBand"),
        },
        "每一种筛选有多少样；数一种时，不算它自己那一种筛选",
    ),
    "Results": _object(
        {
            "items": _list_of("Item"),
            "total": _told(COUNT, "各页加在一起有多少样"),
            "sure": _told(COUNT, "其中有多少样正是要找的；排在它们后面的只是同类"),
            "page": {"type": "integer", "minimum": 1},
            "pages": {"type": "integer", "minimum": 1},
            "facets": {"$ref": "#/components/schemas/Facets"},
            "corrected_to": _or_null(TEXT, "您是不是要找：按这几个字找的；没有改就是 null"),
            "understood": _told(TEXTS, "看懂了哪几样货和地方"),
            "near": _told(_list_of("Item"), "一样也没找到时，相近的货"),
        }
    ),
    "Suggestion": _object(
        {
            "text": _told(TEXT, "拿它去搜"),
            "kind": {"type": "string", "enum": list(SUGGESTION_KINDS)},
            "label": _told(TEXT, "给人看的种类；货名没有"),
        }
    ),
    "Suggestions": _object({"items": _list_of("Suggestion")}),
    "Fault": _object(
        {
            "field": _told(TEXT, "哪个参数"),
            "code": {"type": "string", "enum": list(FAULTS)},
            "message": _told(TEXT, "给人看的话"),
        }
    ),
    "Problem": _object(
        {
            "type": _told(TEXT, "总是 about:blank（RFC 9457）"),
            "title": TEXT,
            "status": {"type": "integer"},
            "errors": _list_of("Fault"),
        }
    ),
}


def _parameter(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": dict(schema), "description": description}


_CODE = {"type": "string", "maxLength": LONGEST_CODE}
_FLAG = {"type": "string", "enum": list(FLAG_WORDS)}
_PRICE = {"type": "integer", "minimum": 0, "maximum": MOST_FEN}
_QUERY = _parameter(
    "q",
    TEXT,
    f"要找什么：简体、繁体、拼音、拼音首字母、英文、村名、人家。只看前 {LONGEST} 个字；不填就是全部的货",
)

SEARCH_PARAMETERS: Sequence[Schema] = (
    _QUERY,
    _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "一页几样"),
    _parameter(
        "page",
        {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
        "第几页；比 pages 大的页是空的",
    ),
    _parameter("category", _CODE, "货架的编号；它下面的也算"),
    _parameter("village", _CODE, "村的编号"),
    _parameter("vendor", _CODE, "人家的编号"),
    _parameter("in_season", _FLAG, "只要这个月当季的"),
    _parameter("in_stock", _FLAG, "只要现在买得到的"),
    _parameter("price_min", _PRICE, "最低价，单位是分，含"),
    _parameter("price_max", _PRICE, "最高价，单位是分，含"),
    _parameter(
        "sort",
        {"type": "string", "enum": [sort.value for sort in Sort], "default": Sort.RELEVANCE.value},
        "怎么排：relevance 相关，price_up 价低到高，price_down 价高到低，sales 卖得多，newest 新上架",
    ),
)
SUGGEST_PARAMETERS: Sequence[Schema] = (
    _QUERY,
    _parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_SUGGESTIONS, "default": USUAL_SUGGESTIONS},
        "最多几条",
    ),
    _parameter(
        "lang",
        {"type": "string", "enum": [language.value for language in Language], "default": Language.HANS.value},
        "提示用哪种文字；英文的货名只有词典里有的才有",
    ),
)


def _answer(description: str, schema: str, content_type: str = "application/json") -> Schema:
    return {
        "description": description,
        "content": {content_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _get(operation: str, summary: str, parameters: Sequence[Schema], schema: str) -> Schema:
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": list(parameters),
            "responses": {
                "200": _answer("找到的", schema),
                "304": {"description": "跟上次一样（If-None-Match）"},
                "400": _answer("参数不对", "Problem", "application/problem+json"),
            },
        }
    }


def document(public_url: str) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        public_url: where this shop is, without a slash at the end.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "山货：找货",
            "version": "1",
            "description": "谁都可以读，不要密钥。钱都是整数，单位是分。",
        },
        "servers": [{"url": public_url}],
        "paths": {
            "/api/v1/search": _get("search", "找货", SEARCH_PARAMETERS, "Results"),
            "/api/v1/suggest": _get("suggest", "边打字边给提示", SUGGEST_PARAMETERS, "Suggestions"),
            "/api/v1/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "这份说明",
                    "responses": {
                        "200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {}}}},
                        "304": {"description": "跟上次一样（If-None-Match）"},
                    },
                }
            },
        },
        "components": {"schemas": dict(SCHEMAS)},
    }
