"""The house's settings: every `SHOP_*` variable, read once into one typed object. `docs/settings.md` documents each."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

DEMO_SECRET = "demo-secret-not-for-production"  # noqa: S105 - refused in production below
DEMO_VAULT_KEY = "demo-vault-key-not-for-production"
DEMO_FACTOR_KEY = "SHANHUO2DEMO3KEY4NOT5FOR6MONEY7A"
"""What the demo's people have in their authenticator; its page tells the code, which no real town's does."""
COURIERS = frozenset({"town", "manual", "kuaidi100"})
KNOWN = frozenset(
    {
        "SHOP_ENV",
        "SHOP_SECRET_KEY",
        "SHOP_VAULT_KEY",
        "SHOP_BIND",
        "SHOP_DATABASE_URL",
        "SHOP_JOBS_URL",
        "SHOP_REDIS_URL",
        "SHOP_DATA_DIR",
        "SHOP_MEDIA_URL",
        "SHOP_PUBLIC_URL",
        "SHOP_TRUSTED_PROXIES",
        "SHOP_WEB_PROCESSES",
        "SHOP_WEB_THREADS",
        "SHOP_JOB_THREADS",
        "SHOP_OFFLINE",
        "SHOP_UPLOAD_MB",
        "SHOP_SECOND_FACTOR_MINUTES",
        "SHOP_SECOND_FACTOR_YUAN",
        "SHOP_DOCUMENT_MB",
        "SHOP_CASH",
        "SHOP_FADE_DAYS",
        "SHOP_KEEP_MONTHS",
        "SHOP_LEAST_PAYOUT",
        "SHOP_PAYOUT_WAIT_DAYS",
        "SHOP_COURIERS",
        "SHOP_KUAIDI_KEY",
        "SHOP_KUAIDI_SECRET",
        "SHOP_KUAIDI_CUSTOMER",
        "SHOP_KUAIDI_COMPANY",
        "SHOP_KUAIDI_PARTNER",
        "SHOP_KUAIDI_API",
        "SHOP_SMTP_URL",
        "SHOP_MAIL_FROM",
        "SHOP_STRIPE_KEY",
        "SHOP_STRIPE_WEBHOOK_SECRET",
        "SHOP_STRIPE_API",
    }
)


class BadSettings(Exception):
    """A setting is missing, unknown or makes no sense; the message is one sentence for the operator."""


@dataclass(frozen=True)
class StripeSettings:
    """An account at Stripe, in its test mode; `api` is the address of a stand-in, None for Stripe itself."""

    key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api: str | None


@dataclass(frozen=True)
class Kuaidi100Settings:
    """An account at Kuaidi100.

    Attributes:
        company: who carries unless somebody says otherwise, by Kuaidi100's code.
        partner: the monthly account at that company; empty when the sender pays in cash.
        api: the address of a stand-in, None for Kuaidi100 itself.
    """

    key: str = field(repr=False)
    secret: str = field(repr=False)
    customer: str = field(repr=False)
    company: str
    partner: str
    api: str | None


@dataclass(frozen=True)
class SmtpSettings:
    """A mail provider; `sender` is the address that mails come from."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_tls: bool
    """Encrypted from the first byte; otherwise by STARTTLS, except on the machine itself."""
    sender: str

    @property
    def is_local(self) -> bool:
        """Tell whether mails do not leave this machine on the way to it."""
        return self.host in ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Settings:
    """Everything the operator of a machine decides. What a manager changes lives in the database instead."""

    env: Literal["demo", "production"]
    secret_key: str
    vault_keys: tuple[str, ...] = field(repr=False)
    host: str
    port: int
    database_url: str
    jobs_url: str
    redis_url: str | None
    data_dir: Path
    media_url: str
    public_url: str
    trusted_proxies: int
    web_processes: int
    web_threads: int
    job_threads: int
    keeps_pages: bool
    """Buyers' phones keep the last pages for the day without network."""
    upload_mb: int
    second_factor_minutes: int
    second_factor_yuan: int
    """Above so much given back of one order by hand, the second factor is asked for."""
    document_mb: int
    takes_cash: bool
    fade_days: int
    keep_months: int
    least_payout_yuan: int
    """Less is not sent to a vendor, but carried on."""
    payout_wait_days: int
    """So long after somebody changed how a vendor is paid nothing is sent there."""
    couriers: tuple[str, ...]
    kuaidi100: Kuaidi100Settings | None
    smtp: SmtpSettings | None
    stripe: StripeSettings | None

    @property
    def is_demo(self) -> bool:
        """Tell whether this is the demo town, where the demo gateway and readable codes are allowed."""
        return self.env == "demo"

    @property
    def search_dir(self) -> Path:
        """Folder of this node's search index."""
        return self.data_dir / "search"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings.

        Raises:
            BadSettings: with a sentence that names the variable and what to do.
        """
        unknown = sorted(name for name in environ if name.startswith("SHOP_") and name not in KNOWN)
        if unknown:
            raise BadSettings(f"Unknown setting {unknown[0]}: see docs/settings.md for the names.")
        env = environ.get("SHOP_ENV", "demo")
        if env not in ("demo", "production"):
            raise BadSettings("SHOP_ENV must be demo or production.")
        secret = environ.get("SHOP_SECRET_KEY", DEMO_SECRET if env == "demo" else "")
        if env == "production" and (len(secret) < 32 or secret == DEMO_SECRET):
            raise BadSettings(
                "SHOP_SECRET_KEY must be a secret of at least 32 characters in production:"
                " python -c 'import secrets; print(secrets.token_hex(32))' makes one."
            )
        host, port = _bind(environ.get("SHOP_BIND", "127.0.0.1:8000"))
        data_dir = Path(environ.get("SHOP_DATA_DIR", "var")).absolute()
        public_url = environ.get("SHOP_PUBLIC_URL", f"http://{host}:{port}" if env == "demo" else "").rstrip("/")
        if not public_url.startswith(("http://", "https://")):
            raise BadSettings("SHOP_PUBLIC_URL must be the address people open, such as https://shop.example.cn.")
        database_url = environ.get("SHOP_DATABASE_URL") or f"sqlite:///{data_dir / 'shop.db'}"
        if not database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise BadSettings("SHOP_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        jobs_url = environ.get("SHOP_JOBS_URL") or f"sqlite:///{data_dir / 'jobs.db'}"
        if not jobs_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "redis://", "rediss://")):
            raise BadSettings("SHOP_JOBS_URL must begin with sqlite:///, postgresql:// or redis://.")
        media_url = environ.get("SHOP_MEDIA_URL") or (data_dir / "media").as_uri()
        if not media_url.startswith(("file:///", "s3://")):
            raise BadSettings("SHOP_MEDIA_URL must begin with file:/// or s3://.")
        return cls(
            env="demo" if env == "demo" else "production",
            secret_key=secret,
            vault_keys=_vault_keys(environ, env, secret),
            host=host,
            port=port,
            database_url=database_url,
            jobs_url=jobs_url,
            redis_url=environ.get("SHOP_REDIS_URL") or None,
            data_dir=data_dir,
            media_url=media_url,
            public_url=public_url,
            trusted_proxies=_whole(environ, "SHOP_TRUSTED_PROXIES", 0, 0, 5),
            web_processes=_whole(environ, "SHOP_WEB_PROCESSES", 2, 1, 64),
            web_threads=_whole(environ, "SHOP_WEB_THREADS", 16, 1, 256),
            job_threads=_whole(environ, "SHOP_JOB_THREADS", 2, 1, 64),
            keeps_pages=_switch(environ, "SHOP_OFFLINE"),
            upload_mb=_whole(environ, "SHOP_UPLOAD_MB", 32, 1, 200),
            second_factor_minutes=_whole(environ, "SHOP_SECOND_FACTOR_MINUTES", 30, 1, 720),
            second_factor_yuan=_whole(environ, "SHOP_SECOND_FACTOR_YUAN", 200, 0, 1_000_000),
            document_mb=_whole(environ, "SHOP_DOCUMENT_MB", 10, 1, 100),
            takes_cash=_switch(environ, "SHOP_CASH"),
            fade_days=_whole(environ, "SHOP_FADE_DAYS", 90, 7, 365),
            keep_months=_whole(environ, "SHOP_KEEP_MONTHS", 36, 36, 120),
            least_payout_yuan=_whole(environ, "SHOP_LEAST_PAYOUT", 10, 0, 1000),
            payout_wait_days=_whole(environ, "SHOP_PAYOUT_WAIT_DAYS", 3, 0, 30),
            couriers=_couriers(environ),
            kuaidi100=_kuaidi100(environ, env),
            smtp=_smtp(environ),
            stripe=_stripe(environ, env),
        )


def _vault_keys(environ: Mapping[str, str], env: str, secret: str) -> tuple[str, ...]:
    told = environ.get("SHOP_VAULT_KEY", DEMO_VAULT_KEY if env == "demo" else "")
    keys = tuple(key.strip() for key in told.split(","))
    if env == "production" and any(len(key) < 32 or key in (DEMO_VAULT_KEY, secret) for key in keys):
        raise BadSettings(
            "SHOP_VAULT_KEY must be a secret of its own of at least 32 characters in production (several with commas,"
            " the newest first): python -c 'import secrets; print(secrets.token_hex(32))' makes one."
        )
    if not all(keys):
        raise BadSettings("SHOP_VAULT_KEY must hold keys with commas between them, the newest first.")
    return keys


def _bind(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadSettings("SHOP_BIND must be an address and a port, such as 127.0.0.1:8000.")
    return host, int(port)


def _whole(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise BadSettings(f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "on")
    if text not in ("on", "off"):
        raise BadSettings(f"{name} must be on or off.")
    return text == "on"


def _couriers(environ: Mapping[str, str]) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in environ.get("SHOP_COURIERS", "town,manual").split(","))
    if len(set(codes)) < len(codes) or not set(codes) <= COURIERS:
        raise BadSettings("SHOP_COURIERS must name couriers with commas between them: town, manual, kuaidi100.")
    return codes


def _kuaidi100(environ: Mapping[str, str], env: str) -> Kuaidi100Settings | None:
    names = ("KEY", "SECRET", "CUSTOMER", "COMPANY")
    told = {name: environ.get(f"SHOP_KUAIDI_{name}", "").strip() for name in (*names, "PARTNER", "API")}
    is_on = "kuaidi100" in _couriers(environ)
    if is_on != any(told.values()) or (is_on and not all(told[name] for name in names)):
        raise BadSettings(
            "Kuaidi100 needs its name in SHOP_COURIERS and all of SHOP_KUAIDI_KEY, _SECRET, _CUSTOMER and _COMPANY."
        )
    if told["API"] and env == "production":
        raise BadSettings("SHOP_KUAIDI_API is refused in production: a stand-in carries nothing.")
    if told["API"] and not told["API"].startswith(("http://", "https://")):
        raise BadSettings("SHOP_KUAIDI_API must be an address, such as http://127.0.0.1:12112.")
    if not is_on:
        return None
    api = told["API"].rstrip("/") or None
    key, secret, customer, company = (told[name] for name in names)
    return Kuaidi100Settings(key, secret, customer, company, told["PARTNER"], api)


def _smtp(environ: Mapping[str, str]) -> SmtpSettings | None:
    text, sender = environ.get("SHOP_SMTP_URL", "").strip(), environ.get("SHOP_MAIL_FROM", "").strip()
    if bool(text) != bool(sender):
        raise BadSettings("SHOP_SMTP_URL and SHOP_MAIL_FROM belong together: set both or neither.")
    if not text:
        return None
    told, wrong = (
        urlsplit(text),
        "SHOP_SMTP_URL must be like smtps://user:password@smtp.example.cn:465, or smtp://…:587.",
    )
    try:
        port = told.port
    except ValueError as error:
        raise BadSettings(wrong) from error
    if told.scheme not in ("smtp", "smtps") or not told.hostname or told.path.strip("/"):
        raise BadSettings(wrong)
    if sender.count("@") != 1 or any(char.isspace() for char in sender):
        raise BadSettings("SHOP_MAIL_FROM must be a mail address, such as shop@example.cn.")
    is_tls = told.scheme == "smtps"
    user, password = unquote(told.username or ""), unquote(told.password or "")
    return SmtpSettings(told.hostname, port or (465 if is_tls else 587), user, password, is_tls, sender)


def _stripe(environ: Mapping[str, str], env: str) -> StripeSettings | None:
    key, secret = environ.get("SHOP_STRIPE_KEY", "").strip(), environ.get("SHOP_STRIPE_WEBHOOK_SECRET", "").strip()
    api = environ.get("SHOP_STRIPE_API", "").strip().rstrip("/")
    if bool(key) != bool(secret):
        raise BadSettings("SHOP_STRIPE_KEY and SHOP_STRIPE_WEBHOOK_SECRET belong together: set both or neither.")
    if key and not key.startswith(("sk_test_", "rk_test_")):
        raise BadSettings("SHOP_STRIPE_KEY must be a key of Stripe's test mode: it begins with sk_test_ or rk_test_.")
    if secret and not secret.startswith("whsec_"):
        raise BadSettings("SHOP_STRIPE_WEBHOOK_SECRET must be the signing secret of a webhook: it begins with whsec_.")
    if (key or api) and env == "production":
        raise BadSettings(
            f"{'SHOP_STRIPE_KEY' if key else 'SHOP_STRIPE_API'} is refused in production: Stripe is wired in its test"
            " mode only, and goods would be given for pretend money."
        )
    if api and not api.startswith(("http://", "https://")):
        raise BadSettings("SHOP_STRIPE_API must be an address, such as http://127.0.0.1:12111.")
    return StripeSettings(key, secret, api or None) if key else None
