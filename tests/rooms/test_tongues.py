"""Messages to buyers in each of their languages: complete, understood, and no longer than they may be."""

import re
from typing import Any

import pytest
from jinja2 import meta
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.app.tongues import tongue
from shop.kernel.edge import Edge
from shop.kernel.languages import Language
from shop.kernel.outbox import Message
from shop.notifications.rules import SECRET, TO_BUYERS, VALUES, Sender, mail_text, message_text
from shop.notifications.services import wanted
from shop.notifications.subjects import SUBJECTS
from shop.notifications.tongues import FOLDER, path_of, written
from shop.web.han import in_hant
from shop.web.i18n import TRANSLATED
from tests.rooms.phones import PHONE
from tests.support.clock import SettableClock

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
AT_MOST = {Language.HANS: 70, Language.HANT: 70, Language.EN: 2 * 67}
"""Characters (3GPP TS 23.040): the signature makes every message one in UCS-2, and English is given two parts of it."""
SENDER = Sender("龙门山小鱼洞", "028-88881234")
TITLE = "高山老腊肉五花 500克装"
WORDS = "货已经从户家收上来了，箱底湿了，几样都压坏了，这次退您，下次换个厚一点的箱子装"
LONG: dict[str, Any] = {
    "code": "ABCD2345",
    **dict.fromkeys(("total_fen", "refund_fen", "freight_fen", "red_fen"), 1_288_850),
    "carrier": "德邦快递",
    "tracking": "DPK3642918573",
    "goods": TITLE,
    "reason": WORDS,
    "words": WORDS,
    "answer": WORDS,
    "missing": (120, "盒", 11),
    "where": "成都市彭州市龙门山镇小鱼洞社区老街 128 号附 3 号",
    "how": "paid",
    "when": ("2026-11-23", "08:00"),
}
EGGS = "土鸡蛋30枚"
SEVERAL = [(TITLE, 12, "份"), (EGGS, 1, "斤"), ("干竹笋", 3, "袋")]
NAMES = re.compile(f"【?小鱼洞】?|{LONG['where'][:29]}|高山老腊肉五花 5|土鸡蛋30枚|干竹笋")
"""What stays Chinese in English: how the town, the centre's street and the goods are called."""
WAYS: list[dict[str, Any]] = [
    {"is_paid": True, "is_granted": True},
    {
        "is_paid": False,
        "is_granted": False,
        "freight_fen": 0,
        "tracking": "",
        "carrier": "山里跑得快",
        "how": "declined",
    },
    {"is_paid": True, "is_granted": True, "goods": SEVERAL, "missing": (1, "斤", 0), "how": "back", "words": ""},
    {
        "is_paid": True,
        "is_granted": True,
        "how": "received",
        "words": "Sorry about that.",
        "reason": "Two were broken.",
    },
]


def _values(template: str, way: dict[str, Any]) -> dict[str, Any]:
    return {name: ({**LONG, **way})[name] for name in VALUES[template]}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("language", Language)
def test_every_message_to_a_buyer_is_in_their_language_and_short(language: Language, way: dict[str, Any]) -> None:
    wrong = []
    for template in sorted(TO_BUYERS):
        text = message_text(template, _values(template, way), SENDER, tongue(language))
        signature, _end, said = text.partition("】")
        if language is Language.EN:
            fits = not CHINESE.search(NAMES.sub("", said))
        else:
            fits = language is Language.HANS or in_hant(said) == said
        if signature != "【龙门山小鱼洞" or len(text) > AT_MOST[language] or not fits:
            wrong.append(f"{template} {len(text)}: {text}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("template", sorted(SUBJECTS))
def test_every_mail_to_a_buyer_is_in_their_language(language: Language, template: str) -> None:
    values = _values(template, WAYS[0])
    subject, text = mail_text(template, values, Sender("小鱼洞", "028-88881234"), "https://shop.test", tongue(language))
    if language is Language.HANT:
        assert (in_hant(subject), in_hant(text)) == (subject, text)
        assert subject.startswith("【小魚洞】")
    else:
        assert not CHINESE.search(NAMES.sub("", subject + text)), subject + text
    assert "ABCD2345" in subject
    assert "https://shop.test/orders" in text


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_has_its_own_text_of_every_message_to_buyers_and_takes_the_same_values(
    language: Language,
) -> None:
    assert {path.stem for path in (FOLDER / language.value).glob("*")} == {*TO_BUYERS, "mail"}
    for template in TO_BUYERS:
        source = (FOLDER / path_of(template, language)).read_text(encoding="utf-8")
        used = meta.find_undeclared_variables(written(tongue(language)).parse(source))
        assert used - {"town", "centre_phone"} == VALUES[template], template


def test_goods_and_amounts_are_said_as_their_reader_says_them() -> None:
    said = {language: tongue(language) for language in Language}
    assert said[Language.HANS].goods(SEVERAL) == "高山老腊肉五花 5012份、土鸡蛋30枚1斤、干竹笋3袋"
    assert (
        said[Language.EN].goods([(EGGS, 1, "斤"), (EGGS, 2, "盒")])
        == "500 g of 土鸡蛋30枚 (Chicken egg), 2 boxes of 土鸡蛋30枚 (Chicken egg)"
    )
    assert said[Language.EN].amount((2, "盒", 1)) == "2 boxes (and 1 more thing)"
    assert said[Language.HANS].amount((2, "盒", 1)) == "2盒等2样"
    assert said[Language.HANS].amount("2盒") == "2盒"  # as an older version put it into the outbox
    assert [said[language].moment(("2026-11-03", "08:00")) for language in (Language.HANS, Language.EN)] == [
        "11月3日08:00",
        "3 Nov 08:00",
    ]
    assert said[Language.EN].said("德邦快递") == "Deppon Express"
    assert said[Language.EN].said("Thank you.") == "Thank you"
    assert said[Language.EN].said("谢谢") == ""


def test_whoever_sells_is_written_to_in_the_towns_own_language(edge: Edge, clock: SettableClock) -> None:
    def ask(session: Session) -> None:
        for template in set(VALUES) - TO_BUYERS - SECRET:
            with pytest.raises(ValueError, match=template):
                values = dict.fromkeys(VALUES[template], "x")
                wanted(session, template, phone=PHONE, values=values, language=Language.EN, clock=clock)

    edge.run(ask)
    with edge.reading() as session:
        assert session.scalars(select(Message)).all() == []
