"""What is fetched arrives whole and verified, or nothing of it is kept."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from advgame.errors import LabError, UnknownName
from advgame.lab.datasets import DATASETS, fetch
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.fetching import fetched
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source

CONTENT = bytes(range(256)) * 400
PACKED = gzip.compress(CONTENT, mtime=0)


class Pages(BaseHTTPRequestHandler):
    """Answers by the last part of the path."""

    asked: list[str]

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        type(self).asked.append(name)
        body = {
            "data": CONTENT,
            "data.gz": gzip.compress(CONTENT),
            "other": CONTENT[:-1] + b"x",
            "packed.gz": PACKED,
            "page.gz": b"<html>Moved</html>",
            "broken": CONTENT[:1000],
        }.get(name)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT) if name == "broken" else len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[str]:
    Pages.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


class Bytes(Source):
    """A data set that is only looked at as a file."""

    file: PinnedFile

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        return (self.file,)

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        pytest.fail(f"fetching a data set read its {len(contents)} files")


def test_a_file_that_is_pinned_as_gzipped_is_kept_as_published(server: str, tmp_path: Path) -> None:
    found = source(f"{server}/packed.gz")
    checksum = "md5:" + hashlib.md5(PACKED, usedforsecurity=False).hexdigest()
    file = PinnedFile("packed.gz", len(PACKED), checksum, (f"{server}/packed.gz",))
    object.__setattr__(found, "file", file)
    place = fetched(found, tmp_path)
    assert [path.name for path in place.iterdir()] == ["packed.gz"]
    assert (place / "packed.gz").read_bytes() == PACKED
    Pages.asked.clear()
    fetched(found, tmp_path)
    assert Pages.asked == []  # it is there


def source(*urls: str, size: int | None = len(CONTENT)) -> Source:
    found = Bytes(name="some", page="the page", licence="none")
    file = PinnedFile("data", size, "sha256:" + hashlib.sha256(CONTENT).hexdigest(), urls)
    object.__setattr__(found, "file", file)
    return found


def test_a_file_is_fetched_verified_and_kept_and_progress_is_reported(server: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    place = fetched(source(f"{server}/data"), tmp_path / "new", lambda *step: told.append(step))
    assert place == tmp_path / "new" / "some"
    assert [path.name for path in place.iterdir()] == ["data"]
    assert (place / "data").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told)


def test_a_gzipped_file_stays_gzipped_on_the_disk(server: str, tmp_path: Path) -> None:
    place = fetched(source(f"{server}/data.gz"), tmp_path)
    assert gzip.decompress((place / "data.gz").read_bytes()) == CONTENT


def test_what_is_there_and_whole_is_not_fetched_again(server: str, tmp_path: Path) -> None:
    for _ in range(2):
        fetched(source(f"{server}/data"), tmp_path)
    assert Pages.asked == ["data"]


def test_a_damaged_file_is_replaced(server: str, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "data").write_bytes(b"junk")
    place = fetched(source(f"{server}/data.gz"), tmp_path)
    assert [path.name for path in place.iterdir()] == ["data.gz"]


def test_the_next_address_is_tried_where_one_fails(server: str, tmp_path: Path) -> None:
    place = fetched(source(f"{server}/gone", f"{server}/other", f"{server}/data"), tmp_path)
    assert Pages.asked == ["gone", "other", "data"]
    assert (place / "data").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("page", "size", "said"),
    [
        ("gone", len(CONTENT), "gone returned 404"),
        ("other", len(CONTENT), "SHA256 checksum"),
        ("other", None, "SHA256 checksum"),
        ("page.gz", len(CONTENT), "no whole gzip file"),
        ("broken", len(CONTENT), "was interrupted after 1,000 of 102,400 bytes"),
    ],
)
def test_where_nothing_whole_arrives_nothing_is_kept(
    server: str, tmp_path: Path, page: str, size: int | None, said: str
) -> None:
    with pytest.raises(LabError, match=f"data could not be fetched: .*{said}.*put the file into"):
        fetched(source(f"{server}/{page}", size=size), tmp_path)
    assert list((tmp_path / "some").iterdir()) == []


def test_more_than_a_data_set_can_have_is_not_taken(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advgame.lab.datasets.fetching.LARGEST", 1000)
    with pytest.raises(LabError, match="sends more than 1,000 bytes"):
        fetched(source(f"{server}/data"), tmp_path)


def test_an_address_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"http://127\.0\.0\.1:9/data does not respond"):
        fetched(source("http://127.0.0.1:9/data"), tmp_path)


def test_a_folder_that_cannot_be_made_is_named(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="cannot be made"):
        fetched(source(f"{server}/data"), tmp_path / "file")


def test_unpublished_data_are_refused_with_a_clear_message(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"digits needs no fetching\. It comes with scikit-learn"):
        fetch("digits", tmp_path)
    with pytest.raises(LabError, match=r"gtsrb cannot be fetched\..*is not published"):
        fetch("gtsrb", tmp_path)
    with pytest.raises(UnknownName, match="did you mean 'fashion_mnist'"):
        fetch("fashion", tmp_path)


def test_without_a_folder_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADVGAME_IMAGES", raising=False)
    with pytest.raises(LabError, match="Set ADVGAME_IMAGES"):
        fetch("mnist")


def test_every_published_file_has_a_checksum_and_an_address() -> None:
    for name in ("mnist", "fashion_mnist", "pneumoniamnist", "spambase"):
        assert DATASETS[name].fetched
        for file in DATASETS[name].files:
            algorithm, _, digest = file.checksum.partition(":")
            assert len(bytes.fromhex(digest)) == hashlib.new(algorithm).digest_size
            assert all(url.startswith("http") for url in file.urls)
