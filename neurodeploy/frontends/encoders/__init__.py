"""Turn values, series and events into what a network takes: one encoder a file.

Polarities have an axis of their own, before the shape: channel 0 is off (a fall), channel 1 is on
(a rise), as event cameras number them.
"""

from neurodeploy.frontends.encoders.delta import delta
from neurodeploy.frontends.encoders.direct import direct
from neurodeploy.frontends.encoders.event_frames import event_frames
from neurodeploy.frontends.encoders.latency import latency
from neurodeploy.frontends.encoders.rate import rate

__all__ = ["delta", "direct", "event_frames", "latency", "rate"]
