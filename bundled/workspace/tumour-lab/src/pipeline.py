"""Malignant or benign? Four classifiers on the Wisconsin breast cancer table."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from expops.core import log_metric, process, step

TABLE = Path("data/breast_cancer.csv")


def thin(curve, points=25):
    """At most `points` of a curve, its ends included."""
    keep = np.unique(np.linspace(0, len(curve) - 1, points).astype(int))
    return [round(float(curve[i]), 4) for i in keep]


@process()
def read_table():
    @step()
    def parse_rows():
        table = pd.read_csv(TABLE)
        log_metric("rows", len(table))
        log_metric("malignant_share", float(1 - table["benign"].mean()))
        return {
            "x": table.drop(columns=["benign"]).to_numpy(dtype=np.float32),
            "y": table["benign"].to_numpy(dtype=np.int8),
        }

    t = parse_rows()
    return {"x": t["x"], "y": t["y"]}


@process()
def split_rows(x, y, test_size=0.3, seed=7):
    @step()
    def hold_out(x, y, test_size, seed):
        a, b, c, d = train_test_split(x, y, test_size=float(test_size), random_state=int(seed), stratify=y)
        log_metric("n_train", len(a))
        log_metric("n_test", len(b))
        return {"x_train": a, "x_test": b, "y_train": c, "y_test": d}

    s = hold_out(x=x, y=y, test_size=test_size, seed=seed)
    return {k: s[k] for k in ("x_train", "x_test", "y_train", "y_test")}


@process()
def scale_columns(x_train, x_test, y_train, y_test, scale="standard"):
    # Fitted on the training rows alone.
    scaler = StandardScaler() if scale == "standard" else MinMaxScaler()
    xa = scaler.fit_transform(x_train).astype(np.float32)
    xb = scaler.transform(x_test).astype(np.float32)
    log_metric("scaler", scale)
    log_metric("columns", xa.shape[1])
    return {"xa": xa, "xb": xb, "ya": y_train, "yb": y_test}


@process()
def fit_logistic(xa, xb, ya, yb, epochs=120, alpha=0.0005, seed=7):
    @step()
    def descend(xa, xb, ya, yb, epochs, alpha, seed):
        model = SGDClassifier(loss="log_loss", alpha=float(alpha), random_state=int(seed))
        for epoch in range(1, int(epochs) + 1):
            model.partial_fit(xa, ya, classes=[0, 1])
            log_metric("train_loss", float(log_loss(ya, model.predict_proba(xa)[:, 1])), step=epoch)
            log_metric("test_loss", float(log_loss(yb, model.predict_proba(xb)[:, 1])), step=epoch)
            log_metric("test_accuracy", float(model.score(xb, yb)), step=epoch)
        return {"p_logistic": model.predict_proba(xb)[:, 1], "weights": model.coef_[0]}

    r = descend(xa=xa, xb=xb, ya=ya, yb=yb, epochs=epochs, alpha=alpha, seed=seed)
    return {"p_logistic": r["p_logistic"], "weights": r["weights"], "truth": yb}


@process()
def fit_forest(xa, xb, ya, trees=60, seed=7):
    @step()
    def grow_trees(xa, xb, ya, trees, seed):
        forest = RandomForestClassifier(n_estimators=int(trees), max_depth=4, random_state=int(seed))
        forest.fit(xa, ya)
        votes = np.array([tree.predict_proba(xa)[:, 1] for tree in forest.estimators_])
        for size in range(5, len(votes) + 1, 5):
            log_metric("train_accuracy", float(accuracy_score(ya, votes[:size].mean(axis=0) > 0.5)), step=size)
        log_metric("importances", {str(i): round(float(v), 5) for i, v in enumerate(forest.feature_importances_)})
        return {"p_forest": forest.predict_proba(xb)[:, 1], "forest": forest}

    r = grow_trees(xa=xa, xb=xb, ya=ya, trees=trees, seed=seed)
    return {"p_forest": r["p_forest"], "forest": r["forest"]}


@process()
def fit_boosting(xa, xb, ya, yb, rounds=150, rate=0.1, seed=7):
    @step()
    def boost_stumps(xa, xb, ya, yb, rounds, rate, seed):
        model = GradientBoostingClassifier(
            n_estimators=int(rounds), learning_rate=float(rate), max_depth=1, random_state=int(seed)
        )
        model.fit(xa, ya)
        for on_train, on_test in zip(model.staged_predict_proba(xa), model.staged_predict_proba(xb)):
            log_metric("train_loss", float(log_loss(ya, on_train[:, 1])))
            log_metric("test_loss", float(log_loss(yb, on_test[:, 1])))
        return {"p_boosting": model.predict_proba(xb)[:, 1]}

    r = boost_stumps(xa=xa, xb=xb, ya=ya, yb=yb, rounds=rounds, rate=rate, seed=seed)
    return {"p_boosting": r["p_boosting"]}


@process()
def fit_network(xa, xb, ya, yb, epochs=200, rate=0.5, hidden=12, seed=7):
    @step()
    def train_layers(xa, xb, ya, yb, epochs, rate, hidden, seed):
        random = np.random.default_rng(int(seed))
        w1 = random.normal(0, 0.3, (xa.shape[1], int(hidden)))
        w2 = random.normal(0, 0.3, int(hidden))

        def forward(x):
            inner = np.maximum(x @ w1, 0)
            return inner, 1 / (1 + np.exp(-(inner @ w2)))

        def loss(y, p):
            return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

        with np.errstate(all="ignore"):
            for epoch in range(int(epochs)):
                inner, p = forward(xa)
                log_metric("train_loss", loss(ya, p), step=epoch)
                log_metric("test_loss", loss(yb, forward(xb)[1]), step=epoch)
                error = (p - ya) / len(ya)
                w1, w2 = w1 - rate * xa.T @ (np.outer(error, w2) * (inner > 0)), w2 - rate * inner.T @ error
        return {"p_network": np.nan_to_num(forward(xb)[1])}

    r = train_layers(xa=xa, xb=xb, ya=ya, yb=yb, epochs=epochs, rate=rate, hidden=hidden, seed=seed)
    return {"p_network": r["p_network"]}


@process()
def compare_models(p_logistic, p_forest, p_boosting, p_network, truth):
    best = ("", 0.0)
    for name, p in (
        ("logistic", p_logistic),
        ("forest", p_forest),
        ("boosting", p_boosting),
        ("network", p_network),
    ):
        said = (np.asarray(p) > 0.5).astype(int)
        accuracy = float(accuracy_score(truth, said))
        log_metric(f"accuracy_{name}", accuracy)
        log_metric(f"f1_{name}", float(f1_score(truth, said)))
        log_metric(f"auc_{name}", float(roc_auc_score(truth, p)))
        log_metric(f"confusion_{name}", confusion_matrix(truth, said).tolist())
        wrong, right, _ = roc_curve(truth, p)
        log_metric(f"roc_{name}", [thin(wrong), thin(right)])
        best = max(best, (name, accuracy), key=lambda pair: pair[1])
    log_metric("best_model", best[0])
    return {"best_model": best[0], "best_accuracy": best[1]}
