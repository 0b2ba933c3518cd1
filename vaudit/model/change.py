"""Which facts are news when they differ between two scans of one machine, and which change by themselves.

Each fact of model/facts.py stands here once, by its path; a test fails where a new one does not. `[]` stands
for each element of a list.
"""

STEADY: dict[str, str] = {
    "cpu": "arch vendor model threads sockets cores threads_per_core numa_nodes level level_by_name flags[] "
    "named invariant_tsc untold_vulnerabilities[] hw_virt hw_virt_state nested_paging nested iommu "
    "iommu_groups kvm_device hypervisor_flag clocksource clocksources[] better_clock steal_measured",
    "cpu.caches[]": "level sort size shared_by",
    "cpu.vulnerabilities[]": "name state",
    "hypervisor": "kind mode role version vmm cloud beneath confidential protected accelerated "
    "contradictions[]",
    "hypervisor.interfaces[]": "name leaf version",
    "hypervisor.interfaces[].features[]": "name offered used",
    "": "containers[] contained",
    "layers[]": "layer name",
    "block[]": "name path driver bus model controller at better better_by size rotational scheduler "
    "write_cache queues offered_queues logical_block removable read_only parents[]",
    "block[].package": "provider version date inf signed",
    "block[].virtio": "generation negotiated[]",
    "block[].virtio.missing[]": "name",
    "net[]": "name path driver bus model controller at better better_by oui state speed mtu rx_queues "
    "tx_queues offered_queues static",
    "net[].package": "provider version date inf signed",
    "net[].virtio": "generation negotiated[]",
    "net[].virtio.missing[]": "name",
    "controllers[]": "address class id in_use path driver bus model controller at better better_by",
    "controllers[].package": "provider version date inf signed",
    "drivers[]": "name family state version serves cdrom start staged",
    "drivers[].package": "provider version date inf signed",
    "guests[]": "kind possible",
    "readiness[]": "need state",
    "workloads[]": "name possible",
    "memory": "total installed ballooned ksm tmem swap swap_on_zram zswap hugepages",
    "memory.balloon": "kind features[]",
    "vmware": "memory_limited memory_limit memory_reserved cpu_limited cpu_limit cpu_reserved",
    "kernel": "name release version loadable_modules modules_folder parameters[] parameters_read",
    "os": "family id name version build",
    "machine": "vendor product instance_type",
    "addresses.ipv4": "default_route",
    "addresses.ipv4.addresses[]": "kind prefix",
    "migration[]": "kind subject",
    "windows": "firmware hibernation hibernated unclean fast_start test_signing bitlocker vbs hyperv wsl "
    "clock boots_by[] configuration san_policy xen_makers[]",
    "windows.filters[]": "device_class place service installed start file device",
    "windows.agents[]": "name present start",
    "windows.moves[]": "name here boots other leaves[]",
    "windows.moves[].disk": "driver state start",
    "windows.moves[].fallback": "driver state start",
    "windows.moves[].network": "driver state start",
    "windows.static_addresses[]": "name present",
    "windows.phantoms[]": "name sort id driver state",
}
"""What stays as it is until somebody or something changes it: by where it stands, the names."""

_COUNTER = "a counter that runs"
_MOUNTED = "programs and people mount and unmount all day"
_LENT = "the hypervisor lends and takes back as its other guests need"
_ANNOUNCED = "routers announce it some seconds after a start, and take it back (RFC 4861)"
VOLATILE: dict[str, str] = {
    "cpu.mhz": "the frequency of the moment",
    "cpu.steal": _COUNTER,
    "cpu.steal_shown": _COUNTER,
    "cpu.wanted_seconds": _COUNTER,
    "cpu.up_seconds": _COUNTER,
    "memory.available": "what programs leave free at the moment",
    "memory.swap_used": "what programs do not need at the moment",
    "memory.balloon.current": _LENT,
    "memory.balloon.target": _LENT,
    "memory.balloon.held": _LENT,
    "vmware.swapped": _LENT,
    "vmware.ballooned": _LENT,
    "vmware.contention": _COUNTER,
    "vmware.waited_seconds": _COUNTER,
    "addresses.ipv6.addresses[].kind": _ANNOUNCED,
    "addresses.ipv6.addresses[].prefix": _ANNOUNCED,
    "addresses.ipv6.default_route": _ANNOUNCED,
    "block[].mounts[]": _MOUNTED,
    "block[].more_mounts": _MOUNTED,
    "kernel.booted": "another at each start, and a second off when the clock is set",
    "drivers[].age": "a driver grows older by itself",
    "windows.moves[].asked": "what somebody asked for, and nothing of the machine",
    "os.root": "who started the scan, and nothing of the machine",
}
"""What differs between two looks at an unchanged machine, each with the reason."""

