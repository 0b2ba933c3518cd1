"""What hosting takes: behaviour before configuration, and what is not seen is not known."""

from collections.abc import Callable

import pytest

from tests.machines.bases import kvm_good, metal
from tests.machines.linux import Machine
from tests.machines.record import Record, record
from vaudit.evidence.source import Entry
from vaudit.facts import readiness
from vaudit.facts.containers import Containers
from vaudit.facts.linux import abilities
from vaudit.model.facts import Facts, Need


def need(facts: Facts, name: str) -> Need:
    return next(one for one in facts.readiness if one.need == name)


def said(made: Record, name: str) -> tuple[str, str]:
    one = need(made.facts(), name)
    return one.state, one.because


def test_what_a_record_does_not_hold_is_not_known() -> None:
    facts = record().cpu(flags="vmx").file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n").facts()
    states = {one.need: one.state for one in facts.readiness}
    kernel = [one.need for one in abilities.KNOWN if one.need != "kvm-hv"]
    assert {states[name] for name in kernel} == {"unknown"}
    assert states["cgroup-memory"] == states["tun-device"] == states["nesting"].replace("met", "unknown")


def test_debian_has_all_that_hosts_of_containers_and_guests_take() -> None:
    unmet = [one.need for one in metal().facts().readiness if one.state == "unmet"]
    assert unmet == ["secure-guests", "sr-iov"]


@pytest.mark.parametrize(
    ("name", "made", "state", "because"),
    [
        ("overlay", metal, "met", "the module overlay can be loaded"),
        ("overlay", lambda: metal().loads("overlay"), "met", "/sys/module lists overlay"),
        ("overlay", lambda: metal().file("/proc/filesystems", "nodev\toverlay\n"), "met",
         "/proc/filesystems lists overlay"),
        ("namespace-user", lambda: metal().without("/proc/self/ns/user"), "unmet",
         "no user namespaces: /proc/self/ns does not list user"),
        ("tun", lambda: metal().hosting(misc=("tun",)), "met", "/proc/misc lists tun"),
        ("tun-device", lambda: metal().hosting(misc=("tun",)), "met", "/dev/net/tun opens"),
        ("cgroup-freezer", metal, "met", "version 2 has no controller freezer, and needs none"),
        ("cgroup-blkio", metal, "met", "/sys/fs/cgroup/cgroup.controllers lists io"),
        ("cgroup-blkio", lambda: metal().hosting(version=1), "met", "/proc/cgroups lists blkio as enabled"),
        ("linux-2.6.26", lambda: metal().kernel("2.6.18-433.el5"), "unmet", "Linux 2.6.18-433.el5"),
        ("interrupt-remapping", lambda: metal().log("DMAR-IR: Enabled IRQ remapping in x2apic mode"), "met",
         "the kernel log says 'Enabled IRQ remapping'"),
    ],
)  # fmt: skip
def test_behaviour_is_believed_first(
    name: str, made: Callable[[], Machine], state: str, because: str
) -> None:
    assert said(made(), name) == (state, because)


def test_a_controller_that_was_switched_off_at_boot_is_not_there() -> None:
    made = metal().without("/sys/fs/cgroup/cgroup.controllers").hosting(version=1)
    text = "cpu\t1\t1\t1\nmemory\t0\t1\t0\n"
    made.without("/sys/fs/cgroup/cgroup.controllers").file("/proc/cgroups", text)
    assert said(made, "cgroup-memory")[0] == "unmet"
    assert said(made, "cgroup-cpu")[0] == "met"


WHOLE = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.1.0 Kernel Configuration\n#\n"


def configured(*lines: str, header: str = WHOLE) -> Machine:
    """A kernel that takes no modules: what is built in leaves no trace in some lists."""
    made = kvm_good().kernel(loads_modules=False, folder=False)
    return made.file("/boot/config-6.1.0-18-amd64", header + "".join(f"{line}\n" for line in lines))


def test_the_configuration_is_asked_where_behaviour_is_silent() -> None:
    made = configured("CONFIG_VETH=y", "CONFIG_WIREGUARD=m", "# CONFIG_MACVLAN is not set")
    assert said(made, "veth") == ("met", "CONFIG_VETH=y")
    assert said(made, "wireguard") == ("unmet", "no WireGuard: CONFIG_WIREGUARD=m, and no such module")
    assert said(made, "macvlan") == (
        "unmet",
        "no macvlan interfaces: the kernel was made without CONFIG_MACVLAN",
    )


def test_an_excerpt_of_a_configuration_proves_nothing_by_its_silence() -> None:
    made = configured("CONFIG_VETH=y", header="")
    assert said(made, "veth")[0] == "met"
    assert said(made, "macvlan")[1] != "the kernel was made without CONFIG_MACVLAN"


def container(*misc: str) -> Machine:
    made = metal().container("/run/systemd/container", "lxc\n", "0::/lxc.payload.web")
    return made.hosting(misc=misc)


