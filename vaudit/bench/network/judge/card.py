"""What of a network card bears on the figures that went through it."""

from vaudit.bench.borders import Borders
from vaudit.bench.network.recording import Card


def remarks(
    cards: list[Card], name: str, offloads: dict[str, bool], cpus: int, borders: Borders
) -> list[str]:
    """In words, what is amiss with the card of this name; nothing where nothing is amiss or known."""
    card = next((each for each in cards if each.name == name), None)
    said = []
    if card is not None and card.path == "emulated":
        said.append(f"the card {name} is emulated ({card.driver or 'driver not known'}), which costs CPU")
    if card is not None and card.queues == 1 and cpus >= borders.queue_threads:
        said.append(f"{name} has a single queue for {cpus} CPUs")
    if card is not None and card.mtu is not None and card.mtu < borders.mtu_min:
        said.append(f"the MTU of {name} is {card.mtu}")
    off = [feature for feature, on in offloads.items() if not on]
    if off:
        said.append(f"{name} works without {', '.join(off)}, which costs CPU")
    return said
