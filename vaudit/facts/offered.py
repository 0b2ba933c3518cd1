"""What a hypervisor offers its guests, and whether this kernel uses it: words and traces -> features.

Offered is not used, absent is not always bad, unseen is not absent: None is the answer to what nothing shows.
"""

from collections.abc import Callable, Iterator

from vaudit import procfs
from vaudit.facts import features
from vaudit.facts.cpu import X86
from vaudit.facts.features import Row
from vaudit.facts.values import Offer, Uses
from vaudit.model.facts import Cpu, Feature, Hypervisor, Interface
from vaudit.words import many

Answer = tuple[bool | None, str, str]
"""Whether it is used, why, and the id of the evidence."""
_DETECTED = "hypervisor detected: "
_NAMES = (("kvm", "kvm"), ("hyper", "hyperv"), ("xen", "xen"), ("vmware", "vmware"))
"""What follows in the log, and whose that is."""
_CLOCKS = (("kvm-clock", "kvm"), ("hyperv_clocksource", "hyperv"), ("xen", "xen"))
_TITLES = {"kvm": "KVM", "hyperv": "Hyper-V", "xen": "Xen", "vmware": "VMware"}
_NO_LOCKS = "kvm-guest: pv spinlocks disabled, no host support"
UNTOLD = "this record does not tell what is offered"
_NOTHING = Uses()


def interfaces(offers: list[Offer], uses: Uses | None, beneath: Hypervisor, cpu: Cpu) -> list[Interface]:
    """What each interface offers. `uses`: None where it is not known what the system does."""
    known = uses or _NOTHING
    served = _served_by(offers, known, beneath, cpu)
    return [_interface(_Judge(offer, known, served, cpu)) for offer in offers]


def _served_by(offers: list[Offer], uses: Uses, beneath: Hypervisor, cpu: Cpu) -> str:
    """The interface by which this kernel knows its hypervisor; empty where that does not show.

    Where KVM shows Hyper-V's too, Linux takes KVM's if it was built with it.
    """
    line = uses.log.partition(_DETECTED)[2].partition("\n")[0]
    named = next((name for word, name in _NAMES if word in line), "")
    named = named or next((name for word, name in _CLOCKS if (cpu.clocksource or "").startswith(word)), "")
    own = {one.name for one in offers if one.own}
    if named or beneath.kind not in own:
        return named
    return "" if {"kvm", "hyperv"} <= own else beneath.kind


def _interface(judge: "_Judge") -> Interface:
    offer = judge.offer
    rows = features.KVM_ARM if "services" in offer.words else features.TABLES.get(offer.name, ())
    return Interface(
        offer.name,
        f"{offer.base:#x}" if offer.base is not None else None,
        offer.version,
        [*map(judge.feature, rows), *judge.strangers(rows)],
        [id_ for id_ in dict.fromkeys(offer.evidence.values()) if id_],
    )


