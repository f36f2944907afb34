"""snntorch networks like real ones: shortcuts, forks, concatenations, shared weights."""

from torch.nn import functional

from support.snntorch_nets import nn, snn, torch


def leaky(**options: object) -> nn.Module:
    return snn.Leaky(beta=0.5, init_hidden=True, **options)


class Residual(nn.Module):
    """Sums of currents with currents, with spikes, and of spikes, before and after weights."""

    def __init__(self) -> None:
        super().__init__()
        self.fc0, self.fc1, self.fc2 = nn.Linear(5, 6), nn.Linear(6, 6), nn.Linear(6, 6)
        self.fc3, self.fc4 = nn.Linear(6, 4), nn.Linear(5, 4)
        self.lif0, self.lif1, self.lif2, self.lif3 = leaky(), leaky(), leaky(), leaky()

    def forward(self, x):  # type: ignore[no-untyped-def]
        spk0 = self.lif0(self.fc0(x))
        spk1 = self.lif1(self.fc1(spk0) + spk0)
        spk2 = self.lif2(torch.add(self.fc2(spk0.add(spk1)), spk1))
        current = self.fc3(spk2)
        current += self.fc4(x)
        return self.lif3(current)


class Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.lif1, self.lif2 = leaky(), leaky()

    def forward(self, x):  # type: ignore[no-untyped-def]
        out = self.norm2(self.conv2(self.lif1(self.norm1(self.conv1(x)))))
        return self.lif2(out + x)


class ResNet(nn.Module):
    """A stem, two residual blocks and a head, as in torchvision."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.lif, self.pool = nn.Conv2d(2, 4, 3), leaky(), nn.MaxPool2d(3, 2, 1)
        self.layers = nn.Sequential(Block(4), Block(4))
        self.fc, self.out = nn.Linear(4, 5), leaky()

    def forward(self, x):  # type: ignore[no-untyped-def]
        x = self.layers(self.pool(self.lif(self.stem(x))))
        x = functional.adaptive_avg_pool2d(x, 1)
        return self.out(self.fc(x.view(x.size(0), -1)))


class Forks(nn.Module):
    """Weights before a fork, factors, offsets and weights after a sum."""

    def __init__(self) -> None:
        super().__init__()
        self.conv0, self.conv1 = nn.Conv2d(2, 4, 3), nn.Conv2d(4, 4, 3, padding=1)
        self.conv2, self.norm, self.pool = nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.AvgPool2d(2)
        self.lif0, self.lif1, self.lif2 = leaky(), leaky(), leaky()
        self.scale = nn.Parameter(torch.tensor([0.5, 1, 2, 0.25])[:, None, None])

    def forward(self, x):  # type: ignore[no-untyped-def]
        first = self.conv0(x)
        second = first + self.conv1(self.lif0(first)) * self.scale + 0.25
        spk1 = self.lif1(self.pool(second))
        return self.lif2(self.norm(self.conv2(spk1) + spk1))


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.lif1, self.lif2 = leaky(), leaky()

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.lif2(self.fc(self.lif1(self.fc(x))))


class Joined(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 3, 3)
        self.lif1, self.lif2, self.lif3 = leaky(), leaky(), leaky()
        self.fc = nn.Linear(80, 6)

    def forward(self, x):  # type: ignore[no-untyped-def]
        left, right = self.lif1(self.conv1(x)), self.lif2(self.conv2(x))
        return self.lif3(self.fc(torch.cat([left, right], dim=1).flatten(1)))
