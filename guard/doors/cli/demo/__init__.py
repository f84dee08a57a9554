"""``echoguard demo``: a real chain with a real small model, bare and guarded, side by side."""

from guard.doors.cli.demo.command import demo_command, run_demo

__all__ = ["demo_command", "run_demo"]
