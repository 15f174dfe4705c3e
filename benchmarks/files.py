"""Files: official letters read whole, speed beside the named peers, hostile files, and what a process of their own
costs.

    python -m benchmarks.files [--ocr FONT.ttf] [FILE ...]

Letters, documents and hostile files are made here (`tests.support`); FILEs are timed beside them, and where a reviewed
text lies beside one (`FILE.txt`) the characters are counted that each reader shares with it. `--ocr` draws the
letter as a 200-dpi scan with noise, skew and a seal in that font and recognises it (extra `muniment[ocr]`).

Times are processor time, children included (`benchmarks.cputime`). Peers that are not installed (PyMuPDF, whose licence
keeps it out of our requirements; markitdown; tesseract) are named as absent.

Bars: all paragraphs and fields exact, no furniture left; text PDF at most 12 ms a page with the process; DOCX 2 ms; DOC
5 ms; XLSX five times openpyxl; every hostile file a named outcome, under 300 MB in the child, nothing in the daemon;
OCR 99 % of characters.
"""

from __future__ import annotations

import argparse
import difflib
import io
import logging
import resource
import shutil
import subprocess
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cputime import median, spent
from tests.support import letters, office
from tests.support.hostile import hostile
from tests.support.ole import word
from tests.support.pdfs import Letter, pdf
from worker.extract.files.extractor import recognised
from worker.isolate import Limits, Pool
from worker.reading import Payload, Read, read
from worker.settings import Source

URL = "http://files.example/a"
FIELDS = ("issuer", "document_number", "addressee", "signatory", "written_on", "contact", "copied_to", "proposal")
SHAPES: tuple[dict[str, object], ...] = (
    {},
    {"size": 15.0, "pitch": 26.0, "header": "临江市政务内网打印", "page_number": "第 {page} 页 共 {pages} 页"},
    {"size": 14.0, "pitch": 25.0, "watermark": "内部资料", "page_number": "- {page} -", "seal": "临江市工信局"},
    {"size": 16.0, "pitch": 29.0, "watermark": "样张", "seal": "临江市工信局", "header": "临江市政务内网打印"},
)
RUNS = 5


def main() -> None:
    """Prints every figure beside its peer or bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocr", metavar="FONT")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    args = parser.parse_args()
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    _letters()
    _start_up()
    _speed({"letter, 2 pages": pdf(letters.reply().sheets())} | {path.name: path.read_bytes() for path in args.files})
    for path in args.files:
        if (reviewed := path.with_name(f"{path.name}.txt")).exists():
            _reviewed(path.name, path.read_bytes(), reviewed.read_text(encoding="utf-8"))
    _office()
    if args.ocr:
        _ocr(args.ocr)
    _hostile()


def _read(body: bytes) -> Read:
    return read(Payload(body, URL, URL, datetime(2026, 1, 1, tzinfo=UTC)), Source("s", URL), "file")


def _letters() -> None:
    """Paragraphs and fields of one letter in four shapes, and what of the paper is left in the text."""
    whole = fields = left = peers = total = 0
    for shape in SHAPES:
        letter = letters.reply(**shape)
        body = pdf(letter.sheets())
        (seen,) = _read(body).seen
        said = seen.content.text.split("\n")
        total += len(letters.BODY)
        whole += sum(text in said for text in letters.BODY)
        fields += sum(bool(seen.content.fields.get(name)) for name in FIELDS)
        left += sum(
            word in seen.content.text
            for word in ("内网打印", "内部资料", "样张", "电子印章", "— 1 —", "- 1 -", "第 1 页")
        )
        peers += sum(text in _plumbed(body).split("\n") for text in letters.BODY)
    print(
        f"letters in {len(SHAPES)} shapes: paragraphs exact {whole} of {total} (pdfplumber "
        f"{peers}); fields {fields} of {len(FIELDS) * len(SHAPES)}; furniture left {left}"
    )


def _plumbed(body: bytes) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(body)) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages)


def _mined(body: bytes) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(io.BytesIO(body)))


def _pymupdf(body: bytes) -> str:
    import pymupdf

    with pymupdf.open(stream=body, filetype="pdf") as document:
        return "\n".join(page.get_text() for page in document)


def _markdown(body: bytes, ending: str) -> str:
    from markitdown import MarkItDown

    return str(MarkItDown(enable_plugins=False).convert_stream(io.BytesIO(body), file_extension=ending).text_content)


def _beside(ours: float, peers: dict[str, Callable[[], object]], share: float = 1.0) -> str:
    """Each peer's milliseconds and how many times ours they are."""
    said = []
    for name, work in peers.items():
        try:
            took = median(work, 2) / share
        except ImportError:
            said.append(f"{name} not installed")
            continue
        said.append(f"{name} {took * 1000:.1f} ({took / ours:.1f}x)")
    return "; ".join(said)


