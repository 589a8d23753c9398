"""MNIST: 60,000 and 10,000 handwritten digits of 28 × 28 pixels (LeCun et al. 1998)."""

from advgame.lab.datasets.idx import IdxImages
from advgame.lab.datasets.pinned import PinnedFile

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",  # of PyTorch; the makers' own address no longer answers
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes


def idx_file(
    name: str, images: int, md5: str, mirrors: tuple[str, ...], *, labels: bool = False
) -> PinnedFile:
    """A file with a given number of images of 28 × 28 pixels, or their labels, published gzipped.

    Args:
        name: name of the file, without ``.gz``.
        images: number of images or labels in the file.
        md5: checksum of the uncompressed file.
        mirrors: addresses to download from, in order.
        labels: whether it holds labels.
    """
    size = LABELS_HEADER + images if labels else IMAGES_HEADER + images * 28 * 28
    return PinnedFile(name, size, f"md5:{md5}", tuple(f"{mirror}{name}.gz" for mirror in mirrors))


MNIST = IdxImages(
    name="mnist",
    page="http://yann.lecun.com/exdb/mnist/",
    licence="CC BY-SA 3.0 is usually quoted; its makers state none",
    classes=tuple("0123456789"),
    train_images=idx_file("train-images-idx3-ubyte", 60_000, "6bbc9ace898e44ae57da46a324031adb", MIRRORS),
    train_labels=idx_file(
        "train-labels-idx1-ubyte", 60_000, "a25bea736e30d166cdddb491f175f624", MIRRORS, labels=True
    ),
    test_images=idx_file("t10k-images-idx3-ubyte", 10_000, "2646ac647ad5339dbf082846283269ea", MIRRORS),
    test_labels=idx_file(
        "t10k-labels-idx1-ubyte", 10_000, "27ae3e4e09519cfbb04c329615203637", MIRRORS, labels=True
    ),
)