DERIVED: dict[str, str] = {
    "cpu.shown_by": "names evidence",
    "memory.shown_by": "names evidence",
    "kernel.shown_by": "names evidence",
    "hypervisor.confidence": "how sure its kind is, which is compared",
    "hypervisor.witnesses[].signal": "what proves the kind, which is compared",
    "hypervisor.witnesses[].points_to": "what proves the kind, which is compared",
    "hypervisor.witnesses[].weight": "what proves the kind, which is compared",
    "hypervisor.witnesses[].points.kind": "what proves the kind, which is compared",
    "hypervisor.witnesses[].points.vmm": "what proves the kind, which is compared",
    "hypervisor.witnesses[].points.cloud": "what proves the kind, which is compared",
    "hypervisor.witnesses[].points.role": "what proves the role, which is compared",
    "hypervisor.witnesses[].points.container": "what proves the container, which is compared",
    "hypervisor.witnesses[].points.beneath": "what proves the kind, which is compared",
    "cpu.vulnerabilities[].actor": "who has to act on its state, which is compared",
    "readiness[].actor": "who could change its state, which is compared",
    "workloads[].actor": "who could change the answer, which is compared",
    "workloads[].title": "its name for people",
    "drivers[].inbox": "follows from its name, which is compared",
    "drivers[].belongs": "follows from its family and the hypervisor, which are compared",
    "drivers[].release": "stands in its version, which is compared",
    "drivers[].made_for": "stands in its version, which is compared",
    "windows.clock_hz": "how fast its clock counts, which is compared; Windows measures it at each start",
    "windows.filters[].family": "follows from its service, which is compared",
    "windows.agents[].what": "follows from its name, which is compared",
    "windows.moves[].title": "its name for people",
    "windows.moves[].firmware": "what a place has, whatever the machine",
    "unseen[]": "what could not be looked at, which is said and not compared",
}
"""What follows from facts that are compared, each with the reason."""

WORDS = ("because", "evidence", "why", "says", "lost", "better")
"""Ends of names of fields that say something in a sentence, or where it was read: no facts of their own. Of
`better` only that of a workload; a device's names a driver, and is STEADY."""

KEYS: dict[str, tuple[str, ...]] = {
    "cpu.caches[]": ("level", "sort"),
    "cpu.vulnerabilities[]": ("name",),
    "hypervisor.interfaces[]": ("name", "leaf"),
    "hypervisor.interfaces[].features[]": ("name",),
    "layers[]": ("layer", "name"),
    "block[]": ("name",),
    "block[].virtio.missing[]": ("name",),
    "net[]": ("name",),
    "net[].virtio.missing[]": ("name",),
    "controllers[]": ("address",),
    "drivers[]": ("name",),
    "guests[]": ("kind",),
    "readiness[]": ("need",),
    "workloads[]": ("name",),
    "addresses.ipv4.addresses[]": ("kind", "prefix"),
    "migration[]": ("kind", "subject"),
    "windows.filters[]": ("device_class", "place", "service"),
    "windows.static_addresses[]": ("name",),
    "windows.agents[]": ("name",),
    "windows.moves[]": ("name",),
    "windows.phantoms[]": ("name", "id"),
}
"""What makes an element of a list the same one in another scan, whatever its place in the list."""

NEAR: dict[str, float] = {"memory.total": 0.02}
"""Figures that may differ by such a share: another kernel keeps another part of the memory for itself."""

PASSING: dict[str, str] = {
    "block[]": "programs make and drop disks of software (loop, zram, nbd)",
    "net[]": "containers and tunnels come and go",
}
"""Devices of the path `software` in these lists are not compared, each with the reason."""

NONE = ("better", "better_by")
"""Fields of which `None` says that there is none of it."""

LISTED: tuple[str, ...] = (
    "cpu.vulnerabilities[]",
    "drivers[]",
    "guests[]",
    "hypervisor.interfaces[].features[]",
    "readiness[]",
    "workloads[]",
)
"""Lists of what a version of vaudit asks for: another asks for others, and the machine is the same."""
