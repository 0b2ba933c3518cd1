"""Words that are no one's name. Made by tools/vocabulary.py."""

_EVIDENCE = """
aa aarch ab abcdef abm abort above absent acc accelerated access acpi acrn acrnacrnacrn acrnvm actions
active ad adapter adaptive addr address admin advanced adx ae aes af affected against agp ahci ahv akamai
alibaba aliyun all alone along alpha always am amazon amba amd ampere an anbieter and announce announces
another ansible answer answered answers any anyone apart api apic apicv apm app apparmor apple appliance
arat arch architecture are arm armor armv armvirtqemu as ascii aside asimd ask asked asset assist async
asynchronous at ati atom attached attest aucun aufs authentic authenticamd auto automatically avail
available avic avx aware away aws azure ba back backend balloon bare barrier base bc bcache be because beef
before beh behind beneath beside between bhyve bind bios biri birtualiz bit bitmap bits blk blkdev blkfront
blkio block blockdevices bmi board boardmanufacturer boardproductname bochs bonding book boot booted boots
both boundary box br brak brand brandz breakpoint bridge bridges broadcom broadwell broken bronze bsd bsdvmm
bt btrfs bubblewrap bugs build buildkit builds built builtin burns bus businfo buslogic busy but bvutil bw
bwrap bx by bypass bytes ca cables cache caches cafe call callback calls came can cannot cap capabilities
capeff capture card cards carries cascadelake cavium cca cchip ccw cd cdrom celeron cell centaur
centaurhauls certain cfg cgroup cgroups change channel channels char chassis cheap cheio child children chip
chips chipset chromium chromiumos chroot chrp cirrus cisco class clear clflushopt clock clocksource clone
cloud cloudh cloudstack cluster cmd cmdline cmov cmp cnet coal code com come comm common communication
compared compatible compleet complet completa completo compute computer conclusion conf confidential config
configuration connection conntrack console constant constr container containerd containerenv containers
contenedor conteneur contentor context contradicting control controller controllers convertible copied
copies copy core cores coresharing corp corporation could count counted counter cpu cpuacct cpufreq cpuid
cpuidle cpuinfo cpuset cpusets cr crash create cri crio crosvm cscsi csum ctrl current cut cv cx data db dc
de dec decchip decides declare dedicated default deflate del delay delivery dell denied dependent
description desktop dest detect detected dev device devices devicetree df dh dhyana digital digitalocean
digits dir direct directed disable disabled discard disk disks display disproves distribution divides dm
dmar dmesg dmi dmidecode dn dnowprefetch do docker dockerenv dockerinit does dom domain domains domid domu
dpa dq dram drbd driver drivers drives ds dsdt dt dummy dump duo duplex dvd dx dying dynamic each eax ebm
ebs ebx ec ecn ecs ecx ed edk edx ee efa eff ei el elastic elevator else elsewhere em empty emulate emulated
emulates emulation emulators en ena enabled encrypted encryption end ended engine enlightened enlightenments
enterprise env envid environ environment eoi ept epyc erase erms error es etc ethernet ethtool event events
ever every evmcs evmmevmmevmm evtchn ex exactly exists exit exoscale export expose
exposevirtualizationextensions express ext extapic extended extensions extra ez fa fabric facp facter facts
family faster faults fb fd feature features fetches few ff field fields file files filesystem filesystems
filled filter filters finds finer fireck firecracker firmware first fits fixed flag flags flatpak
flexpriority flush flushes fma folder for force forced fornec found foundation fp fpu free freezer freq
frequencies frequency from frontend fs fsgsbase fujitsu fuld full function functions fuse fw fx fxsr garden
gather gb gc gce gcp gd gds geen gem gen generated generic genuine genuineintel geometry get gigabit given
gives gmb gmbh gntdev gold google gpa gpu grant grants graphics gre group groups grpc gso guard guest guests
gunyah gva gve gvisor gvnic gz gzip half haltpoll hand handed handle hands handset hangs harddisk hardly
hardware hardwaremodel has hash haswell hat hauls have haven haxmhaxmhaxm hba hc hci hcloud hd hdrlen
heartbeat held help helps here hetzner hewlett hi hidden hide hides high higher highmem hint hints hipernadz
hiperv hipervizor hisilicon hitachi hive hme hold holder holds host hostname hostnamectl hosts hotplug how
hpet hppa hre huawei huaweicloud huge hugepage hugepages hv hvm hvmop hvs hw hwinfo hy hygon hygongenuine
hyp hyper hypercall hypercalls hyperv hypervisor hypervisors hypervizor hz ia ibm ibmcloud ibs ic icelake
ich id ide idle ids idvendor idx ie if ifb igb igbvf ii ili illumos ime imitate imitated imitators
implementer in inc index indirect inference infiniband info information ingen init initial initialising
initialized inno innotek inout input inside installed instance instruction int intel inteltdx interface
interfaces interrupt interrupted interrupts into invariant inventory invpcid inxi io iommu ionos iov ip ipc
ipi ipip ipis iptable iptables ipv ipvlan irq is ismi isolates isolation it item itlb its itself ivy
jailhouse jan judge kapsay kata katashared kb keeps kein keine kernel kernels key keys kh kind kmsg know
knowing known ko kontejnerov kontener kosong kpti ksek ksm kube kubelet kubepods kubernetes kubevirt kvm
kvmapf kvmclock kvmkvmkvm la lacked lacks lahf laptop largest latin layer layers layout lbrv ldoms le leaf
learn leave leaves left legacy lenovo less lets level levels lib libpod libvirt lies lifetime likely limits
line lines link linode linux list listed lists little lkvm lkvmlkvmlkvm llare lleno lm lo load loadable
loaded local lock locked locks log logic logical logicalname looked loongarch loop low lpar lrpepyh lsblk
lscpu lshw lsi lsmod lspci lx lxc lxcfs mac machine machines macvlan made main major make maker makers makes
maks mallinimi mana management manager manufacturer map maple mapped mapping mappings mark marks masked
masks mass masters max may md mdesc mds me measure measured mega megaraid mellanox meltdown mem memavailable
memcg meminfo memmap memory memtotal message messages met meta metal mhz mi mib micro microblaze microcode
microsoft migration min minor mips misalignsse misc missing mitigate mitigated mitigation mitigations mm mmc
mmio mmu mmx mnt mobo mod mode model modela modellname modellnamn modello modelnaam modelnavn modelo models
modelu modem modern modprobe module modules monitor more most mostly mount mounted mountinfo mounts movbe
move mq mqueue mrg ms msft msftvm msi msr msrs mtd mtu much multihit must mvendorid mware na nada name named
names namespace namespaces nat native natively nazwa nbd ndig ne nearly neben nec need needs nehalem neither
nenhum nested nesting nests net netdev netfilter netfront netvsc network never new nf nftables ng nh ni
niagara ninguno nitro no noapic nobody node nokvm nom nombre nome nomodule non nonarch none nonstop nop nopl
nopti nopv nopvspin nor nospec nospectre not notf nothing notification notify nova nowhere npt nrip ns
nspawn null nullb numa number nutanix nv nvidia nvm nvme nvmm observation ocean oci oem of off offer offered
offers offloads ohci old older on one ones online only oom op opal open openable openbsd openbsdvmm opened
opening opens openshift openstack openvswitch openvz openvzve operstate opteron or oracle oraclecloud order
ordinary org os osrelease ostype osvw other others out outside outweighs ov over overflow overlay overlayfs
ovh ovhcloud ovirt ovmf own owner owners packard packed packet pae page pages pagetable paging para
parallels parameter parameters paravirtual paravirtualizace paravirtualized paravisor parent part partition
partitions passthrough payload pc pci pcie pcnet pcscsi pdpe pe pef penuh perfctr pf pgdir ph phyp physical
pi pid pids piix pirqs place plain platform platforms platinum pln ploop pmem pni podman pods point poison
policy poll popcnt port posix possible pouch power powermac powernv powerpc powervm ppc pr prebuilt
preempted prefix prep present preserve pretty prints private privcmd privilege prl prls probable probably
proc process processor processors product productname profile program programs promise promises proot
properties prot protected protects protvirt proves provided provider proxmox ps pseries pst pt pti ptltd ptp
pv pvclock pvh pvhvm pvm pvpanic pvrdma pvscsi qcom qemu qnx qnxqvmbsqg qualcomm query queue queues qumranet
qxl rage raid ram random range rate rbd rdrand rdseed rdtscp re read reading reads realm realtek realtime
recipiente record recorded recording red redhat reenlightenment ref refcnt reference reg register registered
registers registry registrykey regular rel relaxed release reliable remapping remote removable remove rents
replace report reported reporting reserve reset resolv restrict retbleed rfds rhel rhev rien rights ring
rings riscv river rkt rma rme rng ro rob rocker role rom root rootfs rotational rs rsc rsdp rsdt rsi rss
rstack rtc rtl rule run running runs runtime rv rx rxbuf ryzen safe said same sampling samsung sanalla sandy
sas sata save say says scale scaleway scaling sched scheduler scsi scsifront sd sdevice sea seabios seccomp
secret secrets secure security see seen seg seldom selection self semi send serial series served server
serves service services set sets setting setup sev several sh sha shadow shanghai share shared shares shift
short show shown shows shutdown si siblings signal signature sii silicon silver simfs since sit size skinit
skylake slaves sleep slice slot sm smap smart smartdc smbios smccc smep smt snapshotter snip snp so soc
software some source sp space spar sparc speak speaks spec specified spectre speed spin spinlock spinlocks
squashfs sr srbds sre sresresresre sriov srso ssd sse ssse stable stack stale standard standby stands start
started starts stat state states stats status stay steal stealtime still stimer stolen stops storage store
storvsc str string stsi subsys subsystem subsystems subvol subvolumes successfully such sun super supervisor
support surrogateescape svendor svga svm swap swapfree swapgs swapped swaps swaptotal swiotlb switch
switched sync synic synthetic synthvid sys syscall sysfs sysinfo system systemberatung systemd systems
systemz sz taa table tables tablet tag take taken takes talks tam tap target tcg tcgtcgtcgtcg tdx team tek
tell tells tencent termination tf th than that the their them themselves there these they this those three
through thumb time timers timesync timeweb timing tlb tlfs tmem to today together told tom too tool tools
topoext topology toshiba total totalvfs tpr trace tracepoint tracking trans translated translation
transparent tree tsa tsc tsm tso tsx tun two tx txt type uarch ubi udevadm uefi uevent ufo ufs uid uml uname
unbind undefined under unhalt unified unisys unisysspar unknown unlike unloaded unmet unplug unprivileged
unrecorded unrestricted untold up upcall upcloud usable usb use user userns users uses using uso usr utf
utils uts uuid uv var variable vbd vbox vboxguest vboxvboxvbox vbs vcpu vd vdpa ve vector vendor version
veth vfio vfs vga vhost vi via video vif vio viridian virt virtio virtiofs virtual virtualbox virtuali
virtualiz virtualization virtualized virtualpc visor vl vlan vlds vm vmbus vmci vmcs vme vmexit vmm vmms
vmpl vmscape vmw vmware vmwarevmware vmx vmxnet vnic vnmi vnode volatile voll vollst vp vpcid vps vq vr vrf
vrtual vs vserver vt vtom vulnerab vulnerabilities vulnerability vulnerable vultr vx vxid vxlan vz wait
warning was way wce weak weaker were westmere what where whether which while who whole whose wider win wind
windows wine wire wireguard wirtualiz with without word words workstation would writable write writes wrote
wsl xc xen xenfs xenhvm xenserver xensource xensrc xenu xenvmmxenvmm xeon xgetbv xhci xmm xsave xsavec
xsaveopt xsdt xtensa xvd xx xxx yandex yet yield yields ysi zd zeroes zev zlinux zone zoned zram zswap zvm
zx
"""
EVIDENCE = frozenset(_EVIDENCE.split())
"""What facts are read from: never taken for a name in running text."""

