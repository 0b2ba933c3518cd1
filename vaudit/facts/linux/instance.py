"""What a cloud sells this machine as, where cloud-init wrote it down."""

from vaudit.cloudinit import PATH, instance_type
from vaudit.evidence.source import Source
from vaudit.facts.linux import UNSEEN
from vaudit.facts.values import Told

UNNAMED = "neither the firmware nor cloud-init names a type"


def of_cloud_init(source: Source) -> Told | None:
    """Of the cloud's own metadata, without asking the network."""
    text = source.read(PATH)
    name = instance_type(text) if text else ""
    return Told(name, f"{PATH} names it", f"file:{PATH}") if name else None


def unnamed(source: Source) -> str:
    """Why no type is known, where none is."""
    unseen = UNSEEN.get(source.status("file", PATH))
    return f"{PATH} {unseen}" if unseen else UNNAMED
