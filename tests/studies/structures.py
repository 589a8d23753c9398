"""The bundled cases that the laws of the studies run over: every case of a structure that no other has."""

from __future__ import annotations

import advgame as ag

# Left out: the same structure as a case that is there, only larger or with other figures.
ALIKE = {
    "agent-injection": "digits-measured",  # outcomes per input, several seeds
    "cifar10-jpeg-resnet8-half-measured": "cifar10-jpeg-vgg-half-measured",  # four norms, several seeds
    "gtsrb-measured": "cifar10-jpeg-vgg-half-measured",
    "backdoor-repairs": "agentdojo-camel",  # utility under attack, static attacks
    "prompt-defences": "cifar10-two-defences",  # one attack, counts
    "machine-text-detectors": "cifar10-many-attacks",  # many defences and attacks, counts
    "tabular-botnet": "cifar10-pruning",  # rates alone
    "tabular-credit": "cifar10-pruning",
    "tabular-malware": "jailbreaks",  # clean accuracies assumed, without a row
    "tabular-phishing": "cifar10-pruning",
    "transfer-attacks": "jailbreaks",
}
CASES = [case.name for case in ag.cases() if case.name not in ALIKE]