def test_in_a_container_the_host_is_asked_for_what_its_kernel_has() -> None:
    made = container("tun").answer(Entry("device", "/dev/net/tun", "denied"))
    assert said(made, "tun")[0] == "unknown"
    assert need(made.facts(), "tun").actor == "provider"
    state, because = said(made, "tun-device")
    assert (state, "ask the host of lxc" in because) == ("unknown", True)
    assert said(made, "veth")[0] == "unknown"
    assert said(made, "own-kernel")[0] == "unmet"


def test_a_device_that_opens_in_a_container_may_be_used() -> None:
    assert said(container("tun"), "tun-device") == ("met", "/dev/net/tun opens")


def test_no_device_is_opened_that_the_kernel_has_not_registered() -> None:
    source = metal().source()
    abilities_of = {one.need: one for one in metal().facts().readiness}
    assert abilities_of["tun-device"].state == "unknown"
    assert source.find("device:/dev/net/tun") is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/proc/sys/user/max_user_namespaces", "0"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ],
)
def test_each_setting_that_keeps_users_from_namespaces(path: str, value: str) -> None:
    one = need(metal().file(path, f"{value}\n").facts(), "user-namespaces-for-users")
    assert (one.state, one.actor) == ("unmet", "owner")
    assert need(metal().facts(), "user-namespaces-for-users").state == "met"


def test_kvm_without_the_processors_help_hosts_kernels_made_for_it() -> None:
    made = (
        kvm_good()
        .processor("AMD EPYC", "AuthenticAMD", flags="hypervisor")
        .unloads("kvm_amd")
        .loads("kvm_pvm")
    )
    guests = {one.kind: one for one in made.facts().guests}
    assert guests["kvm"].possible is True
    assert "kvm_pvm" in guests["kvm"].because
    assert guests["windows"].possible is None
    assert guests["nested"].possible is None


def test_where_no_module_is_seen_windows_is_not_promised_without_a_flag() -> None:
    made = kvm_good().processor("AMD EPYC", "AuthenticAMD", flags="hypervisor").unloads("kvm_amd")
    guests = {one.kind: one for one in made.facts().guests}
    assert guests["kvm"].possible is True
    assert guests["windows"].possible is None
    assert "something other than VT-x" in guests["windows"].because


HOSTILE = (
    "",
    "\0",
    "x" * 1_000_000,
    "229 fuse\n" * 100_000,
    "²²² fuse\n",
    "\n\n\n",
    "fuse",
    "\x1b[2J fuse\n",
)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "path", ["/proc/misc", "/proc/filesystems", "/proc/cgroups", "/sys/fs/cgroup/cgroup.controllers",
             "/proc/self/status", "/proc/self/uid_map", "/boot/config-6.1.0-18-amd64"],
)  # fmt: skip
def test_whatever_the_lists_hold_there_is_an_answer(path: str, text: str) -> None:
    facts = kvm_good().kernel(folder=False).file(path, text).facts()
    assert {one.state for one in facts.readiness} <= {"met", "unmet", "unknown"}
    assert max(len(one.because) for one in facts.readiness) < 400


def test_where_no_ability_was_looked_for_there_is_an_answer_all_the_same() -> None:
    facts = metal().facts()
    needs = readiness.collect(
        [], cpu=facts.cpu, hypervisor=facts.hypervisor, containers=Containers(["docker"], [], [], {}),
        guests=facts.guests, kernel=facts.kernel,
    )  # fmt: skip
    nesting = next(one for one in needs if one.need == "nesting")
    assert (nesting.state, nesting.evidence) == ("unknown", [])
    assert nesting.because == "nothing shows what this process may do: ask the host of docker"


def test_what_was_refused_and_what_is_not_recorded_have_one_word_each() -> None:
    folder = "/sys/kernel/mm/hugepages"
    refused = kvm_good().answer(Entry("dir", folder, "denied"))
    for made, word in ((refused, "was denied"), (record(), "was not recorded")):
        assert need(made.facts(), "huge-pages").because == f"{folder} {word}"


def in_docker() -> Machine:
    """A container on a kernel that has everything, to which no device was given but that of tun."""
    made = metal().kvm("denied").container("/.dockerenv").hosting(misc=("tun", "fuse", "loop-control"))
    made.answer(Entry("device", "/dev/fuse", "absent"))
    return made.file("/proc/filesystems", "\tsquashfs\n")


def test_a_device_that_opens_in_a_container_proves_what_stands_behind_it() -> None:
    facts = in_docker().facts()
    told = {name: need(facts, name).state for name in ("tun", "tun-device", "fuse", "fuse-device", "loop")}
    assert told == {
        "tun": "met", "tun-device": "met", "fuse": "unknown", "fuse-device": "unknown", "loop": "unknown",
    }  # fmt: skip


def test_what_only_the_host_may_mount_is_for_the_host_to_say() -> None:
    found = need(in_docker().facts(), "squashfs")
    assert found.state == "unknown" and "ask the host" in found.because
