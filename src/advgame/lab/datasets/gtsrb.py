"""German traffic signs: 4,300 and 1,290 colour images of 43 signs, 32 × 32 pixels (Stallkamp et al. 2012).

A subset of the benchmark that others have cut out and resized: never compare with published figures of it.
"""

from advgame.lab.datasets.npz import NpzImages
from advgame.lab.datasets.pinned import PinnedFile

SIGNS = (
    *(f"Speed limit {speed} km/h" for speed in (20, 30, 50, 60, 70, 80)),
    "End of speed limit 80 km/h",
    "Speed limit 100 km/h",
    "Speed limit 120 km/h",
    "No passing",
    "No passing for trucks",
    "Right of way at the next crossing",
    "Priority road",
    "Yield",
    "Stop",
    "No vehicles",
    "No trucks",
    "No entry",
    "Danger",
    "Bend to the left",
    "Bend to the right",
    "Double bend",
    "Bumpy road",
    "Slippery road",
    "Road narrows on the right",
    "Road works",
    "Traffic lights",
    "Pedestrians",
    "Children",
    "Bicycles",
    "Ice or snow",
    "Wild animals",
    "End of all limits",
    "Turn right ahead",
    "Turn left ahead",
    "Ahead only",
    "Straight on or right",
    "Straight on or left",
    "Keep right",
    "Keep left",
    "Roundabout",
    "End of no passing",
    "End of no passing for trucks",
)

GTSRB = NpzImages(
    name="gtsrb",
    page="https://benchmark.ini.rub.de/gtsrb_news.html",
    licence="free for research",
    note="It is a subset that others resized, and is not published; put the file there by hand.",
    caution="a resized subset of GTSRB: never compare with published GTSRB figures",
    classes=SIGNS,
    file=PinnedFile(
        "gtsrb32_subset.npz",
        14_046_838,
        "sha256:6b6580840f9743d1514120afb833639ccd54146e8fbb3cda65f0f6502eac2688",
    ),
    arrays=("x_train", "y_train", "x_test", "y_test"),
    size=(32, 32, 3),
)
