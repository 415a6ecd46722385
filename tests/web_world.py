"""An application over a store of letters made by hand, secret ones among them, for the tests of the screens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw

from models.document import Line, Page, Source, Word
from models.geometry import BBox
from models.letter import Amount, Field, IssuingBody, Letter, Mention, Project, Witness
from pipeline.ingest import Limits
from pipeline.page_image import PageImages
from pipeline.store.accounts import Account
from pipeline.store.ledger import Counts
from pipeline.store.saved import Question
from pipeline.store.store import Store
from tests.databases import fresh_url
from tests.letters import cites, letter
from web.access import COOKIE
from web.app import create_app
from web.office import Office, Settings

NOW = datetime(2026, 1, 2, 3, 4, 5)
PROVINCE = "Ủy ban nhân dân tỉnh An Giang"
MINISTRY = "Bộ Tài chính"
# Words that only secret letters and files say; no answer to a reader without clearance may hold one of them.
SECRETS = ("77/BTC-MAT", "Kế hoạch tuyệt mật", "bí mật quân sự", "88/QĐ-MAT", "so-do-mat", "Dự án ngầm")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://example.vn","x")'


@dataclass(frozen=True, slots=True)
class World:
    """The application with its store and the ids of its letters."""

    app: FastAPI
    store: Store
    ids: dict[str, str]
    office: Office
    browsers: dict[str | None, TestClient] = field(default_factory=dict)
    saved: int = 0
    feed: str = ""

    def file_of(self, name: str) -> str:
        """Digest of the file of a letter; of the one set aside for "bench"."""
        stored = self.store.letter(self.ids[name])
        assert stored is not None
        return "0" * 64 if name == "bench" else stored.letter.source.sha256

    def client(self, role: str | None = None, *, cleared: bool = False) -> TestClient:
        """A browser of somebody with this role, logged in; of nobody if it is None."""
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        if role:
            client.cookies.set(COOKIE, self.office.sessions.begin(self.account(role, cleared), NOW))
            session = self.office.sessions.get(client.cookies[COOKIE], NOW)
            assert session is not None
            client.headers["X-CSRF-Token"] = session.csrf
        return client

    def kept(self, role: str | None = None) -> TestClient:
        """The same browser each time."""
        if role not in self.browsers:
            self.browsers[role] = self.client(role).__enter__()
        return self.browsers[role]

    def account(self, role: str, cleared: bool = False) -> Account:
        """The account with this role, made when first asked for."""
        name = f"{role}{'-cleared' if cleared else ''}"
        accounts = self.office.accounts
        known = {account.name: account for account in accounts.all()}
        if name not in known:
            password = accounts.create(name, role, "test", NOW)
            account = accounts.check(name, password)
            assert account is not None
            accounts.change_password(account, f"{name}-password", NOW)
            accounts.change(name, role=role, cleared=cleared, active=True, by="test", now=NOW)
        return {account.name: account for account in accounts.all()}[name]


def world(folder: Path, *, clock: object = None) -> World:
    """A fresh store with the letters below, and the application over it."""
    store = Store.open(fresh_url(folder, "web"))
    letters = hand_made(folder)
    ids = {name: store.save(item, now=NOW) for name, item in letters.items()}
    store.relink()
    run = store.ledger.start("ingest", NOW)
    for i, item in enumerate(letters.values()):
        store.ledger.note(run, i, f"/in/{item.source.name}", item.source.sha256, "stored", None)
    store.ledger.finish(run, Counts(seen=len(letters), stored=len(letters), pages=len(letters)), NOW)
    bad = Source("hong.pdf", "0" * 64, "application/pdf", Path("/in/hong.pdf"), 10)
    store.ledger.set_aside(bad, "quarantined", "damaged", "cannot be opened", NOW)
    hidden = Source("so-do-mat.pdf", "1" * 64, "application/pdf", Path("/in/so-do-mat.pdf"), 10)
    store.ledger.set_aside(hidden, "quarantined", "secret_document", "carries a mark", NOW)
    settings = Settings(
        uploads=folder / "uploads",
        hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
        clock=lambda: NOW,
    )
    taken: list[Path] = []
    app = create_app(store, PageImages(folder / "pages", Limits()), settings, taken.extend)
    app.state.taken = taken
    return World(app, store, ids, app.state.office)


def with_saved(here: World) -> World:
    """The same with a saved search of the administrator for every letter, and its feed."""
    administrator, open_ = here.account("administrator"), here.office.open
    key = open_.saved.keep(administrator.name, "tất cả", Question(), NOW - timedelta(days=1))
    return replace(here, saved=key, feed=here.office.accounts.make_feed(administrator, key, NOW))


def hand_made(folder: Path) -> dict[str, Letter]:
    """Letters by name."""
    secret = letter(
        "77/BTC-MAT", "2024-02-02", MINISTRY,
        cites("88/QĐ-MAT", "2024-01-01", MINISTRY, title="Kế hoạch tuyệt mật"),
        cites("5/QĐ-BTC", "2024-01-03", MINISTRY, title="bí mật quân sự trong quyết định năm"),
        subject="Kế hoạch tuyệt mật", text="bí mật quân sự",
    )  # fmt: skip
    secret = replace(
        secret,
        secrecy=Field("MẬT", "MẬT", 0.9, 1),
        projects=(Project("Dự án ngầm", amounts=(Amount("KH", "5", None, "2024", 5_000_000),)),),
        source=replace(secret.source, name="so-do-mat-2.pdf"),
        review=("place",),
    )
    project = Project("Đường ven sông", amounts=(Amount("Kế hoạch", "9.488", "NSĐP", "2022", 9_488_000_000),))
    return {
        "bench": scanned(folder),
        "open": letter(
            "12/UBND-KT", "2024-03-05", PROVINCE,
            cites("77/BTC-MAT", "2024-02-02", MINISTRY, "replies_to"),
            cites("5/QĐ-BTC", "2024-01-03", MINISTRY),
            subject="V/v sửa chữa cầu đường", text="Sửa chữa cầu, đường bộ tại Đà Nẵng",
        ),
        "decision": letter("9/QĐ-BTC", "2024-01-04", MINISTRY, cites("10/QĐ-BTC", "2023-01-04", MINISTRY, "amends"),
                           doc_type="QĐ", subject="Sửa đổi quyết định"),
        "hostile": replace(letter("13/UBND-KT", "2024-03-06", PROVINCE, subject=HOSTILE, text=HOSTILE + " đường"),
                           projects=(project,)),
        "formula": letter("14/UBND-KT", "2024-03-07", FORMULA, subject=FORMULA),
        "one": letter("280/QĐ-UBND", "2022-01-20", PROVINCE, doc_type="QĐ", name="one.pdf"),
        "other": letter("280/QĐ-UBND", "2022-01-20", "Ủy ban nhân dân tỉnh Lâm Đồng", doc_type="QĐ", name="other.pdf"),
        "secret": secret,
    }  # fmt: skip


def scanned(folder: Path) -> Letter:
    """A letter with a real picture, boxes, rival readings and a citation that may mean two documents."""
    path = folder / "scan.png"
    picture = Image.new("L", (1190, 1684), 255)
    pen = ImageDraw.Draw(picture)
    for y, words in ((120, "So: 45/UBND-KT"), (300, "V/v ke hoach"), (600, "theo Quyet dinh so 280/QD-UBND")):
        pen.text((200, y), words, fill=0, font_size=36)
    picture.save(path, dpi=(144, 144))
    data = path.read_bytes()
    box = BBox(100.0, 55.0, 300.0, 85.0)
    words = ("Quyết định số 280/QĐ-UBND", BBox(100.0, 295.0, 420.0, 325.0))
    lines = (
        Line("Số: 45/UBND-KT", "So: 45/UBND-KT", box, 0.9, (Word("45/UBND-KT", box, 0.9),)),
        Line(f"theo {words[0]}", f"theo {words[0]}", words[1], 0.9, (Word("280/QĐ-UBND", words[1], 0.4),)),
    )
    cited = replace(cites("280/QĐ-UBND", "2022-01-20"), mentions=(Mention(words[0], 1, words[1]),))
    others = tuple(cites(f"{n}/NQ-CP", "2021-01-01", "Chính phủ", "legal_basis") for n in (31, 32, 33))
    base = letter("45/UBND-KT", "2024-03-08", PROVINCE, cited, *others, subject="V/v kế hoạch năm 2024")
    readings = (
        Witness("tesseract", "45/UBND-KT", 0.55), Witness("paddle", "46/UBND-KT", 0.5),
    )  # fmt: skip
    body = IssuingBody(PROVINCE)
    return replace(
        base,
        source=Source("scan.png", hashlib.sha256(data).hexdigest(), "image/png", path, len(data)),
        pages=(Page(1, 595.0, 842.0, lines=lines),),
        number=Field("45/UBND-KT", "45/UBND-KT", 0.55, 1, box, readings),
        issuer=Field(body, PROVINCE, 0.97, 1, BBox(60.0, 30.0, 280.0, 50.0)),
        place=Field("An Giang", "An Giang", 0.9, 1),
        recipients=(Field("Sở Tài chính", "Sở Tài chính", 0.9, 1),),
        review=("number", "date", "issuer", "subject", "signer"),
    )
