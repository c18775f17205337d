"""Stories, sights, the way here, help and announcements, version by version"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("story", "sight", "way", "help", "announcement")
LANGUAGES = ("zh_Hans", "zh_Hant", "en")


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("code", name=op.f("uq_article_code")),
        sa.CheckConstraint("number > 0", name=op.f("ck_article_number")),
        sa.CheckConstraint(_among("kind", KINDS), name=op.f("ck_article_kind")),
    )
    op.create_index(op.f("ix_article_kind"), "article", ["kind"])
    op.create_table(
        "article_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("village_id", BIG, nullable=True),
        sa.Column("vendor_id", BIG, nullable=True),
        sa.Column("photo_key", sa.String(64), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_version")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_article_version_article_id_number")),
        sa.CheckConstraint("number > 0", name=op.f("ck_article_version_number")),
        sa.CheckConstraint(
            "(first_on IS NULL) = (last_on IS NULL) AND first_on <= last_on", name=op.f("ck_article_version_days")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_version_article_id_article")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_article_version_village_id_village")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor.id"], name=op.f("fk_article_version_vendor_id_vendor")),
        sa.ForeignKeyConstraint(["photo_key"], ["photo.key"], name=op.f("fk_article_version_photo_key_photo")),
    )
    for column in ("article_id", "village_id", "vendor_id", "photo_key"):
        op.create_index(op.f(f"ix_article_version_{column}"), "article_version", [column])
    op.create_table(
        "article_words",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("line", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alt", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("season", sa.String(200), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "language", name=op.f("pk_article_words")),
        sa.CheckConstraint(_among("language", LANGUAGES), name=op.f("ck_article_words_language")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name=op.f("fk_article_words_version_id_article_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("article_words")
    op.drop_table("article_version")
    op.drop_table("article")