def _start_up() -> None:
    """What a process of its own costs: its start, and each file beyond what reading takes."""
    body = pdf(letters.reply().sheets())
    pool = Pool(1, ("worker.extract.files.child", "worker.extract.files.pdf.read"))
    begun = time.perf_counter()
    pool.run("worker.extract.files.child:read", body, {"name": "", "type": ""})
    start = time.perf_counter() - begun
    apart = median(lambda: pool.run("worker.extract.files.child:read", body, {"name": "", "type": ""}), 20)
    pool.close()
    from worker.extract.files.child import read as inside

    here = median(lambda: inside(body, {"name": "", "type": ""}), 20)
    print(
        f"isolated process: started and first file {start * 1000:.0f} "
        f"ms of the clock; each file {(apart - here) * 1000:+.1f} ms over reading here"
    )


def _speed(files: dict[str, bytes]) -> None:
    for name, body in files.items():
        result = _read(body)
        if not result.seen or not isinstance(result.seen[0].facts.extra["file"], dict):
            print(f"{name}: {result.outcome}")
            continue
        file = result.seen[0].facts.extra["file"]
        if file["type"] != "pdf":
            print(f"{name}: {file['type']}, {median(lambda body=body: _read(body)) * 1000:.1f} ms")
            continue
        pages = file["pages"] or 1
        ours = median(lambda body=body: _read(body), RUNS) / pages
        peers: dict[str, Callable[[], object]] = {
            "pdfplumber": lambda body=body: _plumbed(body),
            "pdfminer": lambda body=body: _mined(body),
            "PyMuPDF": lambda body=body: _pymupdf(body),
        }
        print(
            f"{name}: {pages} pages, ours {ours * 1000:.1f} ms/page (bar 12, process included); "
            f"{_beside(ours, peers, pages)}"
        )


def _reviewed(name: str, body: bytes, text: str) -> None:
    """Characters in the reviewed order that a reader has, and that it has beyond them: twice what both share, of what
    both have."""
    want = _plain(text)
    readers: dict[str, Callable[[bytes], str]] = {
        "ours": lambda body: "\n".join(f"{seen.content.title}\n{seen.content.text}" for seen in _read(body).seen),
        "pdfplumber": _plumbed, "pdfminer": _mined, "PyMuPDF": _pymupdf,
    }  # fmt: skip
    said = []
    for reader, work in readers.items():
        try:
            got = _plain(work(body).replace(" | ", ""))
        except ImportError:
            said.append(f"{reader} not installed")
            continue
        said.append(f"{reader} {difflib.SequenceMatcher(None, want, got, autojunk=False).ratio():.2%}")
    print(f"{name} against a reviewed text: {'; '.join(said)}")


