"""TensorFlow: the loop over the steps is one tf.function, the images lie in memory as [height, width, channel]."""

import os

from pictures import Order, load_images
from protocol import common_layers, run

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def prepare(options):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    tf.random.set_seed(1)
    learning_rate, momentum = options.network["learningRate"], options.network["momentum"]

    def tensors(split):
        images, labels = load_images(split, options.network["input"])
        return tf.constant(images), tf.constant(labels)

    def build(layers):
        """A function for each layer, and all the variables."""
        functions, variables = [], []

        def weights(*shape, fan_in):
            limit = fan_in**-0.5
            weight = tf.Variable(tf.random.uniform(shape, -limit, limit))
            bias = tf.Variable(tf.zeros(shape[-1]))
            variables.extend([weight, bias])
            return weight, bias

        def convolution(weight, bias, stride, padding):
            # By name where a name exists: with numbers of any other kind the gradients take a road twice as slow.
            top, bottom, left, right = padding
            sides = [[0, 0], [top, bottom], [left, right], [0, 0]]
            same = [weight.shape[0] // 2] * 4 if stride == 1 and weight.shape[0] % 2 == 1 else None
            named = "VALID" if not any(padding) else "SAME" if padding == same else sides
            return lambda x: tf.nn.bias_add(tf.nn.conv2d(x, weight, strides=stride, padding=named), bias)

        def pooling(pool, window):
            return lambda x: pool(x, window, window, "VALID")

        def flattening(features):
            return lambda x: tf.reshape(x, [-1, features])

        def dense(weight, bias):
            return lambda x: tf.matmul(x, weight) + bias

        for layer in layers:
            channels = layer["inputShape"][-1]
            match layer["kind"]:
                case "conv2d":
                    kernel, _ = layer["kernel"]
                    shape = kernel, kernel, channels, layer["outChannels"]
                    weight, bias = weights(*shape, fan_in=kernel * kernel * channels)
                    functions.append(convolution(weight, bias, layer["stride"][0], layer["padding"]))
                case "activation":
                    functions.append({"relu": tf.nn.relu, "sigmoid": tf.sigmoid, "tanh": tf.tanh}[layer["activation"]])
                case "pool2d":
                    pool = {"max": tf.nn.max_pool2d, "mean": tf.nn.avg_pool2d}[layer["pooling"]]
                    functions.append(pooling(pool, layer["kernel"][0]))
                case "flatten":
                    functions.append(flattening(layer["outputShape"][0]))
                case "dense":
                    functions.append(dense(*weights(channels, layer["outFeatures"], fan_in=channels)))
        return functions, variables

    images, labels = tensors("train")
    test_images, test_labels = tensors("test")
    functions, variables = build(common_layers(options))
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
        image_count, test_image_count = len(images), len(test_images)

        def train(self, steps):
            train(tf.constant(order.take(steps)))

        def count_correct(self, first, count):
            return int(count_correct(test_images[first : first + count], test_labels[first : first + count]))

    return TensorFlow()


run(prepare)
