"""What hypervisors offer their guests: one line a feature. A new one is a new line, and a test finds it.

Each line: the name; the word and its bit that announce it; the first Linux that asks for it, as far as its
history was looked at (empty: what shows is all that counts); what shows that it is used; the kernel parameters
that switch it off; what is lost without it. Makers of distributions take features from later kernels, so that a
trace always counts for more than a version.

Words: `1 eax` is EAX of the interface's first leaf + 1, `features` what Linux shows of Xen's (XENFEAT_*); an
empty one: no word announces it. Shown by: `log` (a line that is always written), `said` (a line of some
kernels), `clock`, `clocks` (all that there are), `interrupt`, `idle`, `steal`, `flag`; nothing: it leaves no trace that is told from others.

Sources: Linux arch/x86/include/uapi/asm/kvm_para.h, arch/x86/kernel/{kvm,kvmclock}.c and cpu/{mshyperv,vmware}.c,
Documentation/virt/kvm/x86/cpuid.rst, include/hyperv/hvgdk_mini.h (TLFS), include/xen/interface/features.h,
arch/x86/include/asm/xen/cpuid.h, drivers/firmware/smccc/kvm_guest.c; QEMU docs/system/i386/hyperv.rst.
"""

Row = tuple[str, str, int, str, tuple[tuple[str, str], ...], str, str]

OFFSETS = {"1": 1, "3": 3, "4": 4, "a": 0xA, "c": 0xC, "10": 0x10}
"""The leaves of the words, counted from the first of the interface."""
ANY = -1
"""For a bit: the word is not 0."""
LOCKS = ("pv-unhalt", "pv-tlb-flush", "pv-send-ipi", "pv-sched-yield")
"""What only machines with several processors profit from."""

