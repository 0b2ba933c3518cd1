"""Words that are no one's name. Made by tools/vocabulary.py."""

_EVIDENCE = """
aa aarch ab abcdef abm above absent accelerated acpi acrn acrnacrnacrn acrnvm actions active ad adapter
adaptive address admin advanced adx ae af against agp ahci ahv akamai alibaba aliyun all alone along alpha
always am amazon amba amd ampere an anbieter and another ansible answer answered answers any anyone apic apm
app apparmor apple appliance arat arch architecture are arm armor armv armvirtqemu as ascii aside asimd ask
asked asset async at ati atom attached attest aucun aufs authentic authenticamd automatically avail
available avx aware away aws azure ba back backend balloon bare base bc bcache be beef before beh behind
beneath beside between bhyve bind bios biri birtualiz bit blk blkdev blkfront blkio block blockdevices bmi
board boardmanufacturer boardproductname bochs bonding book boot booted boots box br brak brand brandz
breakpoint bridge bridges broadcom broken bsd bsdvmm bt btrfs bubblewrap bugs build buildkit builds built
builtin bus businfo buslogic but bvutil bwrap bx by bytes ca cables cache cafe call callback calls came can
cannot cap capabilities capeff capture card cards carries cavium cca cchip ccw cd cdrom celeron cell centaur
centaurhauls certain cfg cgroup cgroups channel char chassis cheio child children chip chips chipset
chromium chromiumos chroot chrp cirrus cisco class clear clflushopt clock clocksource clone cloud cloudh
cloudstack cmd cmdline cmp cnet code com comm common communication compatible compleet complet completa
completo compute computer conclusion conf confidential config configuration connection conntrack console
constr container containerd containerenv containers contenedor conteneur contentor context control
controller controllers convertible copied copies copy core corp corporation could counter cpu cpuacct
cpufreq cpuid cpuinfo cpuset cpusets cr create cri crio crosvm cscsi ctrl current cut data db dc de dec
decchip decides declare default deflate del dell denied description desktop detect detected dev device
devices devicetree df dh dhyana digital digitalocean digits dir directed disabled disk disks display
disproves distribution divides dm dmar dmesg dmi dmidecode dn dnowprefetch do docker dockerenv dockerinit
does dom domain domains domu dpa dram drbd driver drivers drives ds dsdt dt dummy dump duo dvd dx dying
dynamic each ebs ec ecs ed edk ee efa eff ei el elastic elevator else elsewhere em empty emulate emulated
emulates emulation emulators en ena enabled encrypted encryption end ended engine enlightenments enterprise
env envid environ environment ept epyc erms error es etc ethernet ethtool event events every evmmevmmevmm
evtchn exactly exists exit exoscale export expose exposevirtualizationextensions express extapic extensions
extra ez fa fabric facp facter facts family fb fd feature features few ff field fields file files filesystem
filesystems filled filter filters finds fireck firecracker firmware first fits fixed flag flags flatpak
flexpriority folder for forced fornec found foundation fp fpu free freezer freq from frontend fs fsgsbase
fujitsu fuld full function functions fuse fw fx garden gc gce gcp gd geen gem generated generic genuine
genuineintel get gigabit given gives gmb gmbh gntdev google gpu grant grants graphics gre group groups grpc
guard guest guests gunyah gve gvisor gvnic gz gzip half hand handed handle hands handset hangs harddisk
hardly hardware hardwaremodel has hat hauls have haven haxmhaxmhaxm hba hci hcloud hd heartbeat held help
helps here hetzner hewlett hi hidden hide hides higher hint hipernadz hiperv hipervizor hisilicon hitachi
hive hme hold holds host hostname hostnamectl hosts how hppa huawei huaweicloud huge hugepage hugepages hv
hvm hvmop hw hwinfo hy hygon hygongenuine hyp hyper hypercall hyperv hypervisor hypervisors hypervizor hz ia
ibm ibmcloud ibs ic ich id ide idle ids idvendor ie if ifb igb igbvf ii ili illumos ime imitate imitated
imitators implementer in inc inference infiniband info information ingen init initial initialising
initialized inno innotek inside installed instance instruction int intel inteltdx interface interfaces
interrupt interrupts into inventory invpcid inxi io iommu ionos iov ip ipc ipip iptable iptables ipv ipvlan
irq is ismi isolates isolation it item its itself jailhouse jan kapsay kata katashared kb kein keine kernel
kernels key keys kh kmsg know known ko kontejnerov kontener kosong ksek ksm kube kubelet kubepods kubernetes
kubevirt kvm kvmkvmkvm lacked lacks lahf laptop largest latin layer layers lbrv ldoms le leaf leave left
legacy lenovo less lets level levels lib libpod libvirt lies likely limits line lines link linode linux list
listed lists little lkvm lkvmlkvmlkvm llare lleno lm lo load loadable loaded local lock locked log logic
logical logicalname looked loongarch loop lpar lrpepyh lsblk lscpu lshw lsi lsmod lspci lx lxc lxcfs mac
machine machines macvlan made main major make maker makers makes maks mallinimi mana manager manufacturer
map maple mark marks mass masters max may md mdesc me measured mega megaraid mellanox meltdown mem
memavailable memcg meminfo memmap memory memtotal message met meta metal mhz mi mib micro microblaze
microcode microsoft min minor mips misalignsse misc missing mitigate mitigations mm mmc mmio mmu mnt mobo
mod mode model modela modellname modellnamn modello modelnaam modelnavn modelo models modelu modem modprobe
module modules monitor more most mostly mount mounted mountinfo mounts move mq mqueue ms msft msftvm msr mtd
mtu much must mvendorid mware na nada name named names namespace namespaces nat native natively nazwa nbd
ndig ne nearly neben nec need needs neither nenhum nested nesting nests net netdev netfilter netfront netvsc
network never new nf nftables ng nh ni niagara ninguno nitro no noapic nobody nokvm nom nombre nome nomodule
non none nopl nopv nor not nothing nova nowhere npt nrip ns nspawn null nullb numa number nutanix nv nvidia
nvm nvme nvmm observation ocean oci oem of off offer offered offers ohci older on one ones online only oom
opal open openable openbsd openbsdvmm opened opening opens openshift openstack openvswitch openvz openvzve
operstate opteron or oracle oraclecloud ordinary org os osrelease ostype osvw other others out outside
outweighs ov over overlay overlayfs ovh ovhcloud ovirt ovmf own owner owners packard packet page pages
pagetable paging para parallels parameter parameters paravirt paravirtual paravirtualizace paravirtualized
paravisor parent part partition partitions passthrough payload pc pci pcie pcnet pcscsi pe pef penuh perfctr
pf ph phyp physical pid pids piix place platform platforms pln ploop pmem podman pods point poison policy
port posix possible pouch power powermac powernv powerpc powervm ppc pr prebuilt prefix prep present pretty
prints private privcmd privilege prl prls probable probably proc process processor processors product
productname profile program programs proot properties prot protected protects protvirt proves provider
proxmox ps pseries pst ptltd pv pvh pvhvm pvm pvpanic pvrdma pvscsi qcom qemu qnx qnxqvmbsqg qualcomm query
queue queues qumranet qxl rage raid ram random range rate rbd rdseed re read realm realtek recipiente record
recorded recording red refcnt register registered registers registry registrykey regular rel release
remapping removable remove rents replace report reported reporting reserve resolv restrict rhel rhev rien
rights rings riscv river rkt rma rme rng ro rob rocker role rom root rootfs rotational rsdp rsdt rsi rtl
rule run running runs rv rx said same samsung sanalla sas sata save say says scale scaleway scaling sched
scheduler scsi scsifront sd sdevice sea seabios seccomp secret secrets secure security seen seldom self semi
serial series served server serves service services set sets setting setup sev several sh sha shadow
shanghai share shared shares shift short show shown shows shutdown si signal signature sii silicon simfs
since sit size skinit slaves slice slot sm smap smart smartdc smbios smep snapshotter snip snp so soc
software some source sp space spar sparc speak speaks specified speed squashfs sr sre sresresresre sriov ssd
sse stack standard stands start started starts stat states stats status stealtime stolen storage storvsc str
string stsi subsys subsystem subsystems subvol subvolumes successfully such sun super support
surrogateescape svendor svga svm swap swapfree swaps swaptotal swiotlb switch switched sync synthvid sys
sysfs sysinfo system systemberatung systemd systems systemz sz table tables tablet tag take takes talks tam
tap target tcg tcgtcgtcgtcg tdx team tek tell tells tencent termination than that the their them themselves
there these this those three through thumb time timesync timeweb tlfs tmem to together told tom too tool
tools topoext toshiba total totalvfs tpr tracepoint tracking trans translation transparent tree tsc tsm tun
two tx txt type uarch ubi udevadm uefi uevent ufs uid uml uname unbind undefined under unisys unisysspar
unknown unlike unloaded unmet unplug unprivileged unrecorded up upcloud usable usb use user userns users
uses using usr utf utils uts uuid uv var variable vbd vbox vboxguest vboxvboxvbox vbs vd vdpa ve vector
vendor version veth vfio vfs vga vhost vi via video vif vio viridian virt virtio virtiofs virtual virtualbox
virtuali virtualiz virtualization virtualized virtualpc visor vlan vlds vm vmbus vmci vme vmm vmms vmpl vmw
vmware vmwarevmware vmx vmxnet vnic vnmi volatile voll vollst vpcid vps vr vrf vrtual vs vserver vt vtom
vulnerab vulnerabilities vulnerability vultr vx vxid vxlan vz warning was weak weaker were westmere what
where whether which who whole whose wider win wind windows wine wire wireguard wirtualiz with without word
words workstation would write writes wrote wsl xc xen xenfs xenhvm xenserver xensource xensrc xenu
xenvmmxenvmm xeon xgetbv xhci xsave xsavec xsaveopt xsdt xtensa xvd xx xxx yandex ysi zd zev zlinux zone
zram zswap zvm zx
"""
EVIDENCE = frozenset(_EVIDENCE.split())
"""What facts are read from: never taken for a name in running text."""

