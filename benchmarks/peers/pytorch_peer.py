"""PyTorch, eager. Variants: plain; channels-last (the memory order); fused (its fused SGD); channels-last+fused."""

from digits import Order, load_digits
from protocol import run


def prepare(options):
    import torch
    from torch import nn

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    channels_last = "channels-last" in options.variant
    memory_format = torch.channels_last if channels_last else torch.contiguous_format

    def build(layers):
        channels, size = 1, 28
        for layer in layers:
            match layer["kind"]:
                case "conv2d":
                    kernel, padding = layer["kernel"], layer.get("padding", 0)
                    yield nn.Conv2d(channels, layer["outChannels"], kernel, padding=padding)
                    channels, size = layer["outChannels"], size + 2 * padding - kernel + 1
                case "activation":
                    yield nn.ReLU()
                case "pool2d":
                    yield nn.MaxPool2d(layer["window"])
                    size //= layer["window"]
                case "flatten":
                    yield nn.Flatten()
                    channels, size = channels * size * size, 1
                case "dense":
                    yield nn.Linear(channels, layer["outFeatures"])
                    channels = layer["outFeatures"]

    def digits(split):
        images, labels = load_digits(split)
        images = torch.from_numpy(images).unsqueeze(1).contiguous(memory_format=memory_format)
        return images, torch.from_numpy(labels).long()

    images, labels = digits("train")
    test_images, test_labels = digits("t10k")
    model = nn.Sequential(*build(options.network["layers"])).to(memory_format=memory_format)
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=options.network["learningRate"],
        momentum=options.network["momentum"],
        fused="fused" in options.variant,
    )
    order = Order(len(images), options.batch)

    class PyTorch:
        version = f"PyTorch {torch.__version__}"
        parameters = sum(parameter.numel() for parameter in model.parameters())

        def train(self, steps):
            for indices in torch.from_numpy(order.take(steps)):
                loss = nn.functional.cross_entropy(model(images[indices]), labels[indices])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

        @torch.inference_mode()
        def count_correct(self, first, count):
            predicted = model(test_images[first : first + count]).argmax(1)
            return (predicted == test_labels[first : first + count]).sum().item()

    return PyTorch()


run(prepare)
