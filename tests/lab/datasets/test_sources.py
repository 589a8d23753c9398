"""Data sets are read whole and verified, or refused with the file, what was expected and what to do."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch

from advgame.errors import LabError, UnknownName
from advgame.lab.datasets import DATASETS
from advgame.lab.datasets.cifar10 import TEST, TRAIN
from advgame.lab.datasets.idx import IdxImages, read_idx
from advgame.lab.datasets.npz import NpzImages, read_npz
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.spambase import read_rows

PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 15


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.tobytes()


def pinned(name: str, content: bytes) -> PinnedFile:
    return PinnedFile(name, len(content), "sha256:" + hashlib.sha256(content).hexdigest())


CONTENTS = {
    "train-images": idx(PIXELS),
    "train-labels": idx(np.array([1, 0], np.uint8)),
    "test-images": idx(PIXELS[:1]),
    "test-labels": idx(np.array([1], np.uint8)),
}
TINY = IdxImages(
    name="tiny",
    page="the page",
    licence="none",
    classes=("a", "b"),
    train_images=pinned("train-images", CONTENTS["train-images"]),
    train_labels=pinned("train-labels", CONTENTS["train-labels"]),
    test_images=pinned("test-images", CONTENTS["test-images"]),
    test_labels=pinned("test-labels", CONTENTS["test-labels"]),
    size=(3, 3),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny").mkdir()
    for name, content in CONTENTS.items():
        (tmp_path / "tiny" / name).write_bytes(content)
    return tmp_path


def test_images_are_scaled_to_one_with_channels_first(folder: Path) -> None:
    found = TINY.load(folder)
    assert found.shape == (1, 3, 3)
    assert torch.equal(found.train_inputs[1, 0], torch.from_numpy(PIXELS[1]).float() / 255)
    assert found.train_labels.tolist() == [1, 0]
    assert found.test_inputs.shape == (1, 1, 3, 3)
    assert found.classes == ("a", "b")


def test_a_gzipped_file_is_read_like_a_plain_one(folder: Path) -> None:
    plain = folder / "tiny" / "train-images"
    plain.with_suffix(".gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert len(TINY.load(folder).train_labels) == 2


def test_the_folder_may_be_named_by_a_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVGAME_IMAGES", str(folder))
    assert len(TINY.load().train_labels) == 2


def test_without_a_folder_the_answer_says_what_to_set_and_how_to_fetch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ADVGAME_IMAGES", raising=False)
    with pytest.raises(LabError, match=r"Set ADVGAME_IMAGES or give --images.*`advgame fetch mnist`"):
        DATASETS["mnist"].load()


def test_a_missing_file_is_named_with_the_way_to_get_it(folder: Path) -> None:
    (folder / "tiny" / "test-labels").unlink()
    with pytest.raises(LabError, match=r"tiny/test-labels .*not there; it cannot be fetched.*the page"):
        TINY.load(folder)
    with pytest.raises(LabError, match="`advgame fetch fashion_mnist` fills it"):
        DATASETS["fashion_mnist"].load(folder)
    with pytest.raises(LabError, match="put the file there by hand"):
        DATASETS["gtsrb"].load(folder)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda content: content[:-1], "has 33 bytes; expected 34"),
        (lambda content: content + b"x", "more than 34 bytes; expected 34"),
        (lambda content: content[:0], "has 0 bytes; expected 34"),
        (lambda content: content[:-1] + b"x", "SHA256 checksum .* expected"),
    ],
)
def test_a_cut_or_damaged_file_is_refused_by_name(folder: Path, damage: object, said: str) -> None:
    path = folder / "tiny" / "train-images"
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(LabError, match=f"train-images.*{said}"):
        TINY.load(folder)


def test_a_cut_gzip_file_and_one_of_endless_zeros_are_refused(folder: Path) -> None:
    plain = folder / "tiny" / "train-images"
    packed = gzip.compress(plain.read_bytes())
    plain.unlink()
    for content, said in (
        (packed[:-9], "no whole gzip file"),
        (b"PK" + packed, "no whole gzip file"),
        (gzip.compress(bytes(10_000_000)), "more than 34 bytes"),
    ):
        (folder / "tiny" / "train-images.gz").write_bytes(content)
        with pytest.raises(LabError, match=said):
            TINY.load(folder)


def test_a_file_that_cannot_be_opened_is_refused(folder: Path) -> None:
    with pytest.raises(LabError, match="cannot be read"):
        TINY.train_images.read(folder)


def test_an_array_of_another_shape_is_refused_even_with_the_right_checksum(folder: Path) -> None:
    other = replace(TINY, size=(9, 1))
    with pytest.raises(LabError, match=r"shape \(2, 3, 3\); expected uint8 of shape \(images, 9, 1\)"):
        other.load(folder)
    with pytest.raises(LabError, match=r"expected one class of 0\.\.0 for each of 2 inputs"):
        replace(TINY, classes=("a",)).load(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "expected an IDX file"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x00", "expected an IDX file"),
        (idx(PIXELS)[:-1], r"declares an array of shape \(2, 3, 3\) but contains 17 bytes; expected 18"),
        (idx(PIXELS)[:9], "is truncated in its header"),
    ],
)
def test_an_idx_header_that_does_not_fit_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(LabError, match=said):
        read_idx(content, "here")


def npz(**arrays: np.ndarray) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


COLOURS = np.arange(2 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 2, 3)


def test_colour_images_of_an_npz_file_get_their_channels_first(tmp_path: Path) -> None:
    content = npz(x=COLOURS, y=np.array([[1], [0]], np.uint8), u=COLOURS[:1], v=np.array([0], np.uint8))
    source = NpzImages(
        name="colours",
        page="",
        licence="",
        classes=("a", "b"),
        file=pinned("colours.npz", content),
        arrays=("x", "y", "u", "v"),
        size=(2, 2, 3),
    )
    (tmp_path / "colours").mkdir()
    (tmp_path / "colours" / "colours.npz").write_bytes(content)
    found = source.load(tmp_path)
    assert found.shape == (3, 2, 2)
    assert found.train_inputs[1, 2, 0, 1] * 255 == pytest.approx(COLOURS[1, 0, 1, 2])
    assert found.train_labels.tolist() == [1, 0]  # a second axis of length 1 is dropped


def in_archive(files: dict[str, bytes], mode: str) -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    return buffer.getvalue()


def batches() -> tuple[dict[str, bytes], np.ndarray]:
    """Six batches of two records in the format of CIFAR-10, and the images in them."""
    pixels = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    files = {}
    for number, name in enumerate((*TRAIN, *TEST)):
        records = []
        for place in (2 * number, 2 * number + 1):
            planes = [pixels[place, :, :, channel].tobytes() for channel in range(3)]
            records.append(bytes([place % 10]) + b"".join(planes))
        files[name] = b"".join(records)
    return files, pixels


def written(folder: Path, name: str, file: str, content: bytes) -> Path:
    (folder / name).mkdir()
    (folder / name / file).write_bytes(content)
    return folder


def test_binary_batches_are_read_plane_by_plane_from_their_archive(tmp_path: Path) -> None:
    files, pixels = batches()
    packed = in_archive({**files, "cifar-10-batches-bin/readme.html": b"read me"}, "w:gz")
    source = replace(DATASETS["cifar10"], file=pinned("cifar-10-binary.tar.gz", packed))  # type: ignore[call-arg]
    dataset = source.load(written(tmp_path, "cifar10", "cifar-10-binary.tar.gz", packed))
    assert dataset.shape == (3, 32, 32)
    assert dataset.train_labels.tolist() == list(range(10))
    assert dataset.test_labels.tolist() == [0, 1]
    assert dataset.train_inputs[3, 1, 7, 30] * 255 == pytest.approx(pixels[3, 7, 30, 1])
    assert dataset.test_inputs[1, 2, 31, 0] * 255 == pytest.approx(pixels[11, 31, 0, 2])


def test_an_archive_without_a_batch_or_with_a_cut_one_is_refused() -> None:
    files, _ = batches()
    source = DATASETS["cifar10"]
    short = {name: content for name, content in files.items() if name not in TEST}
    with pytest.raises(LabError, match=r"does not contain .*test_batch\.bin"):
        source.dataset_of((in_archive(short, "w:gz"),))
    cut = {**files, TEST[0]: files[TEST[0]][:-1]}
    with pytest.raises(LabError, match="a batch of 6,145 bytes; expected records of 3,073"):
        source.dataset_of((in_archive(cut, "w:gz"),))
    for content in (b"", b"junk", in_archive(files, "w:gz")[:9000]):
        with pytest.raises(LabError, match=r"not a complete \.tar\.gz archive"):
            source.dataset_of((content,))


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (32, 32)) -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def test_jpeg_copies_are_labelled_by_their_folders() -> None:
    source = DATASETS["cifar10_jpeg"]
    files = {
        "test/truck/0.jpg": jpeg((200, 40, 40)),
        "train/airplane/0.jpg": jpeg((40, 40, 200)),
        "train/frog/0.jpg": jpeg((40, 200, 40)),
    }
    dataset = source.dataset_of((in_archive(files, "w:xz"),))
    assert (dataset.train_labels.tolist(), dataset.test_labels.tolist()) == ([0, 6], [9])
    brightest = [dataset.train_inputs[place].mean(dim=(1, 2)).argmax().item() for place in (0, 1)]
    assert brightest == [2, 1]
    assert dataset.test_inputs[0].mean(dim=(1, 2)).argmax().item() == 0


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"train/cat/0.jpg": b"junk"}, r"train/cat/0\.jpg of .* is not a complete JPEG file"),
        ({"train/cat/0.jpg": jpeg((1, 2, 3), (31, 32))}, r"shape \(32, 31, 3\); expected \(32, 32, 3\)"),
        ({"train/unicorn/0.jpg": jpeg((1, 2, 3))}, r"contains 'train/unicorn/0\.jpg'; expected train/CLASS"),
        ({"train/cat/0.jpg": jpeg((1, 2, 3))}, "the folder test of .* contains no images"),
    ],
)
def test_an_archive_of_other_images_is_refused(files: dict[str, bytes], said: str) -> None:
    source = DATASETS["cifar10_jpeg"]
    with pytest.raises(LabError, match=said):
        source.dataset_of((in_archive(files, "w:xz"),))


@pytest.mark.parametrize("length", [0, 10, 100])
def test_a_cut_archive_of_jpeg_copies_is_refused(length: int) -> None:
    whole = in_archive({"train/cat/0.jpg": jpeg((1, 2, 3)), "test/cat/0.jpg": jpeg((3, 2, 1))}, "w:xz")
    with pytest.raises(LabError, match=r"not a complete \.tar\.xz archive"):
        DATASETS["cifar10_jpeg"].dataset_of((whole[:length],))


def test_a_file_pinned_as_gzipped_is_not_uncompressed_before_its_checksum(tmp_path: Path) -> None:
    packed = gzip.compress(b"abc")
    (tmp_path / "a.gz").write_bytes(packed)
    assert pinned("a.gz", packed).read(tmp_path / "a.gz") == packed
    assert pinned("a", b"abc").read(tmp_path / "a.gz") == b"abc"


def test_a_pickle_in_an_npz_file_is_not_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "opened",)  # type: ignore[return-value]

    for content in (npz(x=np.array([Trap()], object)), pickle.dumps(Trap()), b"junk", b""):
        with pytest.raises(LabError, match="not an NPZ file of plain arrays"):
            read_npz(content, ("x",), "here")
    assert not (tmp_path / "opened").exists()


def test_a_missing_array_is_named() -> None:
    with pytest.raises(LabError, match="holds the arrays x; expected y too"):
        read_npz(npz(x=COLOURS), ("x", "y"), "here")


def test_one_of_several_copies_will_do(tmp_path: Path) -> None:
    first = PinnedFile("first", 1, "md5:0", instead=(pinned("second", b"abc"),))
    (tmp_path / "second").write_bytes(b"abc")
    found = first.there(tmp_path)
    assert found is not None
    assert found[0].read(found[1]) == b"abc"


def test_a_first_line_that_some_copies_have_is_taken_off() -> None:
    file = replace(pinned("a", b"1,2\n"), head=b"x,y\n")
    for content in (b"1,2\n", b"x,y\n1,2\n"):
        assert file.verified(content, "here", gzipped=False) == b"1,2\n"


def test_rows_of_a_table_must_be_numbers_of_the_right_width() -> None:
    with pytest.raises(LabError, match="no table of numbers"):
        read_rows(b"a,b\n", "here")
    with pytest.raises(LabError, match="expected rows of 58 numbers"):
        read_rows(b"1,2\n3,4\n", "here")


def test_the_digits_need_no_folder_and_are_always_split_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADVGAME_IMAGES", raising=False)
    first, second = DATASETS["digits"].load(), DATASETS["digits"].load()
    assert torch.equal(first.test_inputs, second.test_inputs)
    assert first.shape == (1, 8, 8)
    assert (first.train_inputs.min(), first.train_inputs.max()) == (0, 1)
    counts = first.test_labels.bincount(minlength=10) / (
        first.test_labels.bincount(minlength=10) + first.train_labels.bincount(minlength=10)
    )
    assert counts.sub(1 / 3).abs().max() < 0.01


def test_an_unknown_data_set_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'mnist'"):
        DATASETS["mnst"]


SHAPES = {
    "mnist": ((1, 28, 28), 60_000, 10_000, 10),
    "fashion_mnist": ((1, 28, 28), 60_000, 10_000, 10),
    "pneumoniamnist": ((1, 28, 28), 4_708, 624, 2),
    "cifar10": ((3, 32, 32), 50_000, 10_000, 10),
    "cifar10_jpeg": ((3, 32, 32), 50_000, 10_000, 10),
    "gtsrb": ((3, 32, 32), 4_300, 1_290, 43),
    "spambase": ((57,), 3_467, 1_134, 2),
}


def test_every_data_set_has_a_licence_and_a_page() -> None:
    assert set(DATASETS) == {"digits", *SHAPES}
    assert all(source.licence and source.page.startswith("http") for source in DATASETS.values())


@pytest.mark.parametrize("name", SHAPES)
def test_the_published_files_are_what_they_should_be(name: str) -> None:
    folder = Path(os.environ.get("ADVGAME_IMAGES", ""), name)
    if not os.environ.get("ADVGAME_IMAGES") or not folder.is_dir():
        # Megabytes under their makers' licences, which the project does not hand on; the formats are read
        # from small files made above.
        pytest.skip("the published files are not part of the project: name their folder in ADVGAME_IMAGES")
    found = DATASETS[name].load()
    assert (found.shape, len(found.train_labels), len(found.test_labels), len(found.classes)) == SHAPES[name]
    assert len(found.train_inputs) == len(found.train_labels)
    assert (found.train_inputs.min(), found.train_inputs.max()) == (0, 1)
    assert 0 <= found.test_inputs.min() < 0.9 < found.test_inputs.max() <= 1
    assert found.train_labels.unique().tolist() == list(range(len(found.classes)))
    if name == "spambase":
        assert int(found.train_labels.sum() + found.test_labels.sum()) == 1_813
        train = {row.numpy().tobytes() for row in found.train_inputs}
        assert not train & {row.numpy().tobytes() for row in found.test_inputs}