_COMMON = """
8139cp 8139too 9p aaaa aacraid abcd abcddeefaabbcc abcdefabcdef abi abilities abort aborted about ac ac97
acceleration acceptable accepted access accessed accessibility accidents account accounting accounts
acdirmax acdirmin acompress acpid acpiphp acregmax acregmin act actimeo action activated activating actively
actor actual adata add added adding additional additionalproperties addr addresses adds adj adjust
administrator admit adsd advertised aead aeio aeioaeio aer aes affinity afrom afs after afterwards ag again
age agent agetty aggregate agpgart agree agrees ahead aic7xxx aida ain aiza akcipher akia al algapi alias
align aligned alignment alike allnodes alloc allocate allocated allocation allocator allow allowance allowed
allowing allows allrouters alma almalinux alpine already also alternate although amb amd64 amdgpu american
ami among amount amzn android announces anon anonhugepages anonpages anything anywhere aoe apache apart apei
api apicid appimage applicable application applied applies apply apr april apt aptio archive archives arcmsr
area argon argument aroa around array arrived asia asks asn asp aspm asrock assert assertion assign assigned
associativity ast asus asymmetric asynchronous ata atkbd atomic attach attaching attempt attempting
attestation attr attribute attributes attrs audit auditd audits aug august auth authenticated auto
autocompletion autodefrag autofs automatic automount autosuspend aux avahi average averages avoid award
awsec ayou az baaaa backed background backing backlight backslashes backup backups bad badly balance
balancing ballooned bandwidth bank bar barrier baseboardserialnumber based baseline baseloader basic batch
batches battery bbhhh bbr bcachefs bcffsc because become beegfs been began begin beginning begins behaves
being believes belong belongs below bench bencherror benchmark benchmarks bert best besteffort better bey
beyj beyond bf bfbfd bfq bhi big bigger bin binary binfmt biomerge bionic biosdevname bist bites bitmap
bitrev bits blacklist blank blkback blksize bloat blob blockdev blocked blocking blocks blog bluetooth bnd
bnx2 bnx2i bnx2x bnxt boards bochsbxpc body bogo bogomips bond bookworm bootif booting border borders both
bottlerocket bottom bounce bound boundary bounds bpf brackets braille brake branch break bridging bring
broadcast broker brought broxton bs bsg btime btree bucket budget buffer bufferbloat buffered buffers bug
builder building bullseye bundle burst burstable bursts buses busses buster busy busybox button bw bxpc
bypass byte cable cached caches caching cake calculate calculated cali calibrate calibrated calibrating
calibration callable called caller calling cancel cannonlake capability capable capacity capamb capbnd
capinh capped capprm carrier case cause caused cbc cciss ccitt cdroms ce cedarfork center centos central
ceph cephfs certificate cest cet cf cfbcopyarea cfbfillrect cfbimgblt cfq cgt chain chance change changed
changes changing channels character characteristics characters cheap check checkconfig checked checking
checks checksum checksums checktext cherryview chmod choose chosen chown chronyd chunk cifs cilium circuit
citrix claimed claims classes classic clat clean cleaned cleanup cleared clearly clflush client clientaddr
clients clk clocks cloexec close closed cls cluster clusters cma cmos cmov cn cni co coda codel codename
codepage coherent cold collect color colord colours column columns combined come comes command commands
comment commit commitlimit commits committed compact compare compared compat compile compiled complain
complete completed completion component composite compress compressed compresses compression compressor
computername concepts concurrent condition confidence configfs configure configured configuring conflict
congested congestion connect connected connecting connections connector conservative consider const constant
contained contended content contents continue contradict contradiction contradictions contrib controlled
conventional conversion cookie copes copying copyright cords coreboot coredumping coreos cores coretemp
correct corrected correction corrupt corrupted corsair cost costs count counted counters counts coupled
coverage covered cp cpe cppc cpuidle cpus cramfs crash crashed crashkernel crb crc crct created creating
creation creator credential credentials credit credits critical cron crond cross crowd crowded crowding
crucial crypto cryptomgr cs csc css cstate ctxt cubic cups cur cure curlftpfs currently cursor custom cx cxl
cycle cycles da daemon damage damaged dasd database databases datagram datagrams date dates davfs dax day
days dbus dca dd deactivated dead deadline dearer deb debian debug debugfs debugger debugging december
decide decided decisive declared declares decode decoded decoder decompress decrease dedicated deep deeply
defaulted defaultgateway defaults defaultusername defcontext deferred define defined degraded delay delayed
delays delegate delete deleted delivered delivery demand denormal dentry denverton depend dependency depmod
deprecated depth derived desc describe descriptor descriptors design designation designware destination
destroy detach detached detail details detecting detection determine deterministic devel developer devfs
deviceids devintf devpath devpts devtmpfs devtype devuan dffb dhcp dhcpdefaultgateway dhcpdomain
dhcpipaddress dhcpnameserver dhcpserver diag diagnostic dict did died dif diff differ differed difference
different differently digit digsig dim dimm direct direction directions directly directmap directory
direntry dirsync dirty disable disabling disagree disagrees discard discarded disconnect discover discovered
diskstats dispatch distance disturbed div dma dns dnsmasq doc dock docs documentation documents doing
domainname doms done door dop dormant double doubles dovecot down downgrade download dpc dracut draft drain
drift drive driverdatabase driverversion drm drop dropped drops dry dsd dsi dst due dumb dumping dup duplex
duplicate duration during dw dword dynamically e100 e1000 e1000e ea earlier early earlycon earlydump
earlyprintk east easy eatures eax eb ecc ecd echo echoes edac edge edition editor edt ef effect effective
efi efifb efivarfs ehci eibrs einj eipalloc either eject ejected elapsed electric element elevated elf
elrepo embedded emergency emptied emul emulating emulator emulex enable enabling enclosure encode encoding
encrypts endian endpoint ends energy enforce enforcing engines enhanced eni eno enough enp ens ensure enter
entered entering entries entropy entry enumerate enumerated enumeration enx equal erofs errors erspan erst
escape esp est estimate estimated esv et etcd eth etherd eui eval evdev even evenly everything evict evicted
evidence evidenceerror exact example exceed exceeded except exception exceptions exclude exclusive exe exec
execute executed execution exfat exhaust exim exist existing exited exits expand expanded expect expected
expedited experiment expire expired explain explains explicit exported exportfs exposed expression ext ext2
ext3 ext4 extd extend extended extending extension extent external extlog extract ey eyj f2fs fabrics
facility fact facterversion factor factory fail fail2ban failed failing failover fails failswapon failure
fair fake fall fallback fallocate falls false fan faq far farther fast faster fastest fatal fault faults
faulty fbcon fbdev fbfd fbff fbfront fc fdatasync fddi fdsize fe feb february fed fedora feel fef fell fence
fetch fetched fewer ffd ffdbfff ffdcfff ffdffff ffe fff fffdfff fffe ffff fffff fffffff ffffffffff fi fib
fiber fifo fifth figure figures filehugepages filename filepmdmapped filer filesys fill filling fills
filtering final find finding findings fine finish finished finishes fio fips firewall firewalld fit five fix
fixmap fixup flannel flash flat flatcar flaws float floating floppy flow flush flushed flushes fma fmap
focal folders follow followed following follows font fonts fops force forcedac forcedeth forceflush forcing
foreign fork form format formatdomain formatted forum forward forwarding four fpm fq fraction frame
framebuffer frames framework freed freedesktop freeing freeze freezing frequency fresh fri friday front
frozen fsc fscontext fsid fstab fstype fsync fullflush fully functionality further fuseblk fusectl future
fwbr fwln fwpr fwupd fxsave fxsr gain game games gap gaps gate gateway gather gave gb gbit gcsfuse gdm
geminilake general generally generate generation generator geneve geniv gentle gentoo geometry getaffinity
geteuid gets getting getty gfs2 gh ghes gi gib gid gigabyte github give glob global glpat glusterfs gmt gnu
go goes gone good goofys googlecloud got governor gp gpfs gpio grace granted graph graphic gretap grew gro
grow growing grpquota grub gsi gso gssd gtt guaranteed guards guess guid guide gy had halt halted haltpoll
halves handled handler handlers handshake hang happen happens hard hardwareconfig hardwarecorrupted harmless
hash hashed hashing having hcd hda head header headers heading headroom health heap heard heavily hed height
hest hexadecimal hfs hfsplus hgst hibernate hibernation hid hierarchy high highest highmem hinder hinders
hints history hit hmac hole home hook hop hosted hostile hosting hostnqn hot hotplug hotpluggable hour hours
however hpbussize hpet hpmemsize hpsa hptiop hsr hsu ht htm html httpd https hub hugepagesize hugepagesz
hugetlb hugetlbfs hugetlbpages human hundred hung hvc hvml hwaddress hwe hwm hwmon hwp hybrid hynix
hypercalls i2c i40e i801 i8042 i915 iavf ib ibp ibpb ibrs ice icelake icmp icon ida idea ideal identifier
identifies identify identities identity idmapd ieee ifacename ifalias ifnames igc igen6 igfx ign ignore
ignored ignoring igpu illegal image images imitates immediate implementation implemented implicit import
improper improve inactive include included including incoming incompatible incomplete inconclusive
inconsistent incorrect increase increased increment incus incusbr indefinitely independent index indicate
indirect inet inf inflate inflated inform infrastructure ing inh inherit inhibit initialisation initialise
initialised initialization initialize initializing initiator initiatorname initmem initramfs initrd inject
inner innodb ino inode inode32 inode64 inodes input insert inserted inspur install installable installation
installing instances instead instructions insufficient insyde integer integrated integrity intended
intensive inter interactive intercept interleave interleaved intermediate internal interpreter interval
intervals intl intr introduction invalid invalidate invalidation invariant inverse invert invocation inwards
ioasid iocharset iodepth ioengine iomem iomm iommuv ioping iops ios iosched iosf iothread iova ip6gre ip6tnl
ipaddress iperf ipmi ipvs ipvtap iqn irqaffinity irqbalance irqfixup irqpoll isa isci iscsi iscsid iso9660
isolate isolated isolcpus issue issued itco items iterable iterate iteration iterator itu ixgb ixgbe ixgbevf
iza jack jammy january jbd jffs2 jfs jiffies jitter job jobname jobs join joined journal journald joydev
json jsonl judge judged judgement juicefs jul july jump jun june juniper just k10temp k8s kali kasan kaslr
kbdfront kcore kdf keep keeping keeps kept kernelstack keyboard keyring keyword khz ki kib kill killed
killing kills kin kind kinds kingston knowing koct kpp krb5 krb5i krb5p kreclaimable ksmtuned kstat kubeadm
kvmclock kvmtool kyber l1tf lab label labs lack landlock language languages lapic large largeio larger last
lastloggedonuser lasts lat late latency later latest lay layout lazy lazytime lc lck leader leak leap learn
learned least leaves leaving led leds len length let lewisburg lf lib32 lib64 libaes libahci libaio libata
libblake libcryptoutils libexec libps libps2 library libsha libvirtd libx32 licence license lid lie life
light lightdm like limit limitation limited linear linked links listen listening listens literal live lives
lnxcpu lnxpwrbn lnxslpbn lnxsybus lnxsystm loader loading localdomain locale localhost locality localnet
location locations locator lockdown locking locks logbsize logbufs logged login logind loglevel logname logo
logs long longer longest look looking looks lookupcache loopback loops lose loses losing loss lossy lost low
lower lowerdir lowered lowest lowlatency lowmem lpc lpfc lsm lt ltai lts lun lustre lvm lvmetad lvmpolld
lxcbr lxd lxdbr ly lz lzo machineguid macintosh macvtap madvise magic mail mailname mailto mainboard
mainline maintain maintenance maj making man manage managed management manages managing mand mandatory
manjaro manual manually manuals many mapped mapper mapping mappings mar march mariadb marked marking markup
marvell mask masked masking masks master match matched matches matching material math mathis matrix matters
maxcpus maximum maxproto maybe mb mbcache mbi mbit mbps mca mcastprefix mce mctrl mdadm mds mean meaning
means meant meanwhile measure measurement measurements measures measuring mechanism media mediated medium
megasas megatrends member membership memfree memories memoryview mems merge merged merging messages metacopy
metadata metavar method mfd mfs mgag200 micron microseconds mid middle might migrate migrated migration mii
millisecond mimic mine minikube minimal minimum minix minorversion minproto mint minute minutes mip mipi
mirror miscellaneous mismatch missed mitigated mitigation mix mixed mkconfig mkswap mlocked mlx4 mlx5 mmcblk
mmx mmxext mobile moby modalias modemmanager modern modes modeset modest modified modify modinfo moment
moments mon monday mongo mongodb monitoring motherboard mountaddr mounting mountport mountproto mountvers
mouse mousedev movbe moved moves moving mpi mpls mpt2sas mpt3sas mptsas mptspi msg msghandler msrs mtdblock
mtrr mtrrs multi multicast multifunction multimedia multipath multipathd multiple multiplexer multiplier
multiprocessor mutex my mysql naa nameless nameserver namlen nan nanoseconds napi narrow narrower nconnect
ncpfs ncr nct6775 nd ndjson ne2k near nearest necessary needed needname negative negotiation neighbor
neighbour neighbours nerdctl netback netbiosname netns netroot networkaddress networkd networking
networkmanager networks newer newinstance newline next nfkd nfs nfs4 nfsd nfsroot ngid nginx nic nice nics
nixos nlmon nls nmbd nmi nnk nnvv noac noacpi noaer noari noatime noatomic nobarrier noble nocb nocbs nocrs
noctty node nodes nodev nodiratime nodiscard noefi noexec nofollow noforce nohz noibrs noinherit
noirqbalance noise nokaslr nolapic nolock nologin nomad nomerge nominal nomodeset nomsi nonblock nonewprivs
nonvoluntary noop nopt nopti nopvspin noquota norandommap noresume normal nosmap nosmep nosmt nospectre
nossd nosuid note notes notice noticeable notification notifier notify notscdeadline nouveau nov november
now nowatchdog nox2apic np npm nqn nr nscd nsdelegate nsfs nslcd nspgid nspid nssid nst nstat nstgid ntfs
ntfs3 ntpd numbers nvmem nvmet nvmf nx oasis object objects observe obsolete obstacle obtain occupied
occurred ocfs ocfs2 oct octet october odd offline offload offset often ohai oid ok old omitted ommand
onboard once ondemand onto oops op opc opcode opener openrc opensuse openvpn operate operating operation
operational operations opt optical optimal optimization optimize optimized option optional options orangefs
order ordered ordering orientation origin original orphan osi oss otherwise oui our outer output overall
overcommit overcommitted overflow overhead overlap overlay2 overloaded override overrun oversubscribed ovs
ovsdb owned owns p2p pace pack package packagekit packages packed packets pad pae pagesize pagetables paid
pair panel panic parallel paravirtualization parity park parse parsed parser parsing partial partially
partlabel partner parts pass passed passes passing passive passwd password past paste pat pata patch path
paths pattern pause paused pauses pays pch pciback pclmulqdq pcnet32 pcspkr pdpe pdt peak peer pending per
percent percentile percentiles percpu perf perform performance pericom period periodic peripheral perm
permanent permission permissions permit permitted persistent personality pg pge pgrp phase phoenix phone php
phrase phy phys pi pib pick piece pieces pin pinctrl ping pipe pipefs pirq pit pixel pkcs places plain plan
plane plans pldmfw please plug plugin plugins plus pm pmd pme pmic pmtimer pmu pnd pnd2 pni pnp pod pointer
points policer policers polkit poll polling pool pools poor popcnt popen populated portable ports position
positive possibly post postfix postgre postgresql posts pousr powercap powered powering powersave ppid ppp
pps preallocated precise predictable preempt preemptible preemption prefer preference preferred prefetch
prefixes prefixpath preflight prepare prepared presence preserve press pressure prevent previous previously
price primary print printed printk prio prior priority privileged privs prjquota prm probe probed probing
problem problems procedure processed processes processing procfs procs produce productid productversion
programmable programmed progress prohibit project promiscuous promise promised promises prompt propagate
proper property protect protection proto protocol protocols provide provided providers pse pseudo pseudonym
pseudonyms psi psk psmouse pstate pstore psync pt pte pthread ptmx ptmxmode ptp ptrval pts public publish
published pull pulls pulse purge purpose push put pve pvfs pwm px py pygrub pypi python qd qdisc qla2xxx
quad quality quanta quarter question queued queueing quic quick quiet quirk quirks quit quota qword r8169
race radeon radio raise raised ramdisk ramfs ran rand randread randrepeat ranges rank rapl raspberry
raspbian rather ratio rational raw rb rc rclone rcu rcvbuf rdma rdrand rdtscp reach reached reaches readable
readers readiness reading readonly reads readthedocs ready real realloc really realtime reason reasons
reassign reboot rebooting rebuild rec receive received receiver receiving recent recheck reclaim reclaimable
recognize recognized recommend recommended reconfigure reconnect recorder recordings records recover
recovered recovering recovery recursive recursiveprot redhat redirect redirected redis reduce reduced
redundant refer reference references refill refined reflect refresh refuse refused refuses reg region
regions registeredorganization registeredowner registering registration regmap reinstall reiserfs reject
rejected relabelled related relatime relative relaxed released releasing relevant reliable reload relocate
relocated relocation remain remaining remap remapped remote remount removal removed removing rename renamed
render rep repair repeat repeated repeats replaceable replaced replaces replacing replay replayed reply
reports req request requested requesting requests require required requirements requires reread rescan
reseed reseeded reserved reserving reset resetting resident resize resizing resolution resolve resolved
resource resources respond responding response rest restart restarted restarting restarts rested restore
restored restores restricted restriction rests result results resume resumed ret retbleed retire retpoline
retrans retransmits retrieve retry retrying return returned returning reuse rev reverse reversed revision
rewrite rfc rfds rhgb rich right rimm ring rise rle rmnet roce rocksoft rocky romfs room rootcontext
rootdelay rootflags rootfstype rootless rootlesscontaine rootwait rotate round rounds route routed router
routers routing row rpc rpcbind rs rsa rsb rsize rss rssanon rssfile rssshmem rsvd rsyslog rt rtc rtt rules
runit runner runtime rw s3 s3fs safe safely salt samepage sample samples sandbox sandisk sanitizer sanity
sat saturday saved saves saving saw sb sbin sc scan scanned scanner scanning scans scatter scattered scd
scffi sch schedstat schedule scheduled scheduling schedutil schema scheme sclp scope score scout scoutapm
scratch screen script scrub sda sdb sddm seagate seal search searchlist sec seclabel second secondary
seconds secpagetables section sections sector sectors secured securityfs see seed seems sees seg segment
segmentation segments select selected selecting selection selinux selinuxfs semaphore send sender sending
sends sensor sensors sent sep separate separately september sequence sequential serdev serialize
serialnumber serials serio serport serve servers serving ses session settings severe severity sg shadowed
shaper sharing shd shdpnd shiftfs shm shmem shmemhugepages shmempmdmapped shortname should showed shpc
shpchp shrink shrinking shrunk shuffle shut siblings side sig sigblk sigcgt sigign sigmask sign signaled
signed significant sigpnd sigq sil silent silently similar simple simpledrm simplefb simulate simultaneous
single sis site sits situation sized sizes sk skcipher skew skge skip skipped skipping sku skx sky2 sl slab
slackware slave slcan sleep slots slow slower slowest slowly slows slub small smaller smallest smartd
smartpqi smb smb3 smbd smbfs smbnetfs smbus smmu smp smpboot smt snap snapd snaps snapshot snapshots snd
snpguest socket sockets sockfs sodimm soft softirq softlockup solarflare sold solid somebody something
somewhat soon sorry sort sorts sos sosreport sound sources span spare sparse spec special specific
specification specifications specify spectre spectrum speculation speculative spgid spi spice spid spidev
spin spinlock spinlocks spinning spl splash split spoils spoke spool spread spreads spurious sql square sram
srbds src sreclaimable srso srv ss ssbd ssc ssds ssdt ssh sshd sshfs ssid sssd ssse st stable stage stale
stall stalled stalls standalone standby starting startup statd state static station statistics stay stayed
steal stealing step stepping steps stgid stibp still stk stop stopped stopping store stored stores stornvme
straight strangers stream streams strict strictatime strings stripe strong structure style sub subject
subkey subkeys subnet subprocess subsysnqn subtype subvolid success successful successor sudden sudo suffer
sufficient suffix suggests suitable sum summary sunday sunit sunreclaim sunrisepoint sunrpc superblock
supermicro supervise supervised supervisor supplicant supplied supplies supply supportconfig supported
supporting supports suppress sure surface surp surrogatepass survives suse suspend suspended suspending
sustained sv swapaccount swapcached swapfile swapgs swapon swapped swapping swidth switches switching swtpm
sym sym53c8xx symbol symbolic synced synchronization synchronize synchronized synchronizing synchronous
synthetic syscall syscopyarea sysctl sysfillrect sysimgblt sysret sysrq systeminfo systemserialnumber
systemuuid taa tagged tail tailscale tainted taken taking tape targetcli targetname task tasks tc tck tcp
tech technology telling temperature template templates temporarily temporary tenant tenth term terminal
terminals terminate terminated test tested testing tests text tg3 tgid th theirs then thermal thermald they
thin thing things third thirty though thousand thousands thp thread threads threat threshold thresholds
threw throttle throttled throttling throughput thu thursday thus ti tianocore tib tick ticket tigerlake
tight tile timed timekeeping timeo timeout timer timers times timestamp timesyncd timing tiny tis title tlb
tm tmp tmpfile tmpfs today toggle token tolerance toml took top topology touch touched touchpad tpm trace
traced tracefs tracer tracerpid tracing track tracker trade traffic transaction transcend transfer
transferred transfers transform transhuge transition translate translated translates transmit transmitted
transport trap trie tried trigger triggered trimmed trip trips trixie trouble true truncate truncated trunk
trust trusted truth trx try trying tso tsx tty ttyama ttys tue tuesday tulip tumbleweed tunable tune tuned
tuning tunl tunnel tunnels tuple turbo turn turned turns twentieth twice tyan types typical uart uartio uas
ubd ubifs ubuntu ucs udev udevd udf udp udprcvbuferrors uek ufw uhci ulimit umask unable unaligned
unanswered unattended unavailable unbindable unbound unc uncached uncertain uncompressed uncore uncorrected
underlying understanding understood undisturbed unequal unevictable unexpected unexpectedly unhandled
unicode unified uniform uninitialized unique uniqueid unit units universal unix unless unlinking unload
unlock unlocked unmap unmapped unmodified unmount unmounted unnamed unpacks unplugged unreachable unreadable
unreclaim unrecognized unregister unregistered unreliable unsafe unset unsigned unspecified unstable
unsupported until untrusted unused update updated updates updating upgrade upgraded upgrades uplink upload
uploads upon upper upperdir upwards urgent url urn us usage usageerror usbcore usbhid usbstor usec used
usedac useful userguide usermod username userspace userxattr usrquota usual usually utc utf8 utility
utilization v1 v2 vacant vagrant valid validate validation value values vanished vanishes variant various
vary vaudit vboxvideo vcpu vcpuop vcpus vda vdb vdc vdd vde vdf vdg vdh vdi vdj vdk vdump vectors verbose
verdict verdicts verified verify verifying vers versionerror versions vertical very vesafb vf vfat vgacon
vgem victim view violation virbr virtlockd virtlogd virtqemud virtuozzo visible vivaldi vkbd vmalloc
vmallocchunk vmalloctotal vmallocused vmbr vmcb vmdata vmexe vmgenid vmhwm vmk vmlck vmlib vmlinuz vmmcall
vmpeak vmpin vmpte vmrss vms vmscape vmsize vmstat vmstk vmswap vmwgfx vmxnet3 vnc vnet void vol voltage
volume volumes voluntary vp vpc vpd vpmu vpn vpns vsock vswitchd vsyscall vti vtx vuln vulnerable waet wait
waited waiting waits wake wakeup wal walk walks want wanted wants warm warn warnings waste watch watchdog
watching way wayland ways wb wd wdc wdt weave web wed wednesday week weight well went western wf wg whatever
wheel when wherever while white whoever why wide widely widens width wiki will winbind window wireless
withheld withholds within witness witnesses wl wlan wlo wlp wlx wmi won work workdir worker workers working
workload workloads workqueue works workspace world worried worse worst worth wp wpa wpdbusenumroot wrap
writable writeback writebacktmp writer writing written wrong wsize ww wwan wwid wwn www wwx x2apic xattr xdg
xdp xenbits xenbus xennet xenproject xf xffffffffc xffffffffffffffff xfrm xfs xino xl xml xorg xox xvda xvdb
xxff xxhash xz ya yama year years yes yet yield you your yours yourself za zbud zero zeroed zeroing zfs zlib
zones zpool zsmalloc zstd zswapped zt zvol
"""
COMMON = frozenset(_COMMON.split())
"""A name only where it is known to be this machine's."""