# fmt: off
KVM: tuple[Row, ...] = (
    ("clocksource", "1 eax", 0, "2.6.26", (("said", "kvm-clock: using msrs 12 and 11"),), "no-kvmclock", "cheap time where the TSC is not invariant"),
    ("nop-io-delay", "1 eax", 1, "2.6.26", (), "", "nothing today"),
    ("mmu-op", "1 eax", 2, "", (), "", "nothing: no kernel uses it any more"),
    ("clocksource2", "1 eax", 3, "", (("clock", "kvm-clock"), ("said", "kvm-clock: using msrs 4b564d01"), ("flag", "tsc_known_freq")), "no-kvmclock", "cheap time where the TSC is not invariant"),
    ("async-pf", "1 eax", 4, "2.6.38", (("interrupt", "hyp"), ("said", "kvm-guest: setup async pf"), ("said", "kvm setup async pf")), "no-kvmapf", "a processor stands still while the host fetches a page that it swapped out"),
    ("steal-time", "1 eax", 5, "3.1", (("steal", ""), ("said", "kvm-guest: stealtime"), ("said", "kvm-stealtime: cpu")), "", "steal reads 0 for ever, and TLB flushes and yields stay plain"),
    ("pv-eoi", "1 eax", 6, "", (), "", "an exit for each interrupt where the processor has no APICv or AVIC"),
    ("pv-unhalt", "1 eax", 7, "3.12", (("said", "kvm-guest: pv spinlocks enabled"), ("said", "kvm setup paravirtual spinlock"), ("said", "pv qspinlock hash table entries")), "nopvspin", "processors spin for locks whose holder does not run"),
    ("pv-tlb-flush", "1 eax", 9, "4.16", (("log", "kvm setup pv remote tlb flush"),), "", "interrupts wait for processors that do not run"),
    ("async-pf-vmexit", "1 eax", 10, "", (), "no-kvmapf", "only guests of this guest lose: all of it waits while the host fetches a page of theirs"),
    ("pv-send-ipi", "1 eax", 11, "4.19", (("log", "kvm-guest: setup pv ipis"), ("log", "kvm setup pv ipis")), "", "an exit for each processor that is interrupted"),
    ("poll-control", "1 eax", 12, "", (("idle", "haltpoll"),), "", "host and guest both poll before they sleep"),
    ("pv-sched-yield", "1 eax", 13, "5.3", (("log", "kvm-guest: setup pv sched yield"), ("log", "kvm setup pv sched yield")), "", "calls to other processors wait while those do not run"),
    ("async-pf-int", "1 eax", 14, "5.8", (("interrupt", "hyp"), ("said", "kvm-guest: setup async pf")), "no-kvmapf", "asynchronous page faults: kernels from 5.8 use no other kind"),
    ("msi-ext-dest-id", "1 eax", 15, "", (), "", "only machines of more than 255 processors need it"),
    ("hc-map-gpa-range", "1 eax", 16, "", (), "", "only encrypted guests need it"),
    ("migration-control", "1 eax", 17, "", (), "", "only encrypted guests need it"),
    ("clocksource-stable", "1 eax", 24, "2.6.35", (), "", "the clock of each processor has to be compared with the others'"),
    ("realtime", "1 edx", 0, "", (("said", "with kvm_hints_realtime"),), "", "nothing: it is a promise that processors are never preempted"),
)
KVM_ARM: tuple[Row, ...] = (
    ("steal-time", "", 0, "5.5", (("log", "using stolen time pv"),), "", "steal reads 0 for ever"),
    ("features", "services", 0, "5.13", (("said", "hypervisor services detected"),), "", "nothing by itself"),
    ("ptp", "services", 1, "5.13", (), "", "the host's time as a clock"),
)
HYPERV: tuple[Row, ...] = (
    ("vp-runtime", "3 eax", 0, "", (), "", "processor time by the host's measure"),
    ("time-ref-count", "3 eax", 1, "", (("clock", "hyperv_clocksource_msr"),), "", "a clock of the host"),
    ("synic", "3 eax", 2, "", (("interrupt", "hyp"),), "", "interrupts and timers of Hyper-V's own"),
    ("synthetic-timers", "3 eax", 3, "4.0", (("interrupt", "hvs"),), "", "Windows keeps time by an emulated HPET or RTC and burns processor time while idle"),
    ("apic-access", "3 eax", 4, "", (("said", "hyper-v: using enlightened apic"),), "", "an exit for each access to the APIC"),
    ("hypercall", "3 eax", 5, "", (), "", "calls of the hypervisor"),
    ("vp-index", "3 eax", 6, "", (), "", "what needs to name processors: synic, TLB flush, IPI"),
    ("reset", "3 eax", 7, "", (), "", "nothing"),
    ("stat-pages", "3 eax", 8, "", (), "", "nothing"),
    ("reference-tsc", "3 eax", 9, "", (("clock", "hyperv_clocksource_tsc_page"),), "", "time without an exit"),
    ("guest-idle", "3 eax", 10, "4.20", (("said", "hyper-v: pv spinlocks enabled"), ("said", "pv qspinlock hash table entries")), "hv_nopvspin", "processors spin for locks whose holder does not run"),
    ("frequency-msrs", "3 eax", 11, "", (), "", "the frequency of the TSC has to be measured"),
    ("reenlightenment", "3 eax", 13, "4.16", (("interrupt", "hre"),), "", "guests of this guest see no change of the TSC"),
    ("tsc-invariant", "3 eax", 15, "", (), "", "the TSC as a clock"),
    ("create-partitions", "3 ebx", 0, "", (), "", "nothing: the root partition has it alone"),
    ("cpu-management", "3 ebx", 12, "", (), "", "nothing: the root partition has it alone"),
    ("extended-hypercalls", "3 ebx", 20, "", (), "", "nothing by itself"),
    ("isolation", "3 ebx", 22, "", (), "", "nothing: it is of confidential guests"),
    ("xmm-input", "3 edx", 4, "", (), "", "faster hypercalls"),
    ("guest-idle-state", "3 edx", 5, "", (), "", "nothing"),
    ("frequencies", "3 edx", 8, "", (), "", "the frequency of the TSC has to be measured"),
    ("crash-msr", "3 edx", 10, "", (), "", "the host does not learn of a crash"),
    ("ext-gva-flush", "3 edx", 14, "", (), "", "finer TLB flushes"),
    ("stimer-direct", "3 edx", 19, "4.17", (("interrupt", "hvs"),), "", "timers take the way of messages"),
    ("local-tlb-flush", "4 eax", 1, "", (), "", "nothing on processors with nested paging"),
    ("remote-tlb-flush", "4 eax", 2, "4.14", (("said", "hyper-v: using hypercall for remote tlb flush"),), "", "interrupts wait for processors that do not run"),
    ("apic-msr", "4 eax", 3, "4.18", (("said", "hyper-v: using enlightened apic"), ("said", "hyper-v: using msr based apic access")), "", "an exit for each access to the APIC"),
    ("relaxed-timing", "4 eax", 5, "", (), "", "Windows stops with an error where a busy host lets it wait"),
    ("no-auto-eoi", "4 eax", 9, "", (), "", "nothing"),
    ("cluster-ipi", "4 eax", 10, "4.18", (("said", "hyper-v: using ipi hypercalls"),), "", "an exit for each processor that is interrupted"),
    ("ex-masks", "4 eax", 11, "4.14", (("said", "hyper-v: using ext hypercalls for remote tlb flush"),), "", "flushes of more than 64 processors"),
    ("nested", "4 eax", 12, "", (), "", "nothing: it says that Hyper-V itself is a guest"),
    ("evmcs", "4 eax", 14, "4.17", (("said", "using hyper-v enlightened vmcs"),), "", "faster guests of this guest, on Intel"),
    ("no-nonarch-coresharing", "4 eax", 18, "", (), "", "knowing whether cores are shared with others"),
    ("direct-flush", "a eax", 17, "", (), "", "faster guests of this guest"),
    ("guest-mapping-flush", "a eax", 18, "", (), "", "faster guests of this guest"),
    ("msr-bitmap", "a eax", 19, "", (), "", "faster guests of this guest"),
    ("enlightened-tlb", "a eax", 22, "", (), "", "faster guests of this guest, on AMD"),
    ("paravisor", "c eax", 0, "", (), "", "nothing: it says that one lies between"),
    ("shared-gpa-boundary", "c ebx", 5, "", (), "", "nothing: it is of confidential guests"),
)
XEN: tuple[Row, ...] = (
    ("tsc-emulated", "3 eax", 0, "", (), "", "nothing: it makes each reading of the TSC an exit"),
    ("host-tsc-reliable", "3 eax", 1, "", (), "", "the TSC as a clock"),
    ("rdtscp", "3 eax", 2, "", (), "", "nothing"),
    ("apic-virt", "4 eax", 0, "", (), "", "an exit for each access to the APIC"),
    ("x2apic-virt", "4 eax", 1, "", (), "", "an exit for each access to the x2APIC"),
    ("iommu-mappings", "4 eax", 2, "", (), "", "nothing"),
    ("vcpu-id", "4 eax", 3, "", (), "", "nothing"),
    ("domid", "4 eax", 4, "", (), "", "nothing"),
    ("ext-dest-id", "4 eax", 5, "", (), "", "only machines of more than 255 processors need it"),
    ("upcall-vector", "4 eax", 6, "", (), "", "events for each processor apart"),
    ("writable-pt", "features", 0, "", (), "", "nothing"),
    ("writable-dt", "features", 1, "", (), "", "nothing"),
    ("auto-translated", "features", 2, "", (), "", "nothing: PV guests have it not"),
    ("supervisor-mode", "features", 3, "", (), "", "nothing"),
    ("pae-pgdir", "features", 4, "", (), "", "nothing"),
    ("preserve-ad", "features", 5, "", (), "", "nothing"),
    ("highmem-assist", "features", 6, "", (), "", "nothing"),
    ("grant-map-bits", "features", 7, "", (), "", "nothing"),
    ("callback-vector", "features", 8, "", (("said", "hvm callback vector for event delivery is enabled"),), "xen_no_vector_callback", "events come by an emulated interrupt"),
    ("safe-pvclock", "features", 9, "", (("clock", "xen"),), "xen_nopv", "the clock of Xen in HVM guests"),
    ("pirqs", "features", 10, "", (), "xen_nopv", "interrupts of devices as events"),
    ("dom0", "features", 11, "", (), "", "nothing: the control domain has it alone"),
    ("vnode", "features", 13, "", (), "", "nothing"),
    ("smccc", "features", 14, "", (), "", "nothing: it is of ARM"),
    ("rsdp-unrestricted", "features", 15, "", (), "", "nothing: it is of the control domain"),
    ("steal-time", "", 0, "", (("steal", ""), ("clocks", "xen")), "xen_nopv", "steal reads 0 for ever"),
    ("not-direct-mapped", "features", 16, "", (), "", "nothing"),
    ("direct-mapped", "features", 17, "", (), "", "nothing"),
)
VMWARE: tuple[Row, ...] = (
    ("tsc-frequency", "10 eax", ANY, "", (("said", "tsc freq read from hypervisor"),), "", "the frequency of the TSC has to be measured"),
    ("bus-frequency", "10 ebx", ANY, "", (("said", "host bus clock speed read from hypervisor"),), "", "the frequency of the APIC has to be measured"),
    ("steal-time", "", 0, "5.7", (("steal", ""), ("log", "vmware-stealtime: cpu")), "", "steal reads 0 for ever"),
)
# fmt: on
TABLES: dict[str, tuple[Row, ...]] = {"kvm": KVM, "hyperv": HYPERV, "xen": XEN, "vmware": VMWARE}
BITS = ("1 eax", "1 edx", "3 eax", "3 ebx", "3 edx", "4 eax", "a eax", "features", "services")
"""The words whose every bit means something; what has no line is shown by its number."""
