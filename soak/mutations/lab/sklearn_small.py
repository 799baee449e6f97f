"""A model that the tool takes for one, since it goes by the module's name; only NumPy is needed."""

import numpy as np


class Ridge:
    def __init__(self, alpha):
        self.alpha = alpha

    def train(self, x, y):
        eye = np.eye(x.shape[1])
        self.weights = np.linalg.solve(x.T @ x + self.alpha * eye, x.T @ y)
        return self

    def predicted(self, x):
        return x @ self.weights
