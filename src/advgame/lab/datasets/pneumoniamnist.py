"""PneumoniaMNIST: 4,708 and 624 chest X-rays of children, 28 × 28 pixels, normal or pneumonia.

Of MedMNIST v2 (Yang et al. 2023, doi:10.1038/s41597-022-01721-8). The 524 images that its makers set aside
for validation are left out, so that figures compare with those of others who train on 4,708.
"""

from advgame.lab.datasets.npz import NpzImages
from advgame.lab.datasets.pinned import PinnedFile

# The same images rebuilt from single files: their order is lost, so outcomes of single images cannot be
# paired between the two.
REBUILT = PinnedFile(
    "pneumoniamnist_rebuilt.npz",
    4_171_431,
    "sha256:90ad7936bc88b0989010ebaeaa84b620c11363446a95d08cf56f2411ed42f98a",
)

PNEUMONIAMNIST = NpzImages(
    name="pneumoniamnist",
    page="https://medmnist.com",
    licence="CC BY 4.0",
    classes=("normal", "pneumonia"),
    file=PinnedFile(
        "pneumoniamnist.npz",
        None,
        "md5:28209eda62fecd6e6a2d98b1501bb15f",
        ("https://zenodo.org/records/10519652/files/pneumoniamnist.npz",),
        instead=(REBUILT,),
    ),
    arrays=("train_images", "train_labels", "test_images", "test_labels"),
    size=(28, 28),
)
