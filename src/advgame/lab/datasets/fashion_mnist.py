"""Fashion-MNIST: 60,000 and 10,000 clothes of 28 × 28 pixels (Xiao et al. 2017, arXiv:1708.07747)."""

from advgame.lab.datasets.idx import IdxImages
from advgame.lab.datasets.mnist import idx_file

MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)

FASHION_MNIST = IdxImages(
    name="fashion_mnist",
    page="https://github.com/zalandoresearch/fashion-mnist",
    licence="MIT",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    train_images=idx_file("train-images-idx3-ubyte", 60_000, "f4a8712d7a061bf5bd6d2ca38dc4d50a", MIRRORS),
    train_labels=idx_file(
        "train-labels-idx1-ubyte", 60_000, "9018921c3c673c538a1fc5bad174d6f9", MIRRORS, labels=True
    ),
    test_images=idx_file("t10k-images-idx3-ubyte", 10_000, "8181f5470baa50b63fa0f6fddb340f0a", MIRRORS),
    test_labels=idx_file(
        "t10k-labels-idx1-ubyte", 10_000, "15d484375f8d13e6eb1aabb0c3f46965", MIRRORS, labels=True
    ),
)
