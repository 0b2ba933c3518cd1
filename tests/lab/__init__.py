"""The lab: real hypervisors, guests and containers in software emulation, and vaudit run inside them."""
