"""What can go wrong between DOT and a picture."""

from __future__ import annotations

from zeren.models.problems import ZerenError


class RenderError(ZerenError):
    """The picture could not be made as it should be; the DOT text is still good to have."""


class NoRenderer(RenderError):
    """Neither the bundled Graphviz nor a ``dot`` of the system is there."""


class TimeLimit(RenderError):
    """The layout took longer than it may."""
