"""PyTorch, eager. Variants: plain; channels-last (the memory order); fused (its fused SGD); channels-last+fused."""

from functools import partial

from pictures import Order, load_images
from protocol import run, unknown


def prepare(options):
    import torch
    from torch import nn

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    channels_last = "channels-last" in options.variant
    memory_format = torch.channels_last if channels_last else torch.contiguous_format
    activations = {
        "identity": nn.Identity,
        "relu": nn.ReLU,
        "relu6": nn.ReLU6,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "silu": nn.SiLU,
        "gelu": nn.GELU,
        "geluTanh": partial(nn.GELU, "tanh"),
        "hardSwish": nn.Hardswish,
    }

    class Residual(nn.Module):
        def __init__(self, body, shortcut):
            super().__init__()
            self.body, self.shortcut = nn.Sequential(*build(body)), nn.Sequential(*build(shortcut))

        def forward(self, x):
            return self.body(x) + self.shortcut(x)

    def build(layers):
        for layer in layers:
            channels = layer["inputShape"][-1]
            match layer:
                case {"kind": "conv2d", "trueConvolution": False, "padding": [top, bottom, left, right]}:
                    symmetric = top == bottom and left == right
                    if not symmetric:
                        yield nn.ZeroPad2d((left, right, top, bottom))
                    yield nn.Conv2d(
                        channels,
                        layer["outChannels"],
                        tuple(layer["kernel"]),
                        stride=tuple(layer["stride"]),
                        padding=(top, left) if symmetric else 0,
                        dilation=tuple(layer["dilation"]),
                        groups=layer["groups"],
                        bias=layer["bias"],
                    )
                case {"kind": "pool2d", "pooling": pooling, "padding": [top, bottom, left, right]} if (top, left) == (bottom, right):
                    sizes = tuple(layer["kernel"]), tuple(layer["stride"]), (top, left)
                    mean = partial(nn.AvgPool2d, count_include_pad=layer["countIncludePad"])
                    yield (mean if pooling == "mean" else nn.MaxPool2d)(*sizes)
                case {"kind": "activation", "activation": name} if name in activations:
                    yield activations[name]()
                case {"kind": "activation", "activation": "leakyRelu"}:
                    yield nn.LeakyReLU(layer.get("negativeSlope", 0.01))
                case {"kind": "batchNorm"}:
                    yield nn.BatchNorm2d(channels) if len(layer["inputShape"]) == 3 else nn.BatchNorm1d(channels)
                case {"kind": "dropout"}:
                    yield nn.Dropout(layer["rate"])
                case {"kind": "globalAveragePool"}:
                    yield nn.AdaptiveAvgPool2d(1)
                    yield nn.Flatten()
                case {"kind": "flatten"}:
                    yield nn.Flatten()
                case {"kind": "dense"}:
                    yield nn.Linear(channels, layer["outFeatures"], bias=layer["bias"])
                case {"kind": "residual"}:
                    yield Residual(layer["body"], layer["shortcut"])
                case _:
                    unknown(layer)

    def tensors(split):
        images, labels = load_images(split, options.network["input"])
        images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
        return images, torch.from_numpy(labels).long()

    images, labels = tensors("train")
    test_images, test_labels = tensors("test")
    model = nn.Sequential(*build(options.network["layers"])).to(memory_format=memory_format)
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=options.network["learningRate"],
        momentum=options.network["momentum"],
        fused="fused" in options.variant,
    )
    order = Order(len(images), options.batch)
    class PyTorch:
        version = f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}"
        parameters = sum(parameter.numel() for parameter in model.parameters())
        image_count, test_image_count = len(images), len(test_images)

        def train(self, steps):
            model.train()
            for indices in torch.from_numpy(order.take(steps)):
                loss = nn.functional.cross_entropy(model(images[indices]), labels[indices])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

        @torch.inference_mode()
        def count_correct(self, first, count):
            model.eval()
            predicted = model(test_images[first : first + count]).argmax(1)
            return (predicted == test_labels[first : first + count]).sum().item()

    return PyTorch()


run(prepare)
