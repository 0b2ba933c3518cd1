"""The devices that a running Windows has, by its setupapi.dll and cfgmgr32.dll."""

import ctypes
import sys
from collections.abc import Iterator
from ctypes import byref, c_size_t, c_ubyte, c_uint32, c_void_p
from typing import Any

MAX_DEVICES = 16_000
_PRESENT = 0x02 | 0x04
"""DIGCF_PRESENT | DIGCF_ALLCLASSES."""
_NONE = c_void_p(-1).value
"""INVALID_HANDLE_VALUE."""
_LONGEST = 400
"""Characters of an instance (MAX_DEVICE_ID_LEN is 200)."""


class _Device(ctypes.Structure):
    """SP_DEVINFO_DATA."""

    _fields_ = (("size", c_uint32), ("class_", c_ubyte * 16), ("node", c_uint32), ("reserved", c_size_t))


def present() -> list[str]:
    """Of each device that is there its instance, state and problem (cfg.h: DN_…, CM_PROB_…), the numbers in
    hexadecimal, with tabs between. None where Windows does not tell."""
    if sys.platform != "win32":
        return []
    setup: Any = ctypes.windll.setupapi
    setup.SetupDiGetClassDevsW.restype = c_void_p
    setup.SetupDiGetClassDevsW.argtypes = [c_void_p, c_void_p, c_void_p, c_uint32]
    for name, arguments in (
        ("SetupDiEnumDeviceInfo", [c_void_p, c_uint32, c_void_p]),
        ("SetupDiGetDeviceInstanceIdW", [c_void_p, c_void_p, c_void_p, c_uint32, c_void_p]),
        ("SetupDiDestroyDeviceInfoList", [c_void_p]),
    ):
        getattr(setup, name).argtypes = arguments
    listed = setup.SetupDiGetClassDevsW(None, None, None, _PRESENT)
    if listed in (None, _NONE):
        return []
    try:
        return list(_lines(setup, listed))
    finally:
        setup.SetupDiDestroyDeviceInfoList(listed)


def _lines(setup: Any, listed: int) -> Iterator[str]:
    device, name = _Device(size=ctypes.sizeof(_Device)), ctypes.create_unicode_buffer(_LONGEST)
    for number in range(MAX_DEVICES):
        if not setup.SetupDiEnumDeviceInfo(listed, number, byref(device)):
            return
        if setup.SetupDiGetDeviceInstanceIdW(listed, byref(device), name, _LONGEST, None):
            state, problem = _state(device.node)
            yield f"{name.value}\t{state:x}\t{problem:x}"


def _state(node: int) -> tuple[int, int]:
    """State and problem of a device; 0 where they are not told."""
    if sys.platform != "win32":
        return 0, 0
    state, problem = c_uint32(), c_uint32()
    if ctypes.windll.cfgmgr32.CM_Get_DevNode_Status(byref(state), byref(problem), node, 0):
        return 0, 0
    return state.value, problem.value
