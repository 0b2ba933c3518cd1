"""What programs print, in short: that of which tests/fixtures/formats holds no longer output."""

PRINTED = {
    "commands/dmidecode.txt": """# dmidecode 3.4
Getting SMBIOS data from sysfs.
SMBIOS 2.8 present.

Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: SeaBIOS
\tVersion: 1.16.2
\tCharacteristics:
\t\tSystem is a virtual machine

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: QEMU
\tProduct Name: Standard PC (Q35 + ICH9, 2009)
\tSerial Number: Not Specified
\tUUID: ec2a1234-0000-0000-0000-000000000001

Handle 0x1100, DMI type 17, 40 bytes
Memory Device
\tSize: 2048 MB
\tLocator: DIMM 0
""",
    "commands/lscpu.txt": """Architecture:        x86_64
CPU op-mode(s):      32-bit, 64-bit
Address sizes:       40 bits physical, 48 bits virtual
CPU(s):              4
On-line CPU(s) list: 0-3
Thread(s) per core:  1
Core(s) per socket:  2
Socket(s):           2
NUMA node(s):        1
Vendor ID:           GenuineIntel
Model name:          Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz
Virtualization:      VT-x
Hypervisor vendor:   KVM
Virtualization type: full
L1d cache:           128 KiB
Flags:               fpu vme sse2 ht syscall nx lm pni cx16 vmx
                     hypervisor lahf_lm ept vpid
""",
    "cpuid.txt": """CPU 0:
   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
   0x00000001 0x00: eax=0x000306c3 ebx=0x00020800 ecx=0xf7fa3223 edx=0x0f8bfbff
   0x00000007 0x00: eax=0x00000000 ebx=0x000007ab ecx=0x00000000 edx=0x00000000
   0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b ecx=0x564b4d56 edx=0x0000004d
   0x40000001 0x00: eax=0x01007afb ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x80000000 0x00: eax=0x80000008 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
   0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000021 edx=0x2c100800
   0x80000002 0x00: eax=0x65746e49 ebx=0x2952286c ecx=0x6f655820 edx=0x2952286e
CPU 1:
   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
""",
    "commands/hostnamectl.txt": """   Static hostname: host
         Icon name: computer-vm
           Chassis: vm
        Machine ID: 00000000000000000000000000000001
    Virtualization: kvm
  Operating System: Debian GNU/Linux 12 (bookworm)
            Kernel: Linux 6.1.0-18-amd64
      Architecture: x86-64
   Hardware Vendor: QEMU
    Hardware Model: Standard PC
""",
    "commands/dmesg.txt": """[    0.000000] Linux version 6.1.0-18-amd64 (build@host) (gcc-12) #1 SMP
[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet
[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
[    0.000000] DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-1 04/01/2014
[    0.000000] Hypervisor detected: KVM
[    0.000001] kvm-clock: using sched offset of 2234 cycles
[    0.010000] ACPI: FACP 0x000000007FFE1F0B 0000F4 (v03 BOCHS  BXPC     00000001 BXPC 00000001)
[    0.100000] Booting paravirtualized kernel on KVM
[    0.200000] virtio_blk virtio1: [vda] 41943040 512-byte logical blocks (21.5 GB/20.0 GiB)
[    0.300000] smpboot: CPU0: Intel Xeon Processor (Skylake) (family: 0x6, model: 0x55, stepping: 0x4)
""",
    "root/proc/cpuinfo": """processor\t: 0
vendor_id\t: AuthenticAMD
model name\t: AMD EPYC 7763 64-Core Processor
cpu MHz\t\t: 2449.998
physical id\t: 0
siblings\t: 2
cpu cores\t: 1
flags\t\t: fpu vme de pse tsc msr svm hypervisor npt
bogomips\t: 4899.99
Hardware\t: BCM2835
Serial\t\t: 00000000deadbeef

""",
    "commands/lsmod.txt": """Module                  Size  Used by
kvm_intel             380928  4
kvm                  1146880  1 kvm_intel
virtio_net             65536  0
xen_blkfront           49152  3
""",
    "commands/lspci.txt": """00:00.0 Host bridge [0600]: Intel Corporation 440FX [8086:1237] (rev 02)
\tSubsystem: Red Hat, Inc. Qemu virtual machine [1af4:1100]
00:03.0 Ethernet controller [0200]: Red Hat, Inc. Virtio network device [1af4:1000]
\tSubsystem: Red Hat, Inc. Virtio network device [1af4:0001]
\tKernel driver in use: virtio-pci
00:04.0 SCSI storage controller [0100]: Red Hat, Inc. Virtio block device [1af4:1001]
\tKernel driver in use: virtio-pci
\tKernel modules: virtio_pci
""",
    "root/proc/self/mountinfo": """22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
23 22 0:21 / /sys rw,nosuid - sysfs sysfs rw
24 22 0:52 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw,lowerdir=/l:/m,upperdir=/u
25 22 254:16 /subvol /srv\\040data rw - btrfs /dev/vdb rw
""",
    "root/proc/meminfo": "MemTotal:        2030084 kB\nSwapTotal:       1048572 kB\n",
    "root/proc/stat": "cpu  100 2 30 4000 5 6 7 80 0 0\ncpu0 100 2 30 4000 5 6 7 80 0 0\nbtime 1700000000\n",
    "root/proc/cmdline": "BOOT_IMAGE=/vmlinuz root=UUID=1 ro console=ttyS0 hugepages=16 mitigations=off\n",
    "commands/systemd-detect-virt.txt": "kvm\n",
    "commands/uname-a.txt": "Linux host 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n",
}
"""By where it lies in a capture."""
