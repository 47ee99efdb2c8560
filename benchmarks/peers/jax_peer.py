"""JAX: one compiled function for each step, started before the last has ended.

Variants: the memory orders nhwc and nchw; nhwc-padded, which pads every convolution by a row and a column and cuts them
off again, since XLA can be five times as fast on padded convolutions as on others.
"""

import os

from digits import Order, load_digits
from protocol import run


def prepare(options):
    # JAX has no setting for its threads: it takes as many as the process may have processors.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])

    import jax
    import jax.numpy as jnp
    import numpy

    learning_rate, momentum = options.network["learningRate"], options.network["momentum"]
    last = options.variant.startswith("nhwc")
    always_padded = options.variant == "nhwc-padded"
    dimensions = ("NHWC", "HWIO", "NHWC") if last else ("NCHW", "OIHW", "NCHW")
    random = numpy.random.default_rng(1)

    def digits(split):
        images, labels = load_digits(split)
        return jnp.asarray(images[..., None] if last else images[:, None]), jnp.asarray(labels)

    def build(layers):
        """A function of (x, weight, bias) for each layer, and each layer's weight and bias, which may be none."""
        functions, values = [], []
        channels, size = 1, 28

        def weights(*shape, outputs, fan_in):
            limit = fan_in**-0.5
            weight = random.uniform(-limit, limit, shape).astype(numpy.float32)
            return jnp.asarray(weight), jnp.zeros(outputs, jnp.float32)

        def convolution(padding):
            cut = always_padded and padding == 0
            sides = [(padding, padding + cut)] * 2

            def convolve(x, weight, bias):
                y = jax.lax.conv_general_dilated(x, weight, (1, 1), sides, dimension_numbers=dimensions)
                y = y[:, :-1, :-1] if cut else y
                return y + (bias if last else bias[:, None, None])

            return convolve

        def pooling(window):
            # As a maximum over two axes more; the gradient of JAX's own window reduction is slower on a CPU.
            def pool(x):
                before, after = (x.shape[:1], x.shape[3:]) if last else (x.shape[:2], ())
                rows, columns = (side // window for side in (x.shape[1:3] if last else x.shape[2:]))
                axis = len(before)
                return x.reshape(*before, rows, window, columns, window, *after).max((axis + 1, axis + 3))

            return pool

        for layer in layers:
            parameters = ()
            match layer["kind"]:
                case "conv2d":
                    kernel, padding, outputs = layer["kernel"], layer.get("padding", 0), layer["outChannels"]
                    shape = (kernel, kernel, channels, outputs) if last else (outputs, channels, kernel, kernel)
                    parameters = weights(*shape, outputs=outputs, fan_in=kernel * kernel * channels)
                    functions.append(convolution(padding))
                    channels, size = outputs, size + 2 * padding - kernel + 1
                case "activation":
                    functions.append(jax.nn.relu)
                case "pool2d":
                    functions.append(pooling(layer["window"]))
                    size //= layer["window"]
                case "flatten":
                    functions.append(lambda x: x.reshape(x.shape[0], -1))
                    channels, size = channels * size * size, 1
                case "dense":
                    outputs = layer["outFeatures"]
                    parameters = weights(channels, outputs, outputs=outputs, fan_in=channels)
                    functions.append(lambda x, weight, bias: x @ weight + bias)
                    channels = outputs
            values.append(parameters)
        return functions, values

    images, labels = digits("train")
    test_images, test_labels = digits("t10k")
    functions, values = build(options.network["layers"])
    velocities = jax.tree.map(jnp.zeros_like, values)
    order = Order(len(images), options.batch)

    def model(values, x):
        for function, parameters in zip(functions, values):
            x = function(x, *parameters)
        return x

    def loss(values, x, expected):
        logarithms = jax.nn.log_softmax(model(values, x))
        return -jnp.take_along_axis(logarithms, expected[:, None], 1).mean()

    def step(values, velocities, images, labels, indices):
        gradients = jax.grad(loss)(values, images[indices], labels[indices])
        velocities = jax.tree.map(lambda v, g: momentum * v + g, velocities, gradients)
        values = jax.tree.map(lambda p, v: p - learning_rate * v, values, velocities)
        return values, velocities

    step = jax.jit(step, donate_argnums=(0, 1))
    count_correct = jax.jit(lambda values, x, expected: (model(values, x).argmax(1) == expected).sum())

    class Jax:
        version = f"JAX {jax.__version__}"
        parameters = sum(value.size for value in jax.tree.leaves(values))

        def __init__(self):
            self.state = values, velocities

        def train(self, steps):
            for indices in order.take(steps):
                self.state = step(*self.state, images, labels, indices)
            jax.block_until_ready(self.state)

        def count_correct(self, first, count):
            images, labels = test_images[first : first + count], test_labels[first : first + count]
            return int(count_correct(self.state[0], images, labels))

    return Jax()


run(prepare)
