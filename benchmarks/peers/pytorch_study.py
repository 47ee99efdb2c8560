"""The study's network in PyTorch, trained as in the study: one epoch, batches of 256, Adam 0.01 with betas 0.7 and 0.9, one cycle."""

import argparse
import json
import time

import torch
from pictures import load_images
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--threads", type=int, default=1)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)


def digits(split):
    images, labels = load_images(split, [28, 28, 1])
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels).long()


images, labels = digits("train")
model = nn.Sequential(
    nn.Conv2d(1, 24, 5),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(24, 32, 3),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(800, 256),
    nn.ReLU(),
    nn.Linear(256, 10),
)
batch = 256
steps = -(-len(images) // batch)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, betas=(0.7, 0.9))
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps, cycle_momentum=False)

began = time.perf_counter()
for indices in torch.randperm(len(images)).split(batch):
    loss = nn.functional.cross_entropy(model(images[indices]), labels[indices])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
training = time.perf_counter() - began

test_images, test_labels = digits("test")
with torch.inference_mode():
    predicted = torch.cat([model(part).argmax(1) for part in test_images.split(1000)])
accuracy = (predicted == test_labels).double().mean().item()
print(json.dumps({"training": training, "accuracy": accuracy}))