def _office() -> None:
    import docx
    import openpyxl

    document = docx.Document()
    for text in letters.BODY * 12:
        document.add_paragraph(text)
    table = document.add_table(rows=20, cols=4)
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            cell.text = f"第{place}列"
    out = io.BytesIO()
    document.save(out)
    made = out.getvalue()

    def peer() -> list[str]:
        opened = docx.Document(io.BytesIO(made))
        return [p.text for p in opened.paragraphs] + [
            cell.text for t in opened.tables for row in t.rows for cell in row.cells
        ]

    from worker.extract.files.word.docx import read as read_docx

    same = "".join("".join(peer()).split()) == "".join(
        "".join(block.text for block in read_docx(made).blocks).replace(" | ", "").split()
    )
    ours = median(lambda: read_docx(made), 10)
    print(
        f"DOCX of 108 paragraphs: text {'the same' if same else 'NOT the same'} as python-docx; {ours * 1000:.1f} ms "
        f"(bar 2); {_beside(ours, {'python-docx': peer, 'markitdown': lambda: _markdown(made, '.docx')})}"
    )
    from worker.extract.files.word.doc import read as read_doc

    binary = word("\r".join(letters.BODY * 12) + "\r")
    said = "".join("".join(block.text for block in read_doc(binary).blocks).split())
    written = "".join("".join(letters.BODY * 12).split())
    ours = median(lambda: read_doc(binary), 10)
    print(
        f"DOC of 108 paragraphs: text {'the same' if said == written else 'NOT the same'} as was written; "
        f"{ours * 1000:.1f} ms (bar 5)"
    )
    rows: list[list[object]] = [["姓名", "金额", "备注"], *([f"某{n}", n * 1.5, f"第{n}批"] for n in range(5000))]
    book = office.xlsx({"一": rows})
    from worker.extract.files.sheets import read as read_sheet

    def sheet() -> int:
        loaded = openpyxl.load_workbook(io.BytesIO(book), read_only=True, data_only=True)
        return sum(1 for row in loaded.active.iter_rows(values_only=True) if row)

    ours = median(lambda: read_sheet(book), 3)
    print(f"XLSX of 5,000 rows: {ours * 1000:.0f} ms; {_beside(ours, {'openpyxl': sheet})}; bar 5x")


def _hostile() -> None:
    files = hostile()
    _read(pdf(letters.reply().sheets()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes: dict[str, int] = {}
    slowest, worst = 0.0, ""
    for name, body in files.items():
        begun = time.perf_counter()
        outcome = _read(body).outcome
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if (took := time.perf_counter() - begun) > slowest:
            slowest, worst = took, name
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    said = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    print(
        f"hostile files: {len(files)}; {said}; slowest {slowest:.1f} s ({worst}); this "
        f"process grew {grown:.0f} MB; child held to {Limits().memory >> 20} MB over idle"
    )


def _ocr(font: str) -> None:
    from benchmarks.scanned import scanned

    letter: Letter = letters.reply(seal="临江市工信局")
    body = scanned(letter, font)
    begun = spent()
    answer = recognised(body, {"name": "", "type": ""})
    took = spent() - begun
    if answer is None or not isinstance(answer.value, dict):
        print("OCR: muniment[ocr] is not installed")
        return
    want = _plain("".join(letters.BODY))
    got = _plain(str(answer.value["text"]))
    equal = sum(block.size for block in difflib.SequenceMatcher(None, want, got, autojunk=False).get_matching_blocks())
    clean = _read(pdf(letter.sheets())).seen[0].content.fields
    fields = sum(_plain(str(answer.value["fields"].get(name))) == _plain(str(clean[name])) for name in FIELDS)
    print(
        f"OCR of a 200-dpi scan: {equal / len(want):.2%} of characters (bar 99 %), fields "
        f"{fields} of {len(FIELDS)}; {took / int(str(answer.value['pages'])):.1f} s a page; {_tesseract(body, want)}"
    )


def _tesseract(body: bytes, want: str) -> str:
    """What tesseract makes of the same pages."""
    if shutil.which("tesseract") is None:
        return "tesseract not installed"
    import pypdfium2

    got, begun = "", spent()
    document = pypdfium2.PdfDocument(body)
    for page in document:
        picture = io.BytesIO()
        page.render(scale=200 / 72).to_pil().save(picture, "PNG")
        command = ["tesseract", "-", "-", "-l", "chi_sim", "--dpi", "200"]
        got += subprocess.run(command, input=picture.getvalue(), capture_output=True, check=True).stdout.decode()
    took, got = (spent() - begun) / len(document), _plain(got)
    equal = sum(block.size for block in difflib.SequenceMatcher(None, want, got, autojunk=False).get_matching_blocks())
    return f"tesseract {equal / len(want):.2%}, {took:.1f} s a page"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


if __name__ == "__main__":
    main()
