"""Commands of research: cite, path, chain, cited-by, saved, authorities."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from pipeline.cli.app import App
from pipeline.cli.main import run
from pipeline.config import Config
from pipeline.store.store import Store
from tests.letters import cites, letter
from tests.test_cli import fake

UBND = "Ủy ban nhân dân tỉnh An Giang"


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = App(Config(database=f"sqlite:///{tmp_path / 'c.sqlite'}"), fake)
    store = app.store()
    store.save(letter("1/QĐ-UBND", "2020-01-02", UBND, subject="về việc thử", doc_type="QĐ"))
    store.save(letter("2/QĐ-UBND", "2021-01-02", UBND, cites("1/QĐ-UBND", "2020-01-02", UBND, "amends")))
    store.save(letter("3/QĐ-UBND", "2022-01-02", UBND, cites("2/QĐ-UBND", "2021-01-02", UBND, "replaces")))
    store.relink()
    store.close()
    return app


def _json(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_pasted_text_gives_its_citations_with_a_status_each(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(app.config.database).save(letter("1/QĐ-UBND", "2023-01-02", "Ủy ban nhân dân tỉnh Cà Mau"))
    app.store().relink()
    text = "Căn cứ Quyết định số 2/QĐ-UBND ngày 02/01/2021, Quyết định số 1/QĐ-UBND và Nghị quyết số 77/NQ-HĐND;"
    file = tmp_path / "pasted.txt"
    file.write_text(text, encoding="utf-8")
    assert run(["cite", str(file), "--format", "json"], app) == 0
    items = _json(capsys)
    assert [(item["number"], item["status"]) for item in items] == [
        ("2/QĐ-UBND", "found"), ("1/QĐ-UBND", "several"), ("77/NQ-HĐND", "unknown"),
    ]  # fmt: skip
    for item in items:
        assert text[int(str(item["start"])) : int(str(item["end"]))] == item["text"]
    assert run(["cite", str(file)], app) == 0
    assert "found 1   several 1   unknown 1" in capsys.readouterr().err
    file.write_bytes(b"\xff\xfe\x00")
    assert run(["cite", str(file)], app) == 2
    assert run(["cite", str(tmp_path / "nothing")], app) == 2


def test_path_and_chain(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["path", "3/QĐ-UBND", "1/QĐ-UBND"], app) == 0
    out = capsys.readouterr().out
    assert "→ replaces: “số 2/QĐ-UBND” (page 1)" in out and "→ amends" in out
    assert run(["path", "1/QĐ-UBND", "3/QĐ-UBND", "--direction", "cites"], app) == 1
    assert run(["path", "9/QĐ-UBND", "3/QĐ-UBND"], app) == 1
    capsys.readouterr()
    assert run(["path", "3/QĐ-UBND", "1/QĐ-UBND", "--format", "json"], app) == 0
    assert len(_json(capsys)[0]["nodes"]) == 3  # type: ignore[arg-type]
    assert run(["chain", "2/QĐ-UBND", "--format", "json"], app) == 0
    assert _json(capsys)[0]["state"] == "replaced"
    assert run(["chain", "2/QĐ-UBND", "--on", "2021-06-01"], app) == 0
    assert "no change known" in capsys.readouterr().err


def test_cited_by_and_links_between_days(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cited-by", "2/QĐ-UBND", "--format", "csv"], app) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["relation"] for row in rows] == ["replaces"]
    assert run(["links", "2/QĐ-UBND", "--to", "31/12/2021", "--format", "json"], app) == 0
    edges = _json(capsys)[0]["edges"]
    assert isinstance(edges, list) and [edge["relation"] for edge in edges] == ["amends"]
    assert run(["show", "2/QĐ-UBND", "--format", "table"], app) == 0
    assert "← replaces by 3/QĐ-UBND" in capsys.readouterr().out


def test_the_graph_as_json_ld(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "links", "--format", "jsonld"], app) == 0
    (found,) = _json(capsys)
    things = found["@graph"]
    assert isinstance(things, list)
    documents = {thing["@id"]: thing for thing in things if thing["@type"] == "eli:LegalResource"}
    amending = next(d for d in documents.values() if d["number"] == "2/QĐ-UBND")
    assert documents[amending["eli:amends"][0]["@id"]]["number"] == "1/QĐ-UBND"
    citations = [thing for thing in things if thing["@type"] == "congvan:Citation"]
    assert {c["relation"] for c in citations} == {"amends", "replaces"}
    assert all(c["source"] in documents and c["target"] in documents and c["quote"] for c in citations)


def test_saved_queries(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["saved", "add", "ai dẫn số 1", "--cites", "1/QĐ-UBND"], app) == 0
    assert run(["saved", "new", "--format", "json"], app) == 0
    assert _json(capsys) == []
    app.store().save(letter("4/QĐ-UBND", "2023-01-02", UBND, cites("1/QĐ-UBND", "2020-01-02", UBND)))
    app.store().relink()
    assert run(["saved", "new", "1", "--since", "2020-01-01", "--keep", "--format", "json"], app) == 0
    assert {item["number"] for item in _json(capsys)} == {"2/QĐ-UBND", "4/QĐ-UBND"}
    assert run(["saved", "list", "--format", "json"], app) == 0
    assert _json(capsys)[0]["asks"] == {"cites": "1/QĐ-UBND"}
    assert run(["saved", "list"], app) == run(["saved", "new"], app) == 0
    assert run(["saved", "new", "9"], app) == 1
    assert run(["saved", "remove", "1"], app) == 0
    assert run(["saved", "remove", "1"], app) == 1


def test_authorities(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["authorities", "list", "ke hoach va dau tu", "--format", "json"], app) == 0
    assert "BKHĐT" in {item["code"] for item in _json(capsys)}
    assert run(["authorities", "show", "BKHĐT", "--format", "json"], app) == 0
    told = _json(capsys)[0]
    assert told["successors"] == [{"name": "Bộ Tài chính", "since": "2025-03-01"}] and "Bộ KH&ĐT" in str(
        told["aliases"]
    )
    assert run(["authorities", "show", "Công ty Xanh"], app) == 1
    assert run(["authorities", "add", "ĐHX", "Trường Đại học Xanh", "--source", "con dấu"], app) == 0
    assert run(["authorities", "merge", "Đại học Xanh", "Trường Đại học Xanh"], app) == 0
    assert run(["authorities", "show", "Đại học Xanh"], app) == 0
    assert run(["authorities", "undo", "2"], app) == 0
    assert run(["authorities", "undo", "2"], app) == 2
    assert run(["authorities", "learn"], app) == 0
    capsys.readouterr()
    assert run(["authorities", "list", "ĐHX", "--format", "json"], app) == 0
    assert [item["says"] for item in _json(capsys)] == ["ĐHX: Trường Đại học Xanh"]


def test_search_follows_the_succession(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    app.store().save(letter("8/BTC-TH", "2025-05-02", "Bộ Tài chính"))
    assert run(["search", "--issuer", "Bộ KH&ĐT", "--successors", "--format", "json"], app) == 0
    assert [item["number"] for item in _json(capsys)] == ["8/BTC-TH"]
