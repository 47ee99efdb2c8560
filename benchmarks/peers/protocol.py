"""What the Python peers do alike.

With --seconds: prepare, warm up, print `ready` with what is known of the system, then answer each line `train` or
`infer` on stdin with a line of JSON, until the input ends. With --epochs: train that long, test, print a line of JSON.
--network is a file with a name, the input's shape, the layers with all their options, learningRate and momentum.

A peer hands over `prepare(options)`, which gives an object with

    version                  name and version
    parameters               the number of parameters
    image_count              how many images there are to train on
    test_image_count         how many there are to classify
    train(steps)             makes that many steps of a batch
    count_correct(first, n)  classifies the test images first .. first + n - 1 and returns the number of correct ones
"""

import argparse
import json
import sys
import time
from pathlib import Path

INFERENCE_BATCHES = [100, 250, 1000]
BATCH_OF_WHOLE_RUNS = 250


def run(prepare):
    options = parse_options()
    system = prepare(options)
    if options.epochs is not None:
        report_whole_run(system, options)
    else:
        answer(system, options)


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", required=True, type=lambda path: json.loads(Path(path).read_text()))
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--epochs", type=int)
    return parser.parse_args()


def unknown(layer):
    """Ends the program, which the comparison then leaves out: the line says what it does not know."""
    sys.exit(f"knows no layer {json.dumps(layer)}")


def common_layers(options):
    """The layers of a network that has only those which every peer builds; protocol.mjs says which."""
    layers = options.network["layers"]
    for layer in layers:
        match layer:
            case {"kind": "conv2d"}:
                common = layer["groups"] == 1 and layer["bias"] and not layer["trueConvolution"]
                common = common and layer["dilation"] == [1, 1] and is_square(layer) and layer["stride"][0] == layer["stride"][1]
            case {"kind": "pool2d"}:
                common = is_square(layer) and layer["stride"] == layer["kernel"] and not any(layer["padding"])
            case {"kind": "activation"}:
                common = layer["activation"] in ["relu", "sigmoid", "tanh"]
            case {"kind": "dense"}:
                common = layer["bias"]
            case _:
                common = layer["kind"] == "flatten"
        if not common:
            unknown(layer)
    return layers


def is_square(layer):
    height, width = layer["kernel"]
    return height == width


def answer(system, options):
    train = training(system, options)
    known = {"version": system.version, "parameters": system.parameters, "peakMemory": peak_memory()}
    measurements = {"train": train, "infer": inference(system)}
    print("ready", json.dumps(known), flush=True)
    for line in sys.stdin:
        print(json.dumps(measurements[line.strip()](options.seconds)), flush=True)


def training(system, options):
    """A warmed-up measurement that asks for about a fifth of a second's steps at a time."""
    system.train(1)
    steps = 1
    while (duration := seconds_of(lambda: system.train(steps))) < 0.2:
        steps *= 2
    if duration < 1:
        seconds_of(lambda: system.train(4 * steps))

    def turn():
        system.train(steps)
        return steps * options.batch

    return lambda seconds: measure(seconds, turn)


def inference(system):
    """A warmed-up measurement with the batch that is the fastest here."""
    def with_batch(batch):
        state = {"first": 0, "correct": 0, "classified": 0}

        def turn():
            state["correct"] += system.count_correct(state["first"], batch)
            state["classified"] += batch
            state["first"] = (state["first"] + batch) % system.test_image_count
            return batch

        def measured(seconds):
            state["correct"] = state["classified"] = 0
            figures = measure(seconds, turn)
            return figures | {"batch": batch, "accuracy": state["correct"] / state["classified"]}

        return measured

    candidates = [with_batch(batch) for batch in INFERENCE_BATCHES]
    for candidate in candidates:
        candidate(0)
    return max(candidates, key=lambda candidate: candidate(0.5)["imagesPerSecond"])


def measure(seconds, turn):
    """Images per second of as many turns as it takes for the seconds to pass, at least one."""
    images, started = 0, time.perf_counter()
    while True:
        images += turn()
        elapsed = time.perf_counter() - started
        if elapsed >= seconds:
            return {"imagesPerSecond": images / elapsed, "images": images, "seconds": elapsed}


def seconds_of(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report_whole_run(system, options):
    for _ in range(options.epochs):
        system.train(system.image_count // options.batch)
    firsts = range(0, system.test_image_count, BATCH_OF_WHOLE_RUNS)
    correct = sum(system.count_correct(first, BATCH_OF_WHOLE_RUNS) for first in firsts)
    figures = {"version": system.version, "accuracy": correct / system.test_image_count, "peakMemory": peak_memory()}
    print(json.dumps(figures), flush=True)


def peak_memory():
    """Bytes; None on systems that do not report it."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return None
    return getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