class _Judge:
    """Judges the features of one interface."""

    def __init__(self, offer: Offer, uses: Uses, served: str, cpu: Cpu) -> None:
        self.offer, self.uses, self.served, self.cpu = offer, uses, served, cpu
        self._names = {word: self._name(word) for word in offer.words}

    def feature(self, row: Row) -> Feature:
        name, word, bit, _, _, _, lost = row
        offered, told = self._offered(word, bit)
        if offered is None and name == "pv-unhalt" and _NO_LOCKS in self.uses.log:
            offered, told = False, f"the kernel log says {_NO_LOCKS!r}"
        used, because, evidence = self._used(row) if offered is not False else (False, told, "")
        if used:  # what is used is there
            offered = True
        elif used is None and offered is None:
            because = told
        ids = (self.offer.evidence.get(word, ""), evidence)
        return Feature(
            name,
            offered,
            used,
            because,
            lost if offered is False else "",
            [id_ for id_ in ids if id_],
        )

    def strangers(self, rows: tuple[Row, ...]) -> Iterator[Feature]:
        """The bits that are set and have no name."""
        for word in features.BITS:
            value = self.offer.words.get(word) or 0
            for row in rows:
                if row[1] == word:
                    value &= ~(1 << row[2])
            for bit in range(value.bit_length()):
                if value >> bit & 1:
                    because = f"bit {bit} of {self._names[word]}, which has no name here"
                    yield Feature(f"bit {bit}", True, None, because, "", self._evidence(word))

    def _seen(self, what: str) -> str:
        return self.uses.evidence.get(what, "")

    def _evidence(self, word: str) -> list[str]:
        id_ = self.offer.evidence.get(word)
        return [id_] if id_ else []

    def _name(self, word: str) -> str:
        """A word as people find it."""
        offset, _, register = word.partition(" ")
        if not register:
            return {"features": "what Xen lists", "services": "the services in the kernel log"}.get(
                word, word
            )
        if self.offer.base is None:
            return f"{register.upper()} of leaf base + {offset}"
        return f"{register.upper()} of leaf {self.offer.base + features.OFFSETS[offset]:#x}"

    def _offered(self, word: str, bit: int) -> tuple[bool | None, str]:
        value = self.offer.words.get(word)
        if value is None:
            return None, UNTOLD if word else "no word announces it"
        there = value != 0 if bit == features.ANY else bool(value >> bit & 1)
        where = self._names[word] if bit == features.ANY else f"bit {bit} of {self._names[word]}"
        return there, f"{where} is {'set' if there else 'clear'}"

    def _used(self, row: Row) -> Answer:
        """Whether the kernel uses what is offered, or may be."""
        _, _, _, since, shown, off, _ = row
        if self.served != self.offer.name:
            return self._of_another()
        taken = next((word for word in ("nopv", off) if word and word in self.uses.parameters), "")
        if taken:
            return False, f"switched off by {taken}", self._seen("parameters")
        answers = [_TRACES[kind](self, word) for kind, word in shown]
        known = [one for one in answers if one[0] is not None]
        if any(one[0] for one in known):
            return next(one for one in known if one[0])
        first = _version(since)
        if first and self.uses.release and self.uses.release < first:
            kernel = ".".join(map(str, self.uses.release))
            used = False if known else None  # its maker may have taken it from a later one
            return used, f"this kernel ({kernel}) is older than {since}, the first to use it", ""
        if row[0] == "clocksource" and (self.offer.words.get("1 eax") or 0) & 8:
            return None, "clocksource2 is taken where it is offered", ""
        return self._refused(row) or (known or answers or [(None, f"{row[0]} leaves no trace", "")])[0]

    def _of_another(self) -> Answer:
        """Of an interface beside the one by which this kernel knows its hypervisor."""
        if self.served:
            return False, f"this kernel uses the interface of {_TITLES[self.served]}", ""
        return None, "it does not show which interface this kernel uses", ""

    def _refused(self, row: Row) -> Answer | None:
        """Where the kernel says that it does without, or has to."""
        if row[0] not in features.LOCKS:
            return None
        off = "kvm-guest: pv spinlocks disabled"
        if row[0] == "pv-unhalt" and off in self.uses.log:
            line = self.uses.log.partition(off)[2].partition("\n")[0].strip(", ")
            return False, f"the kernel log says: PV spinlocks disabled, {line}", self._seen("log")
        hints = self.offer.words.get("1 edx") or 0
        if hints & 1:
            return (
                False,
                "the host promises that processors are never preempted",
                self.offer.evidence.get("1 edx", ""),
            )
        return (False, "there is one processor", "") if self.cpu.threads == 1 else None

    # what shows use

    def log(self, words: str) -> Answer:
        found = self.said(words)
        if found[0] or not self.uses.whole:
            return found
        return False, f"the kernel log does not say {words!r}", self._seen("log")

    def said(self, words: str) -> Answer:
        if words in self.uses.log:
            return True, f"the kernel log says {words!r}", self._seen("log")
        return (
            None,
            "the kernel log does not tell" if self.uses.log else "the kernel log is not known",
            self._seen("log"),
        )

    def clock(self, name: str) -> Answer:
        clock = self.cpu.clocksource
        if clock == name:
            return True, f"the clock source is {name}", self._seen("clock")
        if clock is None:
            return None, "the clock source is not known", self._seen("clock")
        return False, f"the clock source is {clock}", self._seen("clock")

    def interrupt(self, name: str) -> Answer:
        count = (self.uses.interrupts or {}).get(name.upper())
        if count:
            return True, f"{many(count, f'{name.upper()} interrupt')} since boot", self._seen("interrupts")
        return (
            None,
            "no such interrupt yet" if count == 0 else "its interrupts are not counted",
            self._seen("interrupts"),
        )

    def steal(self, _word: str) -> Answer:
        if self.cpu.steal:
            return True, "steal since boot is above 0", self._seen("steal")
        return None, "steal at 0 proves neither", self._seen("steal")

    def clocks(self, name: str) -> Answer:
        """Where the kernel could take Xen's clock, it counts what Xen withholds too (arch/x86/xen/time.c)."""
        known = self.cpu.clocksources
        if not known or self.cpu.arch not in X86:
            return None, "the clock sources are not known", self._seen("clocks")
        there = name in known
        return there, f"{name} is {'one' if there else 'none'} of the clock sources", self._seen("clocks")

    def flag(self, name: str) -> Answer:
        """A flag that the kernel sets itself, for this and a few other reasons."""
        if name in self.uses.flags:
            return True, f"the flag {name} is listed", self._seen("flags")
        return None, f"the flag {name} is not listed", self._seen("flags")

    def idle(self, name: str) -> Answer:
        if self.uses.idle is None:
            return None, "the idle driver is not known", self._seen("idle")
        return self.uses.idle == name, f"the idle driver is {self.uses.idle}", self._seen("idle")


_TRACES: dict[str, Callable[[_Judge, str], Answer]] = {
    "log": _Judge.log,
    "said": _Judge.said,
    "clock": _Judge.clock,
    "interrupt": _Judge.interrupt,
    "steal": _Judge.steal,
    "clocks": _Judge.clocks,
    "flag": _Judge.flag,
    "idle": _Judge.idle,
}


def _version(text: str) -> tuple[int, int] | None:
    """`5.14` as numbers, `2.6.26` as its first two: all older kernels are 2.6 here."""
    major, minor = (*map(procfs.whole, text.split(".")[:2]), None)[:2]
    return (major, minor) if major is not None and minor is not None else None
