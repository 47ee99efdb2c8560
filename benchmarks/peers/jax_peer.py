"""JAX: one compiled function for each step, started before the last has ended.

Variants: the memory orders nhwc and nchw; nhwc-padded, which pads every convolution by a row and a column and cuts them
off again, since XLA can be five times as fast on padded convolutions as on others.
"""

import os

from pictures import Order, load_images
from protocol import common_layers, run


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

    def arrays(split):
        images, labels = load_images(split, options.network["input"])
        return jnp.asarray(images if last else images.transpose(0, 3, 1, 2)), jnp.asarray(labels)

    def build(layers):
        """A function of (x, weight, bias) for each layer, and each layer's weight and bias, which may be none."""
        functions, values = [], []

        def weights(*shape, outputs, fan_in):
            limit = fan_in**-0.5
            weight = random.uniform(-limit, limit, shape).astype(numpy.float32)
            return jnp.asarray(weight), jnp.zeros(outputs, jnp.float32)

        def convolution(stride, padding):
            cut = always_padded and stride == 1 and not any(padding)
            top, bottom, left, right = padding
            sides = [(top, bottom + cut), (left, right + cut)]

            def convolve(x, weight, bias):
                y = jax.lax.conv_general_dilated(x, weight, (stride, stride), sides, dimension_numbers=dimensions)
                y = y[:, :-1, :-1] if cut else y
                return y + (bias if last else bias[:, None, None])

            return convolve

        def pooling(reduce, window):
            # As a reduction over two axes more; the gradient of JAX's own window reduction is slower on a CPU.
            def pool(x):
                before, after = (x.shape[:1], x.shape[3:]) if last else (x.shape[:2], ())
                rows, columns = (side // window for side in (x.shape[1:3] if last else x.shape[2:]))
                axis = len(before)
                whole = (slice(None),) * axis + (slice(rows * window), slice(columns * window))
                windows = x[whole].reshape(*before, rows, window, columns, window, *after)
                return reduce(windows, (axis + 1, axis + 3))

            return pool

        for layer in layers:
            parameters = ()
            channels = layer["inputShape"][-1]
            match layer["kind"]:
                case "conv2d":
                    (kernel, _), outputs = layer["kernel"], layer["outChannels"]
                    shape = (kernel, kernel, channels, outputs) if last else (outputs, channels, kernel, kernel)
                    parameters = weights(*shape, outputs=outputs, fan_in=kernel * kernel * channels)
                    functions.append(convolution(layer["stride"][0], layer["padding"]))
                case "activation":
                    functions.append({"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh}[layer["activation"]])
                case "pool2d":
                    reduce = {"max": jnp.max, "mean": jnp.mean}[layer["pooling"]]
                    functions.append(pooling(reduce, layer["kernel"][0]))
                case "flatten":
                    functions.append(lambda x: x.reshape(x.shape[0], -1))
                case "dense":
                    outputs = layer["outFeatures"]
                    parameters = weights(channels, outputs, outputs=outputs, fan_in=channels)
                    functions.append(lambda x, weight, bias: x @ weight + bias)
            values.append(parameters)
        return functions, values

    images, labels = arrays("train")
    test_images, test_labels = arrays("test")
    functions, values = build(common_layers(options))
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
        image_count, test_image_count = len(images), len(test_images)

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
