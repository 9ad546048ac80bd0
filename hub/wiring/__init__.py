"""The only package that builds things and hands them on. `hub` starts here."""

from hub.wiring.command import main
from hub.wiring.founding import CONFIG, ROOT_KEY, Partnership, World, found, partnership_in, system_clock, upgrade
from hub.wiring.hub import Engines, Hub, build, policy_texts
from hub.wiring.serving import doctor, export_log, serve, sound, stage, verified, web_app

__all__ = [
    "CONFIG",
    "ROOT_KEY",
    "Engines",
    "Hub",
    "Partnership",
    "World",
    "build",
    "doctor",
    "export_log",
    "found",
    "main",
    "partnership_in",
    "policy_texts",
    "serve",
    "sound",
    "stage",
    "system_clock",
    "upgrade",
    "verified",
    "web_app",
]
