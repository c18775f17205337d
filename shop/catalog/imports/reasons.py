"""Why a file, a row or a cell was not taken in as it stood: one table of reasons, for pages and for commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from shop.kernel.errors import ShopError
from shop.media.words import flaw_words


class Reason(StrEnum):
    """What is the matter."""

    # with the file
    FILE_GONE = "file_gone"
    BROKEN = "broken"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    NUL = "nul"
    ENCODING = "encoding"
    NO_HEADER = "no_header"
    NO_COLUMNS = "no_columns"
    SAME_COLUMN = "same_column"
    HTML = "html"
    JSON_ARRAY = "json_array"
    OLD_XLS = "old_xls"
    LOCKED = "locked"
    OPEN_DOCUMENT = "open_document"
    NO_WORKBOOK = "no_workbook"
    MACROS = "macros"
    LINKS = "links"
    BOMB = "bomb"
    DAMAGED = "damaged"
    # with a row, which is refused
    NOT_JSON = "not_json"
    QUOTES = "quotes"
    TOO_MANY_CELLS = "too_many_cells"
    MISSING = "missing"
    CHARACTERS = "characters"
    TYPE = "type"
    FORMULA = "formula"
    ERROR_CELL = "error_cell"
    DATE_CELL = "date_cell"
    TOO_LONG = "too_long"
    NOT_FEN = "not_fen"
    PRICE_RANGE = "price_range"
    NOT_WHOLE = "not_whole"
    STOCK_RANGE = "stock_range"
    UNIT = "unit"
    MONTHS = "months"
    TOO_MANY_TAGS = "too_many_tags"
    LONG_TAG = "long_tag"
    UNKNOWN = "unknown"
    SEVERAL = "several"
    SUSPENDED = "suspended"
    REF_TWICE = "ref_twice"
    REF_TAKEN = "ref_taken"
    ARCHIVED = "archived"
    TAKEN_DOWN = "taken_down"
    BY_WEIGHT = "by_weight"
    MEANWHILE = "meanwhile"
    NOT_LAWFUL = "not_lawful"
    CANNOT_BE = "cannot_be"
    # with a row that is in, but waits for review or lacks something
    PAPER_MISSING = "paper_missing"
    PAPER_EXPIRED = "paper_expired"
    FORBIDDEN_WORD = "forbidden_word"
    LABEL_ITEM = "label_item"
    GIVEN_BACK = "given_back"
    PHOTO = "photo"
    TOO_MANY_PHOTOS = "too_many_photos"


@dataclass
class Unreadable(ShopError):
    """A file cannot be taken in as a whole."""

    reason: Reason
    detail: str = ""


R = Reason
WORDS: Mapping[Reason, tuple[object, str]] = {
    R.FILE_GONE: (_l("文件不在了，请再传一次。"), "The file is gone: upload it again."),
    R.BROKEN: (
        _l("试了几次都没读完，请管机器的人看一看日志。"),
        "It was begun several times and never finished: see the worker's log.",
    ),
    R.EMPTY: (_l("文件是空的。"), "The file is empty."),
    R.TOO_LARGE: (_l("文件超过 %s MB，请分成几个。"), "The file is larger than %s MB: split it."),
    R.TOO_MANY_ROWS: (_l("超过 %s 行，请分成几个文件。"), "There are more than %s rows: split the file."),
    R.NUL: (
        _l("里面有文字里不会有的字节（NUL），这不是表格文件。"),
        "It holds NUL bytes, so it is no text: save it again as .xlsx or CSV.",
    ),
    R.ENCODING: (
        _l("文字的编码认不出来，请另存为 UTF-8 的 CSV，或者 .xlsx。"),
        "Its text is neither whole UTF-8 nor GB18030: save it as CSV UTF-8 or .xlsx.",
    ),
    R.NO_HEADER: (_l("第一行应当是列名，没有找到。"), "There is no header row with the columns' names."),
    R.NO_COLUMNS: (_l("缺这些列：%s。"), "These columns are missing: %s."),
    R.SAME_COLUMN: (_l("这一列有两个：%s。"), "This column is there twice: %s."),
    R.HTML: (
        _l("这是网页，只是名字像表格。请在 Excel 里打开，另存为 .xlsx。"),
        "It is a web page named like a sheet: open it in Excel and save it as .xlsx.",
    ),
    R.JSON_ARRAY: (
        _l("每行应当是一个 JSON 对象，不要放在方括号里。"),
        "It is one JSON array: write one object a line (.jsonl).",
    ),
    R.OLD_XLS: (_l("这是老格式 .xls，请另存为 .xlsx。"), "It is an old .xls: save it as .xlsx."),
    R.LOCKED: (_l("文件有密码，请去掉密码再传。"), "It is protected by a password: save it without one."),
    R.OPEN_DOCUMENT: (_l("这是 .ods，请另存为 .xlsx。"), "It is an .ods: save it as .xlsx."),
    R.NO_WORKBOOK: (_l("这是压缩包，里面不是 Excel 表。"), "It is a zip file without an Excel workbook in it."),
    R.MACROS: (_l("里面有宏，请另存为不带宏的 .xlsx。"), "It holds macros: save it as .xlsx without them."),
    R.LINKS: (
        _l("里面连着别的表格文件，请断开链接，只留数值。"),
        "It links to other workbooks: break the links and keep the values.",
    ),
    R.BOMB: (_l("解开以后太大，不像一张货单。"), "Unpacked it is far larger than any list of goods."),
    R.DAMAGED: (
        _l("文件坏了，读不完整。请重新保存一次。"),
        "It is damaged and cannot be read to its end: save it again.",
    ),
    R.NOT_JSON: (_l("这一行不是 JSON 对象。"), "is not a JSON object"),
    R.QUOTES: (_l("这一行的引号对不上。"), "has quotes that do not match"),
    R.TOO_MANY_CELLS: (_l("这一行的格子比列名多。"), "has more cells than the header"),
    R.MISSING: (_l("空着，这一格要填。"), "is empty and must be filled"),
    R.CHARACTERS: (_l("里面有看不见的控制字符。"), "holds control characters"),
    R.TYPE: (_l("这里要写文字或数字。"), "must be a text or a number"),
    R.FORMULA: (_l("这一格是公式，请换成算好的值。"), "is a formula: paste its value"),
    R.ERROR_CELL: (_l("这一格是出错的值（%s）。"), "holds the error %s"),
    R.DATE_CELL: (
        _l("Excel 把它变成了日期。请把这一列设成“文本”再填。"),
        "was made a date by Excel: set the column to text and type it again",
    ),
    R.TOO_LONG: (_l("最多 %s 个字。"), "has more than %s characters"),
    R.NOT_FEN: (_l("价格按分写：%s。"), "is a price in whole fen: %s"),
    R.PRICE_RANGE: (_l("价格要在 1 到 %s 分之间。"), "is from 1 to %s fen"),
    R.NOT_WHOLE: (_l("要写整数，不能少于 0。"), "is a whole number from 0"),
    R.STOCK_RANGE: (_l("最多 %s。"), "is at most %s"),
    R.UNIT: (_l("这个单位不认识。"), "is an unknown unit"),
    R.MONTHS: (
        _l("月份写成 1-3;11 这样，全年就空着。"),
        "is written like 1-3;11, or left empty for the whole year",
    ),
    R.TOO_MANY_TAGS: (_l("最多 %s 个。"), "has more than %s items"),
    R.LONG_TAG: (_l("每个最多 %s 个字。"), "has an item of more than %s characters"),
    R.UNKNOWN: (_l("镇上还没有，要新建请勾选“没有的就新建”。"), "is not known here: give --create to add it"),
    R.SEVERAL: (_l("有几个都叫这个，请写代号：%s。"), "is the name of several, write a code: %s"),
    R.SUSPENDED: (_l("这一家停卖了。"), "is suspended"),
    R.REF_TWICE: (_l("第 %s 行已经用了这个编号。"), "stands in row %s already"),
    R.REF_TAKEN: (_l("这个编号是别家的货：%s。"), "belongs to goods of another vendor: %s"),
    R.ARCHIVED: (_l("这样货已经收起了，请换一个新编号。"), "was ended for good: use a new ref"),
    R.TAKEN_DOWN: (
        _l("这样货被中心下了架，先在工作台放回去再导。"),
        "was taken down by the centre: put it up on its page first",
    ),
    R.BY_WEIGHT: (
        _l("这样货现在论斤称着卖，请在它自己的页面上改。"),
        "is sold by actual weight now: change it on its page",
    ),
    R.MEANWHILE: (_l("刚才有人也在改这样货，再导一次就好。"), "was changed by somebody meanwhile: import it again"),
    R.NOT_LAWFUL: (_l("这样货在卖，可是照这样改就不合规了：%s"), "is on the shelf and may not be changed so: %s"),
    R.CANNOT_BE: (_l("这样写不行（%s）。"), "cannot be (%s)"),
    R.PAPER_MISSING: (
        _l("缺证照，要其中一种：%s。"),
        "waits: its vendor lacks one of these papers: %s",
    ),
    R.PAPER_EXPIRED: (_l("证照到期了，要其中一种：%s。"), "waits: a paper has ended, one of these is needed: %s"),
    R.FORBIDDEN_WORD: (_l("有不能写的词：%s。"), "waits: it has words that the law forbids: %s"),
    R.LABEL_ITEM: (_l("标签上必须有的还没填：%s。"), "waits: the label lacks %s"),
    R.GIVEN_BACK: (_l("中心退回去让改的，还没有改。"), "waits: the centre gave it back and nothing has changed"),
    R.PHOTO: (_l("照片没有收：%s"), "a photo was not taken: %s"),
    R.TOO_MANY_PHOTOS: (_l("照片太多，只收了前 %s 张。"), "has more photos than %s, the others were left out"),
}
PAPERS = {
    "workshop_filing": _l("小作坊备案证"),
    "food_licence": _l("食品生产许可证"),
    "quarantine": _l("动物检疫合格证明"),
    "liquor_licence": _l("酒类许可证"),
    "vouched": _l("中心担保"),
}
ITEMS = {"ingredients": _l("配料"), "keep_note": _l("怎么保存"), "shelf_days": _l("保质期")}


def words(reason: Reason, detail: str) -> str:
    """Return the sentence for a page."""
    sentence = str(WORDS[reason][0])
    return sentence % _told(reason, detail) if "%s" in sentence else sentence


def english(reason: Reason, detail: str) -> str:
    """Return what the command line says of it: a sentence for a file, for a row what follows its column's name."""
    sentence = WORDS[reason][1]
    return sentence % detail if "%s" in sentence else sentence


def _told(reason: Reason, detail: str) -> str:
    parts = detail.split(",")
    if reason in (R.PAPER_MISSING, R.PAPER_EXPIRED):
        return "、".join(str(PAPERS.get(part, part)) for part in parts)
    if reason is R.LABEL_ITEM:
        return "、".join(str(ITEMS.get(part, part)) for part in parts)
    if reason is R.PHOTO:
        file, _colon, flaw = detail.rpartition(": ")
        return f"{file}，{flaw_words(flaw)}"
    return detail
