"""TensorFlow: the loop over the steps is one tf.function, the images lie in memory as [height, width, channel]."""

import os

from digits import Order, load_digits
from protocol import run

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def prepare(options):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    tf.random.set_seed(1)
    learning_rate, momentum = options.network["learningRate"], options.network["momentum"]

    def digits(split):
        images, labels = load_digits(split)
        return tf.constant(images[..., None]), tf.constant(labels)

    def build(layers):
        """A function for each layer, and all the variables."""
        functions, variables = [], []
        channels, size = 1, 28

        def weights(*shape, fan_in):
            limit = fan_in**-0.5
            weight = tf.Variable(tf.random.uniform(shape, -limit, limit))
            bias = tf.Variable(tf.zeros(shape[-1]))
            variables.extend([weight, bias])
            return weight, bias

        def convolution(weight, bias, padding):
            # By name where a name exists: with numbers of any other kind the gradients take a road twice as slow.
            sides = [[0, 0], [padding, padding], [padding, padding], [0, 0]]
            named = {0: "VALID", (weight.shape[0] - 1) / 2: "SAME"}.get(padding, sides)
            return lambda x: tf.nn.bias_add(tf.nn.conv2d(x, weight, strides=1, padding=named), bias)

        def pooling(window):
            return lambda x: tf.nn.max_pool2d(x, window, window, "VALID")

        def flattening(features):
            return lambda x: tf.reshape(x, [-1, features])

        def dense(weight, bias):
            return lambda x: tf.matmul(x, weight) + bias

        for layer in layers:
            match layer["kind"]:
                case "conv2d":
                    kernel, padding = layer["kernel"], layer.get("padding", 0)
                    shape = kernel, kernel, channels, layer["outChannels"]
                    functions.append(convolution(*weights(*shape, fan_in=kernel * kernel * channels), padding))
                    channels, size = layer["outChannels"], size + 2 * padding - kernel + 1
                case "activation":
                    functions.append(tf.nn.relu)
                case "pool2d":
                    functions.append(pooling(layer["window"]))
                    size //= layer["window"]
                case "flatten":
                    channels, size = channels * size * size, 1
                    functions.append(flattening(channels))
                case "dense":
                    functions.append(dense(*weights(channels, layer["outFeatures"], fan_in=channels)))
                    channels = layer["outFeatures"]
        return functions, variables

    images, labels = digits("train")
    test_images, test_labels = digits("t10k")
    functions, variables = build(options.network["layers"])
    velocities = [tf.Variable(tf.zeros_like(variable)) for variable in variables]
    order = Order(len(images), options.batch)

    def model(x):
        for function in functions:
            x = function(x)
        return x

    @tf.function(input_signature=[tf.TensorSpec([None, options.batch], tf.int32)])
    def train(batches):
        for indices in batches:
            with tf.GradientTape() as tape:
                outputs = model(tf.gather(images, indices))
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(labels, indices), outputs)
                loss = tf.reduce_mean(losses)
            for variable, velocity, gradient in zip(variables, velocities, tape.gradient(loss, variables)):
                tf.raw_ops.ResourceApplyMomentum(
                    var=variable.handle, accum=velocity.handle, lr=learning_rate, grad=gradient, momentum=momentum
                )

    @tf.function(reduce_retracing=True)
    def count_correct(x, expected):
        return tf.math.count_nonzero(tf.argmax(model(x), 1, tf.int32) == expected)

    class TensorFlow:
        version = f"TensorFlow {tf.__version__}"
        parameters = sum(int(tf.size(variable)) for variable in variables)

        def train(self, steps):
            train(tf.constant(order.take(steps)))

        def count_correct(self, first, count):
            return int(count_correct(test_images[first : first + count], test_labels[first : first + count]))

    return TensorFlow()


run(prepare)
