"""The charts: drawn from metrics alone."""

import csv
import html

from expops.reporting import chart

MODELS = ("logistic", "forest", "boosting", "network")


def points(series):
    return sorted((int(k), float(v)) for k, v in (series or {}).items())


def last(series):
    return points(series)[-1][1] if series else float("nan")


def new_figure():
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(5, 3.2), layout="constrained")


@chart()
def loss_curves(metrics):
    figure, axes = new_figure()
    with open("loss_curves.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["model", "step", "test_loss"])
        for model in ("logistic", "boosting", "network"):
            curve = points(metrics.get(model, {}).get("test_loss"))
            axes.plot([x for x, _ in curve], [y for _, y in curve], label=model)
            out.writerows([model, x, f"{y:.5f}"] for x, y in curve[::5])
    axes.set_xlabel("step")
    axes.set_ylabel("test loss")
    axes.set_yscale("log")
    axes.legend()
    figure.savefig("loss_curves.png", dpi=80)


@chart()
def roc_curves(metrics):
    figure, axes = new_figure()
    for model in MODELS:
        wrong, right = metrics.get("scores", {}).get(f"roc_{model}") or [[], []]
        axes.step(wrong, right, where="post", label=model)
    axes.set_xlabel("false positive rate")
    axes.set_ylabel("true positive rate")
    axes.legend()
    figure.savefig("roc_curves.png", dpi=80)


@chart()
def score_table(metrics):
    scores = metrics.get("scores", {})
    rows = [(m, *(last(scores.get(f"{s}_{m}")) for s in ("accuracy", "f1", "auc"))) for m in MODELS]
    with open("scores.txt", "w") as file:
        file.write("\n".join(f"{m:<10} accuracy {a:.4f}  f1 {f:.4f}  auc {u:.4f}" for m, a, f, u in rows) + "\n")
    cells = "".join(
        f"<tr><th>{html.escape(m)}</th><td>{a:.4f}</td><td>{f:.4f}</td><td>{u:.4f}</td></tr>" for m, a, f, u in rows
    )
    with open("scores.html", "w") as file:
        file.write(
            "<!doctype html><title>Scores</title><style>td,th{padding:.2em 1em;text-align:left}</style>"
            f"<table><tr><th>model</th><th>accuracy</th><th>F1</th><th>AUC</th></tr>{cells}</table>\n"
        )
