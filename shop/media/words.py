"""What a person is told when a photo is not taken; for the faces of any room that asks for photos."""

from flask_babel import gettext as _

from shop.media.rules import Flaw


def flaw_words(reason: str) -> str:
    """Return the sentence for a `BadPhoto.reason`.

    Raises:
        ValueError: it is not a known reason.
    """
    words: dict[Flaw, str] = {
        Flaw.NOT_A_PICTURE: _("这个文件不是照片。请选手机拍的照片（JPG、PNG 或 WebP）。"),
        Flaw.TOO_LARGE: _("照片文件太大了。换一张，或者用手机直接拍。"),
        Flaw.TOO_MANY_PIXELS: _("照片尺寸太大了。请把手机相机调到普通画质再拍一张。"),
        Flaw.TOO_SMALL: _("照片太小或太窄，看不清东西。请再拍一张。"),
        Flaw.DAMAGED: _("照片没有传完整。请再选一次，或重新拍一张。"),
    }
    return words[Flaw(reason)]