_COMMON = """
8139cp 8139too 9p aaaa aacraid abcd abcddeefaabbcc abcdefabcdef abi abilities aborted about ac ac97
acceleration acceptable accepted accessed accessibility accidents account accounting accounts acdirmax
acdirmin acompress acpid acpiphp acregmax acregmin act actimeo action activated activating actively actor
actual adata add added adding additional additionalproperties addresses addrtype adds adj adjust
administrator admit adsd advertised aead aeio aeioaeio aer affinity afrom afs after afterwards ag again age
agent agetty aggregate agpgart agree agreed agrees ahead aic7xxx aida ain aiza akcipher akia al algapi alias
align aligned alignment alike allbutself allnodes alloc allocate allocated allocation allocator allow
allowance allowed allowing allows allrouters alma almalinux alpine already also alternate although amb amd64
amdgpu american ami among amount amzn amznc android announced anon anonhugepages anonpages anything anywhere
aoe apache apei apicid appimage applicable application applied applies apply apr april apt aptio arbiter
archive archives arcmsr area argon argument aroa around array arrive arrived arrives asia asks asn asp aspm
asrock assert assertion assign assigned associativity ast asus asymmetric ata atkbd atomic attach attaching
attempt attempting attestation attr attribute attributes attrs audit auditd audits aug august auth
authenticated autocompletion autodeflate autodefrag autofs automatic automount autosuspend aux avahi average
averages avoid award awsec ayou az baaaa backed background backing backlight backslashes backtrace backup
backups bad badly balance balancing ballooned bandwidth bank bar barriers baseboardserialnumber based
baseline baseloader basic batch batches battery bbhhh bbr bcachefs bcffsc bcffscffi become beegfs been began
begin beginning begins behaves being believe believes belong belongs below bench bencherror benchmark
benchmarks bert best besteffort better beyond bf bfbfd bfbff bfq bhi big bigger bin binary binfmt binutils
biomerge bionic biosdevname bist bitalg bites bitrev black blacklist blank blkback blkext blksize bloat blob
blockdev blocked blocking blocks blog bluetooth bnd bnx2 bnx2i bnx2x bnxt boards bochsbxpc body bogo
bogomips bond bookworm bootif booting border borders bottlerocket bottom bounce bound bounds bpf brackets
braille brake branch break bridging bring broadcast broker brought broxton bs bsg btime btree bucket budget
buffer bufferbloat buffered buffers bug builder building bullseye bundle burst burstable bursts buses busses
buster busybox button buy buyers bxpc byte cable cached caching cake calculate calculated cali calibrate
calibrated calibrating calibration callable called caller calling cancel cannonlake capability capable
capacity capamb capbnd capinh capped capprm carrier carry case cause caused cbc cciss ccitt cdroms ce
cedarfork center centos central ceph cephfs certificate cest cet cf cfbcopyarea cfbfillrect cfbimgblt cfq
cgt chain chance changed changes changing character characteristics characters check checkconfig checked
checking checks checksum checksums checktext cherryview chmod choice choose chosen chown chronyd chunk cifs
cilium circuit citrix claimed claims classes classic clat clean cleaned cleanup cleared clearly clflush
client clientaddr clients clk clocks clocksources cloexec close closed cls clusters clwb cma cmos cn cni co
coda codel codename codepage coherent cold collect color colord colours column columns combined comes
command commands comment commit commitlimit commits committed compact compare compat compile compiled
complain complete completed completion component composite compress compressed compresses compression
compressor computername computes concepts concurrent condition confidence configfs configure configured
configuring conflict congested congestion connect connected connecting connections connector conservative
consider const contained contended content contents continue contradict contradicted contradiction
contradictions contradicts contrib controlled conventional conversion cookie copes copying copyright cords
coreboot coredumping coreos coretemp correct corrected correction corrupt corrupted corsair cost costs
counters counts coupled coverage covered cp cpe cppc cpus cramfs crashed crashkernel crb crc crct created
creating creation creator credential credentials credit credits critical crng cron crond cross crowd crowded
crowding crucial crypto cryptomgr cs csc css cstate ctxt cubic cups cur cure curlftpfs currently cursor
custom cuts cwnd cxl cycle cycles da daemon damage damaged dasd database databases datagram datagrams date
dates davfs dax day days dbus dca dd deactivated dead deadline dearer deb debian debug debugfs debugger
debugging december decide decided decisive declared declares decode decoded decoder decompress decrease deep
deeply defaulted defaultgateway defaults defaultusername defcontext deferred define defined degraded delayed
delays delegate delete deleted delivered demand denormal dentry denverton depend dependency depmod
deprecated depth derived desc describe descriptor descriptors design designation designware destination
destroy detach detached detail details detecting detection determine deterministic devel developer
developers devfs deviceids devintf devpath devpts devtmpfs devtype devuan dffb dhcp dhcpdefaultgateway
dhcpdomain dhcpipaddress dhcpnameserver dhcpserver diag diagnostic dict did died dif diff differ differed
difference different differently digit digsig dim dimm direction directions directly directmap directory
direntry dirsync dirty disabling disagree disagrees discarded disconnect discover discovered diskstats
dispatch distance disturbed div dma dnow dns dnsmasq doc dock docs documentation documents doing domainname
doms done door dop dormant double doubles dovecot down downgrade download downloads dpc dracut draft drain
drift drive driverdatabase driverversion drm drop dropped drops dry dsd dsi dst due dumb dumping dup
duplicate duration during dw dword dynamically e100 e1000 e1000e ea earlier early earlycon earlydump
earlyprintk east easy eatures eb ecc ecd echo echoes edac edge edition editor edt ef effect effective efi
efifb efivarfs ehci eibrs einj eipalloc either eject ejected elapsed electric element elevated elf elrepo
embedded emergency emptied emul emulating emulator emulex enable enabling enclosure encode encoding encrypts
endian endpoint ends energy enforce enforcing engines enhanced eni eno enough enp ens ensure enter entered
entering entries entropy entry enumerate enumerated enumeration enx equal erofs errno errors erspan erst
escape esp est estimate estimated esv et etcd eth etherd eui eval evdev even evenly everything evict evicted
evidence evidenceerror evm exact example exceed exceeded except exception exceptions exclude exclusive exe
exec execute executed execution exfat exhaust exim exist existing exited exits expand expanded expect
expected expedited experiment expire expired expiry explain explains explicit exported exportfs exposed
expression ext2 ext3 ext4 extd extend extending extension extent external extlog extract ey eyj f2fs fabrics
facility fact facterversion factor factory fail fail2ban failed failing failover fails failswapon failure
fair fake fall fallback fallocate falls false fan faq far farther fast fasteoi fastest fatal fault faulty
fbcon fbdev fbfd fbff fbfront fc fcat fcmvxsdt fcvmfadt fdatasync fddi fdsize fe feb february fed fedora
feel fef fell fence fetch fetched fewer ffd ffdbfff ffdcfff ffdffff ffe fff fffa fffdfff fffe fffeffffff
ffff fffff fffffff ffffffffff fi fib fiber fifo fifth figure figures filehugepages filename filepmdmapped
filer filesys fill filling fills filtered filtering final find finding findings fine finish finished
finishes fio fips firewall firewalld firewalls fit five fix fixmap fixup flannel flash flat flatcar flaws
float floating floppy flow flushed fmap focal folders follow followed following follows font fonts fops
forcedac forcedeth forceflush forcing foreign fork form format formatdomain formatted forum forward
forwarding four fpm fq fraction fragmentation frame framebuffer frames framework freed freedesktop freeing
freeze freezes freezing fresh fri friday front frozen fsc fscontext fscrypto fsid fsrm fstab fstrim fstype
fsync ftp fullflush fully functionality further fuseblk fusectl future fwbr fwln fwpr fwupd fxsave gain game
games gap gaps gate gateway gave gbit gcc gcsfuse gdm geminilake general generally generate generation
generator geneve geniv gentle gentoo getaffinity geteuid gets getting getty gfni gfs2 gh ghes gi gib gid
gigabyte github give giving glob global glpat glusterfs gmt gnu go goes gone good goofys googlecloud got
governor governors gp gpfs gpio gpiochip gpiolib grace granted graph graphic gretap grew gro grow growing
grpquota grub gsi gssd gtt guaranteed guards guess guid guide gy had halt halted halves handled handler
handlers handshake hang happen happens hard hardwareconfig hardwarecorrupted harmless hashed hashing having
hcd hda head header headers heading headroom health heap heard heavily heavy hed height hest hexadecimal hfs
hfsplus hgst hibernate hibernation hid hierarchy highest hinder hinders history hit hmac hmem hole home hook
hop hosted hostile hosting hostnqn hot hotpluggable hour hours however hpbussize hpmemsize hpsa hptiop hsr
hsu ht htm html httpd https hub hugepagesize hugepagesz hugetlb hugetlbfs hugetlbpages human hundred hung
hvc hvml hwaddress hwe hwm hwmon hwp hwrng hybrid hynix i2c i40e i801 i8042 i915 iavf ib ibp ibpb ibrs ice
icmp icon ida idea ideal identifier identifies identify identities identity idmapd ieee ifacename ifalias
ifma ifnames igc igen6 igfx ign ignore ignored ignoring igpu illegal ima image images imitates immediate
implementation implemented implicit import improper improve inactive include included including incoming
incompatible incomplete inconclusive inconsistent incorrect increase increased increment incus incusbr
indefinitely independent indicate inet inf inflate inflated inform infrastructure ing inh inherit inhibit
initialisation initialise initialised initialization initialize initializing initiator initiatorname initmem
initramfs initrd inject inner innodb ino inode inode32 inode64 inodes insert inserted inspur install
installable installation installing instances instead instructions insufficient insyde integer integrated
integrity intended intensive inter interactive intercept interleave interleaved intermediate internal
interpreter interval intervals intl intr introduction invalid invalidate invalidation inverse invert
invocation invtsc inwards ioasid iocharset iodepth ioengine iomem iomm iommuv ioping iops ios iosched iosf
iothread iova ip6gre ip6tnl ipaddress iperf ipmi ipvs ipvtap iqn irqaffinity irqbalance irqfixup irqpoll isa
isci iscsi iscsid iso9660 isolate isolated isolcpus issue issued itco items iterable iterate iteration
iterator itu ixgb ixgbe ixgbevf iza jack jammy january jbd jffs2 jfs jiffies jitter job jobname jobs join
joined journal journald joydev json jsonl judged judgement juicefs jul july jump jun june juniper just
k10temp k8s kali kasan kaslr kbdfront kcore kdf keep keeping kept kernelstack keyboard keyring keyword khz
ki kib kill killed killing kills kin kinds kingston koct kpp krb5 krb5i krb5p kreclaimable ksmtuned kstat
kthread kubeadm kvmtool kyber l1tf lab label labs lack ladder landlock language languages lapic large
largeio larger last lastloggedonuser lasts lat late latency later latest lay lazy lazytime lc lck ld leader
leak leap learned learns least leaving led leds len length let lewisburg lf lib32 lib64 libaes libahci
libaio libata libblake libcryptoutils libexec libps libps2 library libsha libvirtd libx32 licence license
lid lie life light lightdm like limit limitation limited linear linked links listen listening listens
literal live lives lnxcpu lnxpwrbn lnxslpbn lnxsybus lnxsystm loader loading localdomain locale localhost
locality localnet location locations locator lockdown locking logbsize logbufs logged login logind loglevel
logname logo logs long longer longest look looking looks lookupcache loopback loops lose loses losing loss
lossy lost lower lowerdir lowered lowest lowlatency lowmem lpc lpfc lsm lt ltai lts lun lustre lvm lvmetad
lvmpolld lxcbr lxd lxdbr ly lz lzo machineguid macintosh macvtap madvise magic mail mailname mailto
mainboard mainline maintain maintenance maj making man manage managed manages managing mand mandatory
manjaro manual manually manuals many mapper mar march mariadb marked marking markup marvell mask masking
masquerade master match matched matches matching material math mathis matrix matters maxbytes maxcpus
maximum maxkeys maxphyaddr maxproto maybe mb mbcache mbi mbit mbps mca mcastprefix mce mctrl mdadm mean
meaning means meant meanwhile measurement measurements measures measuring mechanism media mediated medium
megasas megatrends memballoon member membership memfree memories memoryview mems mended mends menu merge
merged merging metacopy metadata metavar method mfd mfs mgag200 microarchitecture micron microsecond
microseconds mid middle might migrate migrated mii millisecond mimic mine minikube minimal minimum minix
minorversion minproto mint minute minutes mip mipi mirror miscellaneous mismatch missed misses mix mixed
mkconfig mkswap mlocked mlx4 mlx5 mmap mmcblk mmxext mobile moby modalias modeling modemmanager modes
modeset modest modified modify modinfo moment moments mon monday mongo mongodb monitoring motherboard
mountaddr mounting mountport mountproto mountvers mouse mousedev moved moves moving mpi mpls mpt2sas mpt3sas
mptsas mptspi msg msghandler mtdblock mtr mtrr mtrrs multi multicast multifunction multimedia multipath
multipathd multiple multiplexer multiplier multiprocessor mutex my mysql naa nameless nameserver namlen nan
nanoseconds napi narrow narrower nconnect ncpfs ncr nct6775 nd ndjson ne2k near nearest necessary needed
needname negative negotiated negotiation neighbor neighbour neighbours nerdctl netback netbiosname netns
netpoll netroot networkaddress networkd networking networkmanager networks newer newinstance newline next
nfkd nfnetlink nfs nfs4 nfsd nfsroot nft ngid nginx nic nice nics nixos nlmon nls nmbd nmi nnk nnvv noac
noacpi noaer noari noatime noatomic nobarrier noble nocb nocbs nocrs noctty nodes nodev nodiratime nodiscard
noefi noexec nofollow noforce nohz noibrs noinherit noirqbalance noise nokaslr nolapic nolock nologin nomad
nomerge nominal nomodeset nomsi nonblock nonewprivs nonvoluntary noop nopt noquota norandommap noresume
normal nosmap nosmep nosmt nossd nosuid note notes notice noticeable notif notifier notscdeadline
notsupported nouveau nov november now nowatchdog nox2apic np npm nqn nr nscd nsdelegate nsfs nslcd nspgid
nspid nssid nst nstat nstgid ntfs ntfs3 ntpd num numbers nvmem nvmet nvmf nx oasis object objects observe
obsolete obstacle obtain occupied occurred ocfs ocfs2 oct octet october odd offline offload offset often
ohai oid ok omitted ommand onboard once ondemand onto oops opc opcode opener openrc opensuse openvpn operate
operating operation operational operations opt optical optimal optimization optimize optimized option
optional options orangefs ordered ordering orientation origin original orphan osi ospke oss otherwise oui
our outer output overall overcommit overcommitted overhead overlap overlay2 overloaded override overrun
oversubscribed ovs ovsdb owned owns p2p pace pack package packagekit packages packets pad padhye pagesize
pagetables paid pair panel panic parallel paravirt paravirtualization parity park parse parsed parser
parsing partial partially partlabel partner parts pass passed passes passing passive passwd password past
paste pat pata patch path paths pattern pause paused pauses pays pbrsb pch pciback pcid pciehp pclmulqdq
pcnet32 pcspkr pdt peak peer pending per percent percentile percentiles percpu perf perform performance
pericom period periodic peripheral perm permanent permission permissions permit permitted persistent
personality pg pge pgrp phase phoenix phone php phrase phy phys pib pick piece pieces pin pinctrl ping pipe
pipefs pirq pit pixel pkcs pku places plan plane plans pldmfw please plug plugin plugins plus pm pmd pme
pmic pmtimer pmu pnd pnd2 pnp pod pointer points policer policers polkit polling pool pools poor popen
populated portable ports position positive possibly post postfix postgre postgresql posts pousr powercap
powered powering powersave ppid ppp pps preallocated precise predictable preempt preemptible preemption
prefer preference preferred prefetch prefixes prefixpath preflight prepare prepared presence press pressure
prevent previous previously price primary print printed printk prio prior priority privileged privs prjquota
prm probe probed probing problem problems procedure processed processes processing procfs procs produce
productid productversion programmable programmed progress prohibit project promiscuous promised prompt
propagate proper property protect protection proto protocol protocols provide providers psaux pse pseudo
pseudonym pseudonyms psi psk psmouse pstate pstore psync pte pthread ptm ptmx ptmxmode ptrval pts public
publish published pull pulls pulse purge purpose push put pve pvfs pwm px py pygrub pypi python qd qdisc
qla2xxx quad quality quanta quarter question queued queueing quic quick quiet quirk quirks quit quota qword
r8169 race radeon radio raise raised ramdisk ramfs ran rand randread randrepeat ranges rank rapl raspberry
raspbian rather ratio rational raw rb rc rclone rcu rcupdate rcutree rcvbuf rdma rdpid reach reached reaches
readable readers readiness readonly readthedocs ready real realloc really reason reasons reassign reboot
rebooting rebuild rec receive received receiver receiving recent recheck reclaim reclaimable recognize
recognized recommend recommended reconfigure reconnect recorder recordings records recover recovered
recovering recovery recursive recursiveprot redirect redirected redis reduce reduced redundant refer
references refill refined reflect refresh refuse refused refuses region regions registeredorganization
registeredowner registering registration regmap reinstall reiserfs reject rejected relabelled related
relatime relative released releasing relevant reload relocate relocated relocation remain remaining remap
remapped remount removal removed removing rename renamed render rent rep repair repeat repeated repeats
replaceable replaced replaces replacing replay replayed reply reports req request requested requesting
requests require required requirements requires reread rescan reseed reseeded reserved reserving resetting
resgid resident resize resizing resolution resolve resolved resource resources respond responding response
rest restart restarted restarting restarts rested restore restored restores restricted restriction rests
resuid result results resume resumed resv ret retire retpoline retpolines retrans retransmits retrieve retry
retrying return returned returning reuse rev reverse reversed revision rewrite rfc rhgb rich right rimm rise
rising rle rmnet roce rocksoft rocky romfs room rootcontext rootdelay rootflags rootfstype rootless
rootlesscontaine rootwait rotate rough round rounds route routed router routers routing row rpc rpcbind rsa
rsb rsize rssanon rssfile rssshmem rsvd rsyslog rt rtt rules ruleset runit runner rw s3 s3fs safely salt
samepage sample samples sandbox sandisk sanitization sanitizer sanity sat saturday saved saves saving saw sb
sbin sc scan scanned scanner scanning scans scatter scattered scd scffi sch schedstat schedule scheduled
scheduling schedutil schema scheme sclp scope score scout scoutapm scratch screen script scrub sda sdb sddm
seagate seal search searchlist sec seclabel second secondary seconds secpagetables secretmem section
sections sector sectors secured securityfs seed seems sees segment segmentation segments select selected
selecting selinux selinuxfs sell semaphore sender sending sends sensor sensors sent sep separate separately
september sequence sequential serdev serialize serialnumber serials serio serport serve servers serving ses
session settings severe severity sg shadowed shaper sharing shd shdpnd shiftfs shm shmem shmemhugepages
shmempmdmapped shortname should showed shpc shpchp shrink shrinking shrunk shuffle shut side sig sigblk
sigcgt sigign sigmask sign signaled signed significant sigpnd sigq sil silent silently similar simple
simpledrm simplefb simulate simultaneous single sis site sits situation sized sizes sk skcipher skew skge
skip skipped skipping sku skx sky2 sl slab slackware slave slcan slots slow slower slowest slowly slows slub
smack small smaller smallest smartd smartpqi smb smb3 smbd smbfs smbnetfs smbus smmu smp smpboot snap snapd
snaps snapshot snapshots snd snpguest socket sockets sockfs sodimm soft softirq softlockup solarflare sold
solid somebody something somewhat soon sorry sort sorts sos sosreport sound sources span spare sparse
special specific specification specifications specify spectrersb spectrum speculation speculative spgid spi
spice spid spidev spinning spl splash split spoils spoke spool spread spreads spurious sql square sram src
srcutree sreclaimable srv ss ssbd ssc ssds ssdt ssh sshd sshfs ssid sssd st stage stall stalled stalls stamp
standalone standstill starting startup statd static station statistics stayed stays stealing step stepping
steps stgid stibp stk stop stopped stopping stored stores stornvme straight strangers stream streams strict
strictatime strings stripe strong structure style sub subject subkey subkeys subnet subprocess subsysnqn
subtype subvolid success successful successor sudden sudo suffer sufficient suffix suggests suitable sum
summary sums sunday sunit sunreclaim sunrisepoint sunrpc superblock supermicro supervise supervised
supplicant supplied supplies supply supportconfig supported supporting supports suppress sure surface surp
surrogatepass survives suse suspend suspended suspending sustained sv swapaccount swapcached swapfile swapon
swapping swidth switches switching swtpm sym sym53c8xx symbol symbolic synced synchronization synchronize
synchronized synchronizing synchronous syscopyarea sysctl sysfillrect sysimgblt sysret sysrq systeminfo
systemserialnumber systemuuid tagged tail tailscale tainted taking tape targetcli targetname task tasks tc
tck tcp tech technology telling temperature template templates temporarily temporary ten tenant tenth term
terminal terminals terminate terminated test tested testing tests text tg3 tgid theirs then thermal thermald
thin thing things third thirty though thousand thousands thp thread threads threat threshold thresholds
threw throttle throttled throttling throughput thu thursday thus ti tianocore tib tick ticket tigerlake
tight tile timed timekeeping timeo timeout timeouts timer times timestamp timesyncd tiny tis title tls tm
tmp tmpfile tmpfs toggle token tolerance toml took top touch touched touchpad tpm traced tracefs tracer
tracerpid tracing track tracker trade traffic transaction transcend transfer transferred transfers transform
transhuge transition transitional translate translates transmit transmitted transmute transport trap trie
tried trigger triggered trimmed trip trips trixie trouble true truncate truncated trunk trust trusted truth
trx try trying ts tscmode tscs tty ttyama ttys tue tuesday tulip tumbleweed tunable tune tuned tuning tunl
tunnel tunnels tuple turbo turn turned turns twentieth twice tyan types typical uart uartio uas ubd ubifs
ubuntu ucs udev udevd udf udp udprcvbuferrors uek ufw uhci ulimit umask umip unable unaligned unanswered
unattended unavailable unbindable unbound unc uncached uncertain uncompressed uncore uncorrected underlying
understanding understood undisturbed unequal unevictable unexpected unexpectedly unhandled unicode uniform
uninitialized unique uniqueid unit units universal unix unless unlinking unload unlock unlocked unmap
unmapped unmodified unmount unmounted unnamed unpacks unplugged unreachable unreadable unreclaim
unrecognized unregister unregistered unreliable unsafe unset unsigned unspecified unstable unsupported
unsynchronized untag until untrusted unused update updated updates updating upgrade upgraded upgrades uplink
upload uploads upon upper upperdir upwards urandom urgent url urn us usage usageerror usbcore usbhid usbstor
usec used usedac useful usercopy userfaultfd userguide usermod username userspace userxattr usrquota usual
usually utc utf8 utility utilization v1 v2 vacant vaes vagrant valid validate validation value values vanish
vanished vanishes variant various vary vaudit vbmi vboxvideo vc vcpuop vcpus vcs vcsa vcsu vda vdb vdc vdd
vde vdf vdg vdh vdi vdj vdk vdump vectors verbose verdict verdicts verified verify verifying vers
versionerror versions vertical very vesafb vf vfat vgacon vgem victim view violation virbr virtblk virtlockd
virtlogd virtqemud virtuozzo visible vivaldi vkbd vmalloc vmallocchunk vmalloctotal vmallocused vmbr vmcb
vmdata vmemmap vmexe vmgenctr vmgenid vmhwm vmk vmlck vmlib vmlinuz vmmcall vmpeak vmpin vmpte vmrss vms
vmsize vmstat vmstk vmswap vmwgfx vmxnet3 vnc vnet vnni void vol voltage volume volumes voluntary vpc
vpclmulqdq vpd vpmu vpn vpns vpopcntdq vsock vswitchd vsyscall vti vtx vuln waet waited waiting waits wake
wakeup wal walk walks want wanted wants warm warn warnings waste watch watchdog watching wayland ways wb wd
wdc wdt weave web wed wednesday week weight well went western wf wg whatever wheel when wherever white
whoever why wide widely widens width wiki will winbind window wireless withheld withholds within witness
witnesses wl wlan wlo wlp wlx wmi wnd won work workdir worker workers working workload workloads workqueue
works workspace world worried worse worst worth wp wpa wpdbusenumroot wrap writeback writebacktmp writer
writing written wrong wsize ww wwan wwid wwn www wwx x2apic xattr xbfffffff xdg xdp xenbits xenbus xennet
xenproject xf xffffffffc xffffffffffffffff xfrm xfs xino xl xml xorg xox xsaves xt xtopology xvda xvdb xxff
xxhash xz ya yama year years yes you your yours yourself za zbud zero zeroed zeroing zfs zlib zones zpool
zsmalloc zstd zswapped zt zvol
"""
COMMON = frozenset(_COMMON.split())
"""A name only where it is known to be this machine's."""
