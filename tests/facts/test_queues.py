"""Queues that a device offers against those that are used, as far as sysfs shows them."""

import pytest

from tests.machines.bases import hyperv, vmware_nvme, xen_pvh
from tests.machines.linux import Machine
from vaudit.model.facts import Block, Net

XEN = {"xvda": "xen_blkfront", "eth0": "xen_netfront"}


def on_xen(name: str, most: str) -> Block | Net:
    made = xen_pvh().file(f"/sys/module/{XEN[name]}/parameters/max_queues", f"{most}\n")
    facts = made.facts()
    return next(one for one in [*facts.block, *facts.net] if one.name == name)


@pytest.mark.parametrize("name", XEN)
@pytest.mark.parametrize(
    ("most", "offered"), [("4", 1), ("1", None), ("0", None), ("", None), ("many", None), ("-3", None)]
)
def test_a_front_end_that_could_have_more_has_all_that_there_are(
    name: str, most: str, offered: int | None
) -> None:
    assert on_xen(name, most).offered_queues == offered


def test_a_front_end_whose_parameter_is_not_recorded_says_nothing() -> None:
    facts = xen_pvh().facts()
    assert {one.offered_queues for one in [*facts.block, *facts.net] if one.bus == "xen"} == {None}


def channels(made: Machine, name: str, count: int) -> Machine:
    """With so many rings below the device on the bus of Hyper-V."""
    kind = "net" if name == "eth0" else "block"
    device = made.real(f"/sys/class/{kind}/{name}").partition("/block/")[0].partition("/net/")[0]
    while "/host" in device:
        device = device.rpartition("/")[0]
    return made.folder(f"{device}/channels", *(str(at + 5) for at in range(count)))


@pytest.mark.parametrize("name", ["eth0", "sda"])
def test_a_device_of_hyperv_has_as_many_as_channels(name: str) -> None:
    facts = channels(hyperv(), name, 4).facts()
    (one,) = (one for one in [*facts.block, *facts.net] if one.name == name)
    assert one.offered_queues == 4
    assert one.evidence


def test_what_takes_an_ioctl_is_not_known() -> None:
    (card,) = vmware_nvme().facts().net
    assert (card.driver, card.offered_queues) == ("vmxnet3", None)
    assert card.rx_queues
