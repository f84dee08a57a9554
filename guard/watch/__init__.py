"""What happens, told to those who watch: behaviour, incidents, audit.  Containment, asked before anything happens."""

from guard.watch.events import Asked, Judged, Retrieved, Signal
from guard.watch.watching import Gate, Hold, KeyGate, Observer, Recorder, Sink, Watch

__all__ = ["Asked", "Gate", "Hold", "Judged", "KeyGate", "Observer", "Recorder", "Retrieved", "Signal", "Sink", "Watch"]
