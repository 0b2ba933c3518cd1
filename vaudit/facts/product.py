"""As what a machine was built or is sold: maker and model by its firmware, and the type of a cloud."""

from vaudit.facts.values import Smbios, Told
from vaudit.model.facts import Machine

_NOTHING = (
    "to be filled by o.e.m.", "system product name", "system manufacturer", "default string",
    "not specified", "not applicable", "o.e.m.", "oem", "none", "unknown", "n/a", "product name", "invalid",
    "all series", "base board product name", "base board manufacturer",
)  # fmt: skip
"""What makers leave in their fields, in lower case."""
_TYPED = (("Amazon EC2", "."), ("Scaleway", "-"), ("Vultr", ""))
"""Clouds that write the type into the product's name, and what each such name holds."""


def collect(smbios: Smbios, told: Told | None, unnamed: str) -> Machine:
    """`told`: the type by what a cloud wrote down; `unnamed`: why none is known, where none is."""
    vendor, product = _named(smbios, "sys_vendor"), _named(smbios, "product_name")
    used = [name for name, there in (("sys_vendor", vendor), ("product_name", product)) if there]
    if not product:
        vendor, product = _named(smbios, "board_vendor") or vendor, _named(smbios, "board_name")
        used = [name for name, there in (("board_vendor", vendor), ("board_name", product)) if there]
    if smbios.loose:  # both stand in one line
        vendor = None
    evidence = [smbios.evidence[name] for name in used if name in smbios.evidence]
    kind = _type(vendor or "", product or "") or (told.text if told else None)
    evidence += [told.evidence] if told and kind == told.text else []
    return Machine(vendor, product, kind, "" if kind else unnamed, list(dict.fromkeys(evidence)))


def _named(smbios: Smbios, field: str) -> str | None:
    value = smbios.values.get(field, "").strip()
    return value if value.lower() not in (*_NOTHING, "") else None


def _type(vendor: str, product: str) -> str | None:
    holds = next((mark for name, mark in _TYPED if vendor == name), None)
    return product if holds is not None and holds in product and product else None
