"""The scenarios of the bundled measured tables: questions and assumed amounts, by experiment."""

from advgame.scenarios.from_experiment import Story

STORIES: dict[str, Story] = {
    "digits": Story(
        name="Digits, measured: which defence of many",
        question="Which of many pruned, adversarially trained and randomised networks should classify "
        "digits, and above which adversarial share does robustness pay?",
        undefended="plain",
    ),
    "fashion-mnist": Story(
        name="Fashion-MNIST, measured: pruned, trained, or both",
        question="Which network should classify images of clothes when an attacker has white-box access, "
        "can only send queries, or transfers examples from another network?",
        undefended="plain",
    ),
    "mnist-invariance": Story(
        name="MNIST, measured: small changes, and changes of meaning",
        question="How should a digit classifier be trained when an attacker can perturb an input slightly or "
        "change its meaning?",
        undefended="plain",
    ),
    "pneumonia": Story(
        name="PneumoniaMNIST, measured: a second reader for X-rays",
        question="Should an X-ray classifier be adversarially trained or filtered when images may be "
        "noisy, blurred or attacked?",
        undefended="plain",
        largest_share=0.1,
        volume_per_month=20_000,
        nature_plays=True,
        amounts={"benign_loss": 5.0, "breach_loss": 5.0},
        basis={
            "benign_loss": "assumed: an error costs five times the value of a correct classification",
            "breach_loss": "assumed: the same for attacked images",
        },
    ),
}
