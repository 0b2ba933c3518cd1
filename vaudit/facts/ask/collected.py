"""Those who may know an answer of Windows by what facter or Ansible collected of it."""

from vaudit.evidence.source import Source
from vaudit.facts.values import Smbios
from vaudit.model.facts import Kernel, Memory, Os


def system(source: Source) -> Os | None:
    from vaudit.facts.windows import collected

    return collected.system(source)


def kernel(source: Source) -> Kernel | None:
    from vaudit.facts.windows import collected

    return collected.kernel(source)


def memory(source: Source, _smbios: Smbios) -> Memory | None:
    from vaudit.facts.windows import collected

    return collected.memory(source)
