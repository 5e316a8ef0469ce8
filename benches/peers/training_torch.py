"""One training step of the benchmarked networks in PyTorch: forward, focal loss, backward, Adam; median milliseconds.

    python benches/peers/training_torch.py THREADS
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[1]))
BATCH, CLASSES, STEPS = 32, 8, 40


class CnnBiLstm(nn.Module):
    """Two blocks of convolution, layer normalisation, ReLU, max-pooling and dropout; BiLSTM; attention; dense."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv1d(64, 64, 5, padding=2), nn.Conv1d(64, 128, 5, padding=2)])
        self.norms = nn.ModuleList([nn.LayerNorm(64), nn.LayerNorm(128)])
        self.lstm = nn.LSTM(128, 128, batch_first=True, bidirectional=True)
        self.hidden, self.score = nn.Linear(256, 64), nn.Linear(64, 1, bias=False)
        self.dense, self.logits = nn.Linear(256, 64), nn.Linear(64, CLASSES)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = F.relu(norm(conv(x.transpose(1, 2)).transpose(1, 2)))
            x = F.dropout(F.max_pool1d(x.transpose(1, 2), 2).transpose(1, 2), 0.2)
        x, _ = self.lstm(x)
        weights = torch.softmax(self.score(torch.tanh(self.hidden(x))), 1)
        x = F.dropout((weights * x).sum(1), 0.4)
        return self.logits(F.dropout(F.relu(self.dense(x)), 0.4))


class SeedVector(nn.Module):
    """Convolution, ReLU, max-pooling; BiLSTM 128; BiLSTM 64, last states; dense; dropout; logits."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 128, 5, padding=2)
        self.first = nn.LSTM(128, 128, batch_first=True, bidirectional=True)
        self.second = nn.LSTM(256, 64, batch_first=True, bidirectional=True)
        self.dense, self.logits = nn.Linear(128, 128), nn.Linear(128, CLASSES)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.conv(x.transpose(1, 2))), 2, ceil_mode=True).transpose(1, 2)
        x, _ = self.first(x)
        _, (last, _) = self.second(x)
        x = F.relu(self.dense(last.transpose(0, 1).reshape(len(x), -1)))
        return self.logits(F.dropout(x, 0.3))


def focal(logits, labels):
    log_p = F.log_softmax(logits, 1).gather(1, labels[:, None])[:, 0]
    return (-((1 - log_p.exp()) ** 2) * log_p).mean()


def measure(net, shape):
    x, labels = torch.randn(BATCH, *shape), torch.arange(BATCH) % CLASSES
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    times = []
    for _ in range(STEPS + 5):
        start = time.perf_counter()
        optimiser.zero_grad()
        focal(net(x), labels).backward()
        optimiser.step()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times[5:])


for name, net, shape in [("cnn-bilstm/130x64", CnnBiLstm(), (130, 64)), ("seed-vector/169x1", SeedVector(), (169, 1))]:
    print(f"{name}: {measure(net, shape):.2f} ms a step, PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
