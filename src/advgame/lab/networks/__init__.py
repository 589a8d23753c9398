"""Networks by name, each made by shape, number of classes and seed."""

from advgame.catalogue import Catalogue
from advgame.lab.networks.architecture import Architecture
from advgame.lab.networks.half_resolution import ResNet8Half, VggHalf
from advgame.lab.networks.lenet import LeNet
from advgame.lab.networks.mlp import Mlp, Mlp300100
from advgame.lab.networks.resnet8 import ResNet8
from advgame.lab.networks.small_cnn import SmallCnn
from advgame.lab.networks.vgg_narrow import VggNarrow

NETWORKS: Catalogue[Architecture] = Catalogue(
    "network",
    {
        network.name: network
        for network in (
            LeNet(),
            Mlp300100(),
            ResNet8(),
            VggNarrow(),
            ResNet8Half(),
            VggHalf(),
            SmallCnn(),
            Mlp(),
        )
    },
)

__all__ = ["NETWORKS", "Architecture"]
