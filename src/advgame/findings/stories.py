"""The questions that the bundled measured tables are played for, by the experiment's name."""

from advgame.scenarios.from_experiment import Story

STORIES: dict[str, Story] = {
    "digits": Story(
        name="Digits, measured: which defence of many",
        question="Which of many pruned, trained and randomised networks should read digits, and from which "
        "adversarial share on does robustness pay?",
        undefended="plain",
    ),
    "fashion-mnist": Story(
        name="Fashion-MNIST, measured: pruned, trained, or both",
        question="Which network should sort pictures of clothes when an attacker may look inside it, "
        "only ask it, or try what fooled another one?",
        undefended="plain",
    ),
    "mnist-invariance": Story(
        name="MNIST, measured: small changes, and changes of meaning",
        question="Which training should a reader of digits have when an attacker may change a little, or "
        "change what a digit is?",
        undefended="plain",
    ),
    "pneumonia": Story(
        name="PneumoniaMNIST, measured: a second reader that may err",
        question="Should an X-ray reader be hardened or filtered when pictures may be noisy, blurred or "
        "tampered with?",
        undefended="plain",
        largest_share=0.1,
        volume_per_month=20_000,
        nature_plays=True,
        amounts={"benign_loss": 5.0, "breach_loss": 5.0},
        basis={
            "benign_loss": "assumed: a wrong reading costs five times what a right one is worth",
            "breach_loss": "assumed: so does one of a changed picture",
        },
    ),
}
