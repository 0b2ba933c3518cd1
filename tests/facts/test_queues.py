"""Queues that a device offers against those that are used, as far as sysfs shows them."""

import pytest

from tests.machines.bases import hyperv, vmware_nvme, xen_pvh
from tests.machines.linux import Machine
from vaudit.model.facts import Block, Net

XEN = {"xvda": "xen_blkfront", "eth0": "xen_netfront"}


def device(made: Machine, name: str) -> Block | Net:
    facts = made.facts()
    devices: list[Block | Net] = [*facts.block, *facts.net]
    return next(one for one in devices if one.name == name)


def on_xen(name: str, most: str) -> Block | Net:
    made = xen_pvh().file(f"/sys/module/{XEN[name]}/parameters/max_queues", f"{most}\n")
    return device(made, name)


@pytest.mark.parametrize("name", XEN)
@pytest.mark.parametrize(
    ("most", "offered"), [("4", 1), ("1", None), ("0", None), ("", None), ("many", None), ("-3", None)]
)
def test_a_front_end_that_could_have_more_has_all_that_there_are(
    name: str, most: str, offered: int | None
) -> None:
    assert on_xen(name, most).offered_queues == offered


def test_a_front_end_whose_parameter_is_not_recorded_says_nothing() -> None:
    assert [device(xen_pvh(), name).offered_queues for name in XEN] == [None, None]


def channels(made: Machine, name: str, count: int) -> Machine:
    """With so many rings below the device on the bus of Hyper-V."""
    kind = "net" if name == "eth0" else "block"
    place = made.real(f"/sys/class/{kind}/{name}").partition("/block/")[0].partition("/net/")[0]
    while "/host" in place:
        place = place.rpartition("/")[0]
    return made.folder(f"{place}/channels", *(str(at + 5) for at in range(count)))


@pytest.mark.parametrize("name", ["eth0", "sda"])
def test_a_device_of_hyperv_has_as_many_as_channels(name: str) -> None:
    assert device(channels(hyperv(), name, 4), name).offered_queues == 4


def test_what_takes_an_ioctl_is_not_known() -> None:
    (card,) = vmware_nvme().facts().net
    assert (card.driver, card.offered_queues) == ("vmxnet3", None)
    assert card.rx_queues
