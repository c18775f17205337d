"""What a person is told when a photo or a document is not taken; for the faces of any room that asks for one."""

from flask_babel import gettext as _

from shop.media.documents.rules import MAX_PAGES, DocumentFlaw
from shop.media.rules import MAX_PIXELS, Flaw


def flaw_words(reason: str) -> str:
    """Return the sentence for a `BadPhoto.reason`.

    Raises:
        ValueError: it is not a known reason.
    """
    words: dict[Flaw, str] = {
        Flaw.EMPTY: _("这个文件是空的，照片没有传过来。请再选一次。"),
        Flaw.NOT_A_PICTURE: _("这个文件不是照片。请选手机里的照片，或者现在拍一张。"),
        Flaw.FILM: _("这是一段视频，这里只收照片。请拍一张照片发来。"),
        Flaw.DRAWING: _("这是电脑画的图（SVG），不是照片。请拍一张实物照片发来。"),
        Flaw.DOCUMENT: _("这是文档或压缩包，不是照片。请把照片单独发来，或者现在拍一张。"),
        Flaw.OTHER_FORMAT: _("这种图片格式收不了。请发手机拍的照片，或者存成 JPG、PNG、WebP、HEIC、AVIF 再发。"),
        Flaw.TOO_LARGE: _("照片文件太大了。换一张，或者用手机直接拍。"),
        Flaw.TOO_MANY_PIXELS: _("照片超过 %(n)d 万像素了。请把手机相机调到普通画质再拍一张。", n=MAX_PIXELS // 10_000),
        Flaw.TOO_SMALL: _("照片太小，看不清东西。请发原图，或者再拍一张。"),
        Flaw.TOO_THIN: _("照片太窄太长，看不清东西。请正对着货再拍一张。"),
        Flaw.TOO_HARD: _("这张照片处理不了。请把手机相机调到普通画质再拍一张。"),
        Flaw.DAMAGED: _("照片坏了，或者没有传完整。请再选一次，或者重新拍一张。"),
    }
    return words[Flaw(reason)]


def document_flaw_words(reason: str, max_mb: int) -> str:
    """Return the sentence for a `BadDocument.reason`.

    Args:
        max_mb: the largest document taken, in megabytes.

    Raises:
        ValueError: it is not a known reason.
    """
    words: dict[DocumentFlaw, str] = {
        DocumentFlaw.EMPTY: _("这个文件是空的，没有传过来。请再选一次。"),
        DocumentFlaw.TOO_LARGE: _("这个文件超过 %(n)d MB。请从电子税务局重新下载一份。", n=max_mb),
        DocumentFlaw.PROGRAM: _("这个文件是程序，或者里面带着程序，不能收。请从电子税务局重新下载。"),
        DocumentFlaw.OTHER_FORMAT: _("只收发票文件：PDF、OFD 或者 XML。照片和压缩包请不要传到这里。"),
        DocumentFlaw.LOCKED: _("这个文件加了密码，打不开。请传没有密码的一份。"),
        DocumentFlaw.TOO_LONG: _("这个文件超过 %(n)d 页，不像一张发票。", n=MAX_PAGES),
        DocumentFlaw.SWOLLEN: _("这个文件的内容不对劲，打开会占满机器，不能收。请从电子税务局重新下载。"),
        DocumentFlaw.TOO_HARD: _("这个文件打开太费力，处理不了。请从电子税务局重新下载。"),
        DocumentFlaw.DAMAGED: _("这个文件坏了，或者没有传完整。请重新下载再传一次。"),
    }
    return words[DocumentFlaw(reason)]
