"""Words that are no one's name. Made by tools/vocabulary.py."""

_EVIDENCE = """
aa aarch ab abcdef abm abort above absent accelerated access acpi acrn acrnacrnacrn acrnvm actions active ad
adapter adapters adaptertype adaptive add additions addr address addservice admin advanced adx ae aes af
affected against agent agp ahci ahcix ahv ahypervisorhasbeendetected akamai alibaba aliyun all alone along
alpha already always am amazon amazonec amba amd amdide amdsata amp ampere an anbieter and announce
announces another ansible answer answered answers any anyconnect anyone anyway apart api apic apicv apm app
apparmor apple appliance applicable ar arat arch architecture are arm armor armv armvirtqemu arrive as ascii
aside asimd ask asked asset assist async asynchronous at ata atapi ati atom attached attest aucun audio aufs
authentic authenticamd auto automatic automatically avail available avic avx aware away aws awsliteagent
awsnvme azure ba back backend baf balloon ballooned balloonservice bare barrier base baseboard
baseboardmanufacturer baseboardproduct based basedsecurity bc bcache be bec because beef been before beh
behind beneath beside between beyond bfc bhyve bind bios biosmanufacturer biossmbiosbiosversion biosvendor
biosversion biri birtualiz bit bitlockerstatus bitmap bits blk blkdev blkfront blkio blnsvr block
blockdevices bluetooth bmi board boardmanufacturer boardproductname bochs bonding book boot booted booting
boots bootstatus both bound boundary box br brak brand brandz breakpoint bridge bridged bridgemp bridges
broadcom broadwell broken bronze bsd bsdvmm bt bth bthenum bthle bthpan btime btrfs bubblewrap bugs build
buildkit builds built builtin burns bus businfo buslogic bustype busy but bvutil bw bwrap bx by bypass bytes
ca cables cache caches cafe call callback called calls came can cannot cap capabilities capeff caps caption
capture card cards carries cascadelake cavium cc cca cchip ccw cd cdd cdrom cdromqemu cdromvbox ce celeron
cell centaur centaurhauls certain cfg cgroup cgroups change channel channels char characteristics chassis
cheap checking checks cheio child children chip chips chipset chromium chromiumos chroot chrp cirrus cisco
citrix class classguid clear clflushopt clock clocks clocksource clocksources clone cloud cloudh cloudstack
cluster cm cmd cmdline cmov cmp cnet coal code com come comm common communication compared compatible
compatibleids compleet complet completa completo compute computer computerids computerinfo computersystem
computersystemproduct conclusion conf confidential config configflags configmanagererrorcode configuration
configured connection conntrack console constant constr container containerd containerenv containers
contenedor conteneur contention contentor context contradicting control controller controllers convertible
copied copies copy core cores coresharing corp corporation could count counted counter cp cpu cpuacct
cpufreq cpuid cpuidle cpuinfo cpulimit cpures cpus cpuset cpusets cr crash create created creationclassname
cri crio critical criticaldevicedatabase crosvm cs cscsi cshypervisorpresent csmanufacturer csmodel
csprocessors cssystemtype cstotalphysicalmemory csum ctrl current currentbuild currentbuildnumber
currentcontrolset currentmajorversionnumber currentminorversionnumber currentversion cut cv cx da data
database date db dc dco dd de debug debuggers dec decchip decides declare dedicated default deflate del
delay delivery dell demand denied dependent desc description desktop dest detect detected dev development
device devicedesc deviceguard deviceguardsmartstatus deviceid deviceids devicename devices devicetree
devnode df dh dhcp dhcpenabled dhyana did digital digitalocean digits dir direct directed directmap dirty
disable disabled discard disconnected disk diskdrive diskqemu disks diskvbox diskvirtual display disproves
distribution divides dm dmar dmesg dmi dmidecode dmp dmvsc dn dnowprefetch do docker dockerenv dockerinit
does dom domain domains domid domu done dosdevices dpa dq dram drbd drive driver driverdatabase driverdate
driverinffiles drivername driverpackages drivers driverversion drives ds dsdt dservice dt dummy dump duo
duplex dvd dx dxdiag dying dynamic each eax ebm ebs ebx ec ecn ecs ecx ed edk edx ee efa eff efi ei el
elastic elevator else elsewhere em empty emulate emulated emulates emulation emulators en ena enable enabled
enabledhcp enablevirtualizationbasedsecurity encrypted encryption end ended enforced engine enlightened
enlightenments enterprise entity entries enum env envid environ environment eoi ept epyc erase erms error es
etc eth ethernet ethtool event events ever every evmcs evmmevmmevmm evtchn ex exactly exists exit exoscale
export expose exposevirtualizationextensions express ext extapic extended extensions extra ez fa fabric face
facp facter facts false family fast faster faults fb fd fdc fe feature features fetches few ff ffb fi fib
field fields file files filesystem filesystems filled filter filters finds finer fireck firecracker firmware
first fits fixed flag flags flatpak flexpriority flush flushes fma folder for force forced fornec fortinet
found foundation fp fpu free freezer freq frequencies frequency friendly friendlyname from frontend fs
fsgsbase fsutil fujitsu fuld full function functions fuse fw fwcfg fx fxsr ga garden gather gb gbe gc gce
gcp gd gds geen gem gen generated generic genuine genuineintel geometry get giappdef gigabit given gives
global globalmemorystatusex gmb gmbh gnscvmbus gntdev go goes gold google gpa gplpv gpt gpu grant grants
graphics gre group groups grpc gso guard guest guests guid gunyah gva gve gvisor gvnic gz gzip hal half
haltpoll hamachi hand handed handle hands handset hangs harddisk hardly hardware hardwareconfig hardwareid
hardwaremodel harper has hash haswell hat hauls have haven haxmhaxmhaxm hba hc hci hcloud hcmon hd hdaudio
hdc hdrlen heartbeat held help helps here hetzner hewlett hi hiberboot hiberbootenabled hiberfil hibernate
hibernateenabled hibernateenableddefault hid hidden hide hides high higher highmem hint hints hipernadz
hiperv hipervizor hisilicon hitachi hive hklm hme hold holder holds host hostname hostnamectl hosts hotplug
how hpet hppa hre htree huawei huaweicloud huge hugepage hugepages hv hvm hvmop hvs hw hwinfo hy hygon
hygongenuine hyp hyper hypercall hypercalls hyperkbd hyperv hypervideo hypervisor
hypervisorenforcedcodeintegrity hypervisorlaunchtype hypervisorpresent hypervisors hypervizor
hypervrequirementvirtualizationfirmwareenabled hypervrequirementvmmonitormodeextensions hz ia iastor iastora
iastorac iastoravc iastorv iastorvd ibm ibmcloud ibs ic icelake ich id ide idecontroller identify idle ids
idvendor idx ie if ifb igb igbvf ii ili illumos image imagepath ime imitate imitated imitators implementer
in inc index indirect inet inf inference infiniband inflate info information infpath ingen init initial
initialising initialized initiator inno innotek inout input inside install installed instance instanceid
instruction int integration integrity intel intelaudio intelide inteltdx interface interfacedescription
interfaces internet interrupt interrupted interrupts into invalid invariant inventory invisible invpcid inxi
io iommu ionos iov ip ipaddress ipc ipconfig ipi ipip ipis iptable iptables ipv ipvlan irq is isatap iscsi
iscsiprt ismi isolates isolation isuseranadmin it itanium item itlb its itself ivshmem ivy jailhouse james
jan jiffies judge kapsay kata katashared kb kdnic keeps kein keine kernel kernelrelease kernels
kernelversion key keys kh killer kind kit kmdd kmloop kmsg know knowing known ko kontejnerov kontener kosong
kpti krnl ksek ksm kube kubelet kubepods kubernetes kubevirt kvm kvmapf kvmclock kvmkvmkvm la lacked lacks
lahf language laptop largest last lastconfig lastid late latin layer layers layout lbrv ldoms le leaf learn
leave leaves left legacy lenovo less lets level levels lib libpod libvirt lies lifetime likely limited
limits line lines link linode linux list listed lists liteagent little lkvm lkvmlkvmlkvm llare lleno lm lo
load loadable loaded loader local location locationinformation lock locked locker locks log logic logical
logicalname looked loongarch loop loopback lose lost low lower lowerfilters lpar lptenum lrpepyh lsblk lscpu
lshw lsi lsmod lspci lx lxc lxcfs lxssmanager mac machine machines macvlan made main mainbus major make
maker makers makes maks mallinimi mana management manager manual manufacturer map maple mapped mapping
mappings mark marking marks masked masks mass masters max maxclockspeed may mb mbr md mdesc mds me measure
measured measures mega megaraid megasas mellanox meltdown mem memavailable memcg memdev meminfo memlimit
memmap memory memres memtotal message messages met meta metal mhz mi mib micro microblaze microcode
microsoft migration min miniport minor mips misalignsse misc missing mitigate mitigated mitigation
mitigations mm mmc mmio mmu mmx mnt mo mobo mod mode model modela modellname modellnamn modello modelnaam
modelnavn modelo models modelu modem modern modprobe module modules monitor more most mostly motherboard
mouf mount mounted mounteddevices mountinfo mounts mouse movbe move moved moves mq mqueue mrg ms msahci msft
msftvm msi msinfo msiscsi mslbfoprovider msloop msr msrs mt mtd mtu much multihit multiplexor must mv
mvendorid mware na nada name named names namespace namespaces nat native natively nazwa nbd ndig ndis
ndisimplatformmp ne nearly neben nec need needs nehalem neither nenhum neofetch nested nesting nests net
netadapter netdev netfilter netfront netkvm netvsc network networkadapter networkadapterconfiguration
networkadapters networks never new newest nf nftables ng nh ni niagara nics ninguno nip nitro no noapic
nobody node nointegritychecks nokvm nom nombre nome nomodule non nonarch none nonstop nop nopl nopti nopv
nopvspin nor nospec nospectre not notf nothing notification notify nova novell nowhere npcap npt nr nrip ns
nspawn nt null nullb numa number numberofcores numberoflogicalprocessors numbers nutanix nv nvidia nvm nvme
nvmm nvstor observation ocean oci oem of off offer offered offers offloads ohai ohci old older on one ones
online only oom op opal open openable openbsd openbsdvmm opened opening opens openshift openstack openvpn
openvswitch openvz openvzve operating operatingsystem operstate opteron options or oracle oraclecloud order
ordinary org origin os osfamily osname osrelease ostype osversion osvw other others out outscale outside
outweighs ov over overflow overlay overlayfs overridden override ovh ovhcloud ovirt ovmf ovpn own owner
owners package packages packard packed packet pae page pages pagetable paging para parallels parameter
parameters paravirtual paravirtualizace paravirtualized paravisor parent parentidprefix part partition
partitions partitionstyle partmgr passthrough past path payload pc pci pcie pciide pcmcia pcnet pcscsi pdpe
pe pef pefirmwaretype penuh perfctr performance persistent persistentdisk pf pgdir ph phyp physical
physicaldisk pi pid pids piix pirqs pit place plain platform platforms platinum pln ploop plugged pm pmem pn
pni pnp pnpclass pnpdevice pnpdeviceid pnpentity pnpinstanceid pnpsigneddriver pnputil podman pods point
poison policy poll pool popcnt port posix possible pouch power powermac powernv powerpc powervm ppc pr
prebuilt preempted prefix prep present preserve pretty printenum prints private privcmd privilege prl prls
pro probable probably proc process processor processors prod product productname productoptions producttype
profile program programs project promise promises proot properties prot protected protects protvirt proves
provided provider providername proxmox ps pseries pst pstate psw pt pti ptltd ptp ptrace put pv pvbus
pvclock pvdisk pvh pvhvm pvm pvpanic pvrdma pvscsi pvscsii pvvxblk pvvxbn pvvxnet pvvxscsi qcom qemu qnx
qnxqvmbsqg qspinlock qualcomm qubes query queryperformancefrequency queue queues qumranet qxl qxldod radio
rage raid ram random range rate raw rbd rdrand rdseed rdtscp re read reading reads ready realm realtek
realtime recipiente record recorded recording red redhat reenlightenment ref refcnt reference refined reg
register registered registers registry registrykey regular rel relaxed release reliable remapping remote
removable remove removed rents replace replaced report reported reporting requests reserve reset resolv
resources restrict retbleed rfds rhel rhelfltr rhelnet rhelscsi rhelsvc rhev rien rights ring rings rip
riscv river rkt rma rme rng ro rob rocker role rom root rootfs rotational route rs rsc rsdp rsdt rsi rss
rstack rtc rtl rule run running runs runtime rv rx rxbuf ryzen safe said same sampling samsung san sanalla
sandy sanpolicy sas sata save say says sbp scaleway scaling scenarios sched scheduler scm score scsi
scsiadapter scsicontroller scsifilt scsifront sd sdevice sea seabios seccomp secnvme second seconds secret
secrets section secure security see seen sees seg seldom selection self semi send serenum serial series
served server serves service servicename services session set sets setting setup setupapi sev several sh sha
shadow shanghai share shared shares shift short show shown shows shutdown shutdownmon si siblings signal
signature signed signer signerscore sii silicon silver simfs since sit size skinit skylake slaves sleep
slice slot sm smap smart smartdc smbios smbiosbiosversion smbiospresent smccc smep smt snapshotter snip snp
so soc socketdesignation software some something sound sounddevice source sources sp space spaceport spaces
spar sparc speak speaks spec specified spectre speed spin spinlock spinlocks squashfs sr srbds sre
sresresresre sriov srso ssd sse ssse stable stack staged stale standard standby stands start started
startoverride starts stat state states stats status stay steal stealtime still stimer stolen stops storage
storahci store storflt stornvme storvsc str strg string stsi subscription subsys subsystem subsystems subvol
subvolumes success successfully such summary sun super supervisor support surrogateescape suse svendor svga
svm sw swap swapfree swapgs swapped swaps swaptotal swd swiotlb switch switched switches symmpi sync synic
synthetic synthvid sys syscall sysfs sysinfo system systemberatung systembiosversion systemd systemdrive
systemfamily systeminfo systeminformation systemmanufacturer systemmodel systemproductname systemroot
systems systemstartoptions systemtype systemversion systemz sz taa table tables tablet tag tailscale take
taken takes talks tam tap tapoas target tb tcg tcgtcgtcgtcg tcpip tdx team tek tell tells tencent teredo
termination testsigning text tf tg th than that the their theirs them themselves there these they things
this those three through thumb time timers timesync timeweb timing tlb tlfs tmem to today together told tom
too tool toolbox tools topoext topology toshiba total totalphysicalmemory totalvfs tpr trace tracepoint
tracking trans translated translation transparent tree trie true tsa tsc tsm tso tsx tulip tun tunnel tuple
two tx txt type uarch ubi udevadm uefi uevent ufo ufs uid umb uml uname unavailable unbind undefined under
unhalt unified uniqueid unisys unisysspar unknown unless unlike unloaded unmet unplug unprivileged
unrecorded unrestricted unstable untold up upcall upcloud updated upper upperfilters uprof us usable usb
usbcontroller usbprint usbstor use used user userns users uses using uso usr utf utils uts uuid uv va var
variable variant vates vbd vbox vboxdrv vboxguest vboxmouse vboxnetadp vboxnetlwf vboxservice vboxsf vboxsup
vboxvboxvbox vboxvideo vboxvideow vboxwddm vbs vcpu vd vdpa ve vector ven vendor ver version veth vfio vfs
vga vgauthservice vhdmp vhost vi via viaide vid video videocontroller vif vio viocrypt viofs viogpudo
viogpudod viohidkmdf vioinput viomem viorng vioscsi vioser vioserial viosock viostor viridian virsh virt
virtio virtiofs virtiofsdrv virtioserial virtiosocket virtrng virtual virtualbox virtuali
virtualisationenabledinfirmware virtualiz virtualization virtualizationenabledinfirmware
virtualizationfirmwareenabled virtualized virtualpc visor vista vl vlan vlds vm vmbus vmbushid vmbusr vmci
vmcs vme vmexit vmhgfs vmicheartbeat vmm vmmemctl vmmonitormodeextensions vmmouse vmms vmnetadapter vmpl
vmrawdsk vmscape vmscsi vmsmp vmsnpxymp vmsp vmstat vmsvsmp vmsvsp vmtools vmusbmouse vmvss vmw vmware
vmwarevmware vmx vmxnet vnic vnmi vnode volatile voll vollst volume vp vpcid vpn vps vq vr vrf vrtioblk
vrtual vs vserver vsock vsockets vt vtioscsi vtom vulnerab vulnerabilities vulnerability vulnerable vultr
vwifimp vx vxid vxlan vz wait waits wanted warning was way wce weak weaker were westmere what when where
whether which while who whole whose wi wider wifi win wind windows wine winnt wintun wire wireguard wireless
wirtualiz with within without wlan wmi word words workstation would wpdbusenumroot writable write writes
wrote wsl wslservice xc xcp xen xenagent xenblk xenbus xencache xencons xencrsh xendisk xenevtchn xenfilt
xenfs xenguestagent xenhid xenhvm xeniface xeninput xenlite xennet xenpci xenscsi xenserver
xenshutdownmonitor xensource xensrc xensvc xenu xenusb xenvbd xenvbdfilter xenvif xenvkbd xenvmmxenvmm xeon
xfs xgetbv xhci xl xmm xn xp xsave xsavec xsaveopt xsdt xtensa xvd xx xxx yabs yandex yes yet yield yields
ysi zd zeroes zerotier zev zlinux zone zoned zram zswap zvm zx
"""
EVIDENCE = frozenset(_EVIDENCE.split())
"""What facts are read from: never taken for a name in running text."""

_COMMON = """
8139cp 8139too 9p aaaa aacraid aaj abar abcd abcddeefaabbcc abcdefabcdef abi abilities able abnormal aborted
about abrt abrupt abs absolute abt abts abuse ac ac97 acard acb acc accel acceleration accelerometer accept
acceptable accepted accepting accessed accessibility accessible accidents accommodate according account
accounting accounts accum accumulate acdirmax acdirmin ace acer acerhdf ach ack acked acking acknowledge
acknowledged acknowledgement acl acls acmd acomp acompress acpid acpihid acpiphp acpiv acqecnt acquire
acquired acquirewdt acquiring acregmax acregmin across acs act actimeo acting action activate activated
activating activation activelow actively activity actor acts actual adapt adaptec adata adc added addgroup
adding addition additional additionalproperties addrconf addressable addresses addrhi addrlabel addrlo
addrtype adds adev adisc adj adjacency adjtime adjust adjustable adjustment adma administration
administratively administrator adminq admit adq adr adsd adv advance advansys advantechwdt advertise
advertised advertisement advertising advertize advised advisory adxl aead aeio aeioaeio aen aenmb aenq aer
aesni afb afex affect affiliation affin affinity afrom afs after afterglow afterwards ag again agaw agbno
age agents agetty agg aggregate aggregator aggressive agino agno ago agpgart agpstat agpx agree agreed
agrees ahash ahead ahmac ahs aic aic7xxx aida aiee ain aio aiptek airport aiza aka akcipher akia akid al
alarm alarmed alarms alauda alderlake alert alg algapi algo algorithm algorithms alias alid alienware align
aligned alignment alike alive allbutself allmulti allnodes alloc allocatable allocate allocated allocating
allocation allocator allocsize allow allowance allowdac allowed allowing allows allrouters alma
almacenamiento almalinux almost alpine alpinelinux alps alsa also alt alternate alternatives although altmap
altsetting amb ambiguity ambiguous amd64 amdgpu ame american amgm ami among amongst amount amzn amznc analog
analysis analyze anbindung ancestor ancho anchor ancillary andd android anew anforderungen announced anolis
anon anonhugepages anonpages ansi answering anti anybody anymore anything anythread anywhere aoe aops apache
apanel apci apei aperture apicid apls apn apparently appear appears append appimage appletouch application
applied applies apply appraise appropriate approved apps apr april aps apsize apst apt aptio aqrx aqtx
arbeitsspeicher arbiter arbitration arc architected architectural archive archives archiviazione arcmsr area
areca arfs arg argh argon args argument argv arithmetic armazenamento armbian armed arming aroa around arpa
arq array arraywith arrived arrives article articles asahi asc ascinitfromeep ascq asia asic asid asking
asks asl asleep asn asp aspect aspm asrock assemble assert assertion assign assigned assignment assignments
assoc associated association associative associativity assoclen assume assumed assuming ast asus asustek
asym asymmetric atio ation atkbd atn atomic atp atr atsr attach attaching attachment attack attacks
attainable attempt attempting attention attentions attestation attn atto attr attrib attribute attributes
attrs atyfb atype audit auditd audited auditfilter audits auditsc aug august auid auth authattr authattrs
authchallenge authenticated authentication authenticode authkeyid authority autobalancing autodeflate
autodefrag autofs autogroup autojoin autoloading automated automount autoneg autonegotiation autopm
autoresume autosuspend aux auxerr auxiliary av avago avahi availability avc avec average averages avg avoid
avoidance avtab awaiting awake award awsec axis ayiee ayou az baaaa backed background backing backlight
backlog backplane backref backslashes backtrace backup backups backward backwards bad badly balance
balancing band banda bandbreite bande bandwidth bank banner bar baremetal barrierack barriers bars
baseboardserialnumber baseline baseloader bases bash basic bat batch batches battery baud bb bbandwidth
bbcount bbcr bbhhh bbr bcachefs bcast bcd bcdedit bcffsc bcffscffi bcm bd bdbbaf bde bdev bdf bdmi bdt
beacon bear became become becomes becoming beegfs began begin beginlog beginning begins begun behave behaves
behavior behaviour being beiscsi believe believes bellek belong belongs below bench bencherror benchmark
benchmarks bert besides best besteffort betriebssystemname betriebssystemversion better bez bf bfad bfbfd
bfbff bffe bfound bfq bfsort bghm bgrt bgstat bhb bhi bias bidi bidirectional big bigalloc bigger bin binary
binfmt binutils bio biomerge bionic biops biosdevname bioset biosreleasedate biotail bip bipv bis bist
bitalg bitblt bites bitlocker bitmask bitrev bitset bkops bkup black blackhole blacklist blank blen blink
blkback blkcg blkcnt blkd blkext blkgrd blkno blks blksize blksz blktrace blktraces bloat blob blockcount
blockdev blocked blockguard blocking blocknr blocks blocksize blog blue blueflame bmac bmap bmask bmax bmdma
bmp bnd bndcfgs bno bnode bnx bnx2 bnx2i bnx2x bnxt bo boards bochsbxpc body bogo bogomips bogus bond
bookworm bool boolean booleans boost boosts bootable bootargs bootcode bootconfig bootconsole bootif
bootloader bootstrap bootup border borders borken bottlerocket bottom bounce boundaries bounds bpf bpp bps
brace brackets braille brake branch break brelse brequest brequesttype bridging brightness bring bringing
brings brl broadcast broker brought broxton brst bs bsg bsize bsp bss bsy btb btf btmap btns btree bucket
budget buf buff buffer bufferbloat buffered buffering buffers bufflen bufio buflen bufs bufsize bufsz bug
buggy builder building buildnumber bulk bulletin bullseye bundl bundle bup burn burst burstable burstcount
bursts buses busfree busn busses busted buster busybox button buy buyers bvec bvirtio bxpc byte bytecount
bytenr bytesin bytesout bz bzimage cab cable cached cacheinfo cacheline caching cachyos cake calc calculate
calculated calculating calculation cali calibrate calibrated calibrating calibration calipso callable caller
calling callopt camera cancel cancelioex cancellation cancelled cancelling candidate cannonlake canonical
cantidad capability capable capacities capacity capamb capbnd capid capinh capped capping capprm capsule
capval cardbus cared careful carefully carrier carry carte cascade case cast cat catch categories cats cattr
catz cause caused cbc cblock cbs ccb ccbs cccr cciss ccitt ccix ccmd cdata cdb cdda cdev cdroms cedarfork
ceil celsius center centos central centronics ceph cephfs cert certificate certified certs cest cet cf cfb
cfbcopyarea cfbfillrect cfbimgblt cflags cfmws cfq cfs cgid cgt chain chance changed changelog changer
changes changing chap character characters chardev charge chart chattr check checkconfig checked checkpoint
checkpointing checkreqprot checksum checksumming checksums checktext chef chelsio cherryview chg chkdsk
chkready chmod choice choose chooses choosing chosen chown chrdev chromebook chromeos chrontel chronyd chunk
chunksize ci cid cifs cilium cipher cipso cipsov circuit circular civd ckable cks cksum claim claimed
claiming claims clamped clamping clariion classes classic classid classification classifier classname clat
clean cleaned cleaner cleanup cleared clearlinux cleos clflush clfsh cli client clientaddr clients clipped
clipping clips clk clobbered clocked clockevents clockid clockmode cloexec close closed closehandle closing
cloudlinux cloudpods clr cls clsact clusters clwb cma cmap cmci cmdcmplt cmdid cmdiocb cmdq cmds cmnd cmnds
cmos cmpl cmpxchg cn cni cnic cnr cnt cntl cntlid cntrl cntxt co coalesce coalesced coalescing coarse
cocsipcecos coda codec codel codename codepage coding coherent col cold collect collection collides
collision collisions color colord colormap colours cols column columns comb combination combined combining
combo comes coming command commandline commands comment comments commit commitlimit commits committed
committing communicate communicating comn comp compact compactpci compal compaq comparable comparators
compare compares comparison compartid compat compatibility compdef compensate compile compiled compiler
compl complain complement complete completed completedprocess completedqs completes completion completios
complex compliance compliant component compose composite compound compreply compress compressed compresses
compression compressor compromised computed computername computes computing con concurrent cond condition
conditional condivis confidence configfs configurable configure configuring confirm confirmed conflict
conform confused congested congestion conn connect connected connecting connections connectivity connector
connectx conntype cons consecutive conservative consider considerations consistency consistent const
constraint constraints construct constructed constructor consume consumed consumer consumes consumption cont
contact contain contained containerized contains contended content contents contexts contiguous continuation
continue continuing contradict contradicted contradiction contradictions contradicts contrib contribution
contributions controlled controlling controlset convention conventional conversion convert converted
converting converts cookie cooling coord coordinate coordinates copes copper copying copyright cords
coreboot coredump coredumping coreid corename coreos coretemp corr correct correctable corrected correction
correrrcnt corresponding corrupt corrupted corruption corsair cost costs cotable couldn counters counts
coupled coupler couples coupling cover coverage covered covers cow cpa cpanel cpc cpci cpe cper cpin cpio
cplsw cppc cprng cpuhp cpumask cqe cqes cqhci cqid cqn cramfs crashed crashkernel crb crbwin crc crct crdump
createfilew createiocompletionport createrepq createreqq createunit creating creation creator cred
credential credentials credit credits creds crit crng cron crond crontab cross crowd crowded crowding crs
crspace crt crtc crucial crypt cryptlen crypto cryptographic cryptography cryptomgr csc csd csdm csdversion
csem cseq csn csr csrow css cst cstate csts csv ct ctag ctime ctio ctl ctlr ctr ctx ctxs ctxt cubic cuid
cups cur cure curlftpfs curphase curr currently currentuser cursor cuse custom customers cutoff cuts cuu cvl
cvlan cvt cwnd cxl cycle cycles cyclic cycling cyl cylblk cylblocks dad daddr daddrv daemon daily damage
damaged dangerous dasd dash dat databases datacount datagram datagrams datalen datapath datasync
datentransfer datenvolumen dates datum davfs dax day days dazed dbg dbs dbus dbx dca dcache dcb dcbx dcdb
dcmd dctx ddc ddebug ddos ddp ddr deactivate deactivated deactivation dead deadline deadlock deallocate
deallocated deallocating dearer deb debian debounce debugctl debugfs debugger debugging decap decay december
decide decided decimal decision decisive declared declares decode decoded decoder decoding decompress
decompression decompressor decrease decrement decrypt decrypted decryption dedicad dedicat dediziert
dedykowan deep deeply def defaulted defaultgateway defaults defaultusername defcontext defect defer deferral
deferred deferring define defined definition defrag degrade degraded degrees delalloc delayed delays
delegate delete deleted deletevalue deleting deletion deliver delivered delrepq delta demote demux denormal
density dentries dentry denverton deny denying denylist deoffload depend dependency deployment depmod
deposit depot deprecate deprecated depth dequeue dereference deregister deregistered deregistering
derivation derived des descr describe descriptor descriptors descsz design designation designware desired
destination destopt destroy destructors detach detached detail details detecting detection determine
deterministic devcmd devel developer developers devfn devfreq devfs devhandle deviates deviations devicetype
devid devinfo devintf devkmsg devlink devloss devm devname devpath devpts devreg devrst devs devslp devtest
devtmpfs devtype devuan dfa dffb dflt dfrag dhcpdefaultgateway dhcpdomain dhcpipaddress dhcpnameserver
dhcpserver dhfis di diag diagnostic dict dictionary didn die died dif diff differ differed difference
differences different differently differs digest digestsize digit digsig dim dimension dimensions dimm
dindex dinit dinode dio dioread dipm direction directions directly directory directx direntry dirsync
dirtied dis disabling disagree disagrees disallowed disallowing disarming disc discarded discharge disco
disconn disconnect discos discover discovered discovery discrete disguise disize diskcache disklabel
diskless diskpart diskseq diskstats disp dispatch displ displacement displayport disputed disque disques
disrupted dist distance distant distinguishing disturbed div divider divisible divisor dix dlen dlength dlid
dlimit dll dlvry dma dmabuf dmac dmadevice dmae dmaengine dmafis dmask dmfs dnow dns dnsmasq doas doc dock
docs document documentation documented documents doesn doing domainname doms donating donation door doorbell
doorbells dop dormant dorq double doubles doubtful dout dovecot down downgrade download downloads downstream
doze dozen dpc dpll dpm dpms dport dprtstrparam dquot dra dracut draft drain draw drbdadm drbg drhd drift
dritek driven driverdesc driverprovider driverquery drm drng drop dropped dropping drops drq drv dry dscp
dsd dsfield dsi dsm dsmgmt dsn dso dsp dst dstat dstmem dstream dte dtlb dtor dts du dual due dumb dumpable
dumping dup duplicate duration during durs duty dvsec dw dware dword dwork dyn dynamically dyndbg dynptr
dynticks dyntransition dysfunctional dysku dytc e100 e1000 e1000e ea earlier early earlycon earlydump
earlyprintk eas east easy eat eatures eb ebitmap ebpf ebusy ecap ecc ecd ecdt echo echoes ecryptfs ected
edac edc ede edge edid edif edition editor edt edu eedp eee eeepc eeh eeprom eewr eexist ef efer effect
effective efficiency efficient efifb efivar efivarfs efivars efr egabit egabytes egid egress ehash ehci
eibrs eid eight eim einj einval eipalloc either eject ejected ekirdek elantech elapsed elcr electric
electrodes elem element elements elems elevated elevel elf elif eligible eliminated elite elrepo emac emask
ematch embed embedded emca emem emergency emit emodpr emodt emptied emul emulating emulator emulex enab
enabling enc encap encaps encapsulation enclave enclosure encode encoder encoding encountered encrypt
encrypts endian ending endio endpoint ends energy enforce enforcement enforcing engaged engines english
enhanced eni enlistment eno enode enomem enospc enough enp enqueue enquiry ens enslave ensure ent enter
entered entering entire entr entropy entry entrykind entrynum enumerate enumerated enumeration enx eo eod
eof eop epc epio episodes epoch eprobe eptp eqcqid eqe eqes eqid eqs equal equipped equivalence equivalent
ernel erofs err errata erratically erratum errcode errno errorpointer errors errs ersion ersp erspan erst
esas escape escb escbs escd eserver esit esp espace espacio esr esrt essiv est establish established
estimate estimated esv eswitch esx esxi et etcd ether etherd ethertype etrack ets etype eui euid eur euros
eurotechwdt eusb eval evalf evaluate evaluated evaluating evaluation evc evdev even evenly eventcode
everything evict evicted evidence evidenceerror evm evp evt evtack evtnotify exact example exceed exceeded
exceeds except exception exceptions excerpts excess excessive exch exchange exchg excl exclude exclusive exe
exec executable execute executed executing execution exfat exhaust exhaustion exim exist existent existing
exited exits exlogin exp expand expanded expander expanders expansion expect expected expects expedite
expedited experience experienced experiences experiencing experiment experimental expert expire expired
expiry expl explain explains explanation explicit exploit exploitation exploring exported exporter exportfs
exposed expression ext2 ext3 ext4 extable extbuf extd extend extending extension extent external exthdrs
extint extlog extract extremely ey eyj f2fs fabricant fabricante fabrics facilities facility fact
facterversion factor factory fadt fail fail2ban failcnt failed failing failover fails failswapon failure
fair fairness fake faking fall fallback fallocate falls fam families fan fanotify fanout faq far farp
farther fasteoi fastest fastlinq fastpath fasync fat fatal fault faulty fbcon fbcvt fbdev fbfd fbff fbfront
fbmon fbscp fc fcat fcf fcfi fcid fcmvxsdt fcoe fcopy fcp fcport fcpt fcreq fcs fcvmfadt fcw fdatasync fdb
fddi fdir fdisc fdiv fdmi fdsize feat feb february fec fecha fed fedora fedorapeople fedoraproject feedback
feeder feel feels fef fell female fence festplatten fetch fetched fewer ffd ffdbfff ffdcfff ffdffff ffe fff
fffa fffdfff fffe fffeffffff ffff fffff fffffff ffffffff ffffffffff fiber fibmap fibre fico fid fifo fifolvl
fifth fighter fighting fightstick figure figures filehugepages filemark filename fileoff filepmdmapped filer
filesys fill filling fillrect fills filtered filtering final finalizing find finding findings fine finger
fini finish finished finishes finit fino fintek finup fio fip fips firewall firewalld firewalls firewire fis
fish fisica fit fitpc five fix fixation fixes fixing fixmap fixme fixup flagged flagsp flakey flannel flap
flash flashnode flat flatcar flaw flaws flcount flen flex flexible flight float floating flock flogi
flooding floppy flow flowcontrol flowlabel flr fltl fltr flushed flushfilebuffers fmap fmask fmt fnic fno
focal focaltech folders folio follow followed following follows font fonts fools fops forbidden forcedac
forcedeth forceflush forcesac forcibly forcing foreign forget forgot forgotten fork forkoff form format
formatdomain formatted formatting forum forward forwarding four fpd fpdma fpdss fpga fpin fpm fpstate fq
fqdn fqs fraction frag fragment fragmentation fragmented fragments frags frame framebuffer frames framework
framing freeable freeblks freebsd freed freedesktop freeing freelist freemask freesize freespace freeze
freezes freezing frequently fresh fri friday front froze frozen fsb fsbcount fsc fsck fscontext fscrypt
fscrypto fsgid fsid fsize fsm fsn fsnotify fsrm fstab fstrim fstype fsuid fsw fsync ftp ftrace ftrsp fua
fullflush fully func funcs funcstack functional functionality further fuseblk fusectl fusion futex future
fwbr fwd fwdata fwdt fwdump fwln fwlog fwnode fwpr fwsm fwtracer fwupd fwversion fwvoq fxsave fxstor gain
game gamecon gamepad gameport games gap gaps gart gate gateway gatt gauge gave gbase gbit gbk gbp gbps gcc
gcsfuse gdm gdt geheugen geminilake genctr general generally generate generating generation generator
genetlink geneve genfs genirq genius geniv genl genpd gentle gentoo gesamter getaffinity getblk getconf
getdiskfreespacew getdrivetypew geteilt geteuid getfilesizeex getncnt gets getsockopt getsystemtimes gettime
getting getty getvolumeinformationw getvolumepathnamew getxattr getzcnt gfni gfp gfs2 gfx gg gh ghcb ghcbs
ghes ghost ghosts ghz gi gib gid gids gigabits gigabyte git github give giving gkmg glance glb glnvm glob
glpat glusterfs gm gmt gmux gnss gntalloc gnttab gnu going goldmont gone good goofys googlecloud got goto
gov governor governors gp gpadl gpasswd gpdb gpe gpes gpfs gpio gpiochip gpioint gpiolib gpl gplonly gpnv
gpsc grab grabs grace graceful gracefully gracemont grain gran granted granular granularity graph graphic
gravis grc greater green grep gretap grew grip gro gross grow growing grows grp grpquota grsec grub grubby
gscr gsi gssd gt gtf gtod gtpv gtt guar guarantee guaranteed guarantees guards guess guestapi guide
guillemot gy had hairpin halt halted halves handled handler handlers handling handoff handover handshake
hang hanging hanwang happen happened happens haps hard hardened hardreset hardwarecorrupted hardwarereset
harmless harmonix hashed hashing hashlib hasn hasta hauptspeicher having haw hca hccr hcd hcnt hctx hda
hdaps hdd hdma hdmi hdr hdrs hdwq head headbuf header headers heading headlen headphone headphones headroom
health heap hear heard heavily heavy hed height hello helper hence hest hex hexa hexadecimal hfs hfsplus
hgcm hgst hibernated hibernates hibernation hiding hierarchical hierarchy highatomic highest hiiih hinder
hinders his hist histogram history hit hits hiv hkey hlen hmac hmat hmem hmm hmmm hndl hog hogged holdoff
holdout hole holemask home hook hop hori horizontal hosted hostile hosting hostingboard hostnqn hot hotadd
hotfix hotkey hotkeys hotpluggable hotplugged hotswap hour hours housekeeping however hpbussize hpmemsize
hpsa hptiop hrrq hrt hrtimer hsd hsr hst hstate hsu hsync ht htag htbl htm html httpd https hub hugepagesize
hugepagesz hugetlb hugetlbfs hugetlbpages huh human humidity hundred hung hvc hvml hwaddress hwalign hwe
hwfn hwfns hwirq hwm hwmon hwp hwpoison hwq hwqid hwrm hwrng hwvoq hybrid hynix hypertransport hypervclock
hyst hysteresis i2c i40e i801 i8042 i915 iavf ib ibft ibmasr ibp ibpb ibrs ibta icdoff ice icinga icmnd icmp
icmpv icnt icon icosq icount icq icr icreate icrh icrl ictrl ida idea ideal ideapad ident identical
identification identified identifier identifies identifying identifyingnumber identities identity ider idev
idling idmapd idr idsn idt idual iec ieee ifa iface ifacename ifalias ifindex iflags ifma ifname ifnames ifs
ig igabit igabytes igc igen igen6 iget igfx igmp ign ignore ignored ignoring igpu igs iidma iiiiiqq iiq
ilimitad illegal illimit illimitat illumination im ima images imal imc imds img imitates imm immediate
immutable impact impacted impending impl implement implementation implemented implicit import importer
impossible improper improve imum inaccessible inactive inactivity inadequate iname inappropriate inbegriffen
inbound inbox incapable incl include included including incluid inclus incluso incoming incompat
incompatible incomplete inconclusive inconsistency inconsistent incorrect increase increased increasing
increment incremental incus incusbr incval indefinitely independent indicate indication indicator indices
indirection individual indmd ineligible inferred infinite inflated inflight infoframe inform infrastructure
infsection ing ingress inh inherit inhibit inia initcall initcalls initconnection initialisation initialise
initialised initialization initialize initializing initiate initiated initiating initiatorname initio
initmem initramfs initrd inject injection inkl inklusive inline inner innodb ino inobt inode inode32 inode64
inodes inot inquire inquiring inquiry ins insane insecure insert inserted insertion insmod insn inspect
inspur inst instability installable installation installer installers installing installs instances
instancetypes instantiate instantiated instantiation instead instruct instructions insufficient insyde inta
integer integrated intelligent intended intensive inter interact interactive intercept interconnect
interfacetype interlace interleave interleaved interleaving intermediate intern internal interop interpreter
interrupter intersect intertouch interval intervals intf intl intr intremap introduction ints intstat
intstatus intx inum inuse inv invalidate invalidating invalidation invariance invd inverse invert invm
invocation invoke invoked invtsc inwards ioam ioapic ioasc ioasid iobase ioc iocb iocbs iocell iocfacts iocg
iocharset iocinit iock iocloginfo iocstatus ioctl ioctx iodepth ioengine iomap iomb iomem iomm iommuv iomux
iop iopf ioping ioport iops ioremap ioreq ios iosapic iosched iosf iotag iothread iotlb iouctl iouctrl
iounit iounmap iova iovec ip6gre ip6tnl ipcmni iperf ipid ipmi ipmr ipoib iport iprim ipsec ipvs ipvtap iqe
iqiiqiiqqiiq iqn iref ireg ireq iret irqaffinity irqbalance irqchip irqdomain irqfixup irqpoll irqs irr irt
irte irtt isa isci iscsid isid isize isn iso iso9660 isoc isoch isochronous isoffline isolate isolated
isolcpus isp ispfx isr isreadonly issi issu issue issued issues issuing istat istatus istrator itable itco
items iter iterable iterate iteration iterator itmf itnim itt itu ivhd ivrs ivsize ivybridge iwarp ixgb
ixgbe ixgbevf iza ja jack jader jammy january jbd jbod jffs2 jfs jiffy jited jitter jmp job jobname jobs
join joined journal journalctl journald joydev joydump joystick json jsonl judged judgement juicefs jul july
jumbo jump jun june juniper junit jusqu just k10temp k8s kali kallsyms kasan kasantag kaslr kauditd kbd
kbdfront kbps kbyte kbytes kcompactd kcopyd kcore kdf kdump keep keepalive keeper keeping keepout kept kerne
kernelstack kernen kernfs kexec keyboard keycode keydev keyids keying keylen keylock keymap keypad keyring
keyword kfree kfunc kfuncs khugepaged khz ki kib kicking kill killable killed killing kills kin kinds
kingston kk km kmalloc kmem kmg kmgkmg kmgt kmmio kmod knights knob knowledge knows kobj kobject koct kopen
kpp kprobe kprobes kptr krb5 krb5i krb5p kreclaimable kref kretprobe kset ksmtuned kstat kstrtoul kswapd
kthread ktype kubeadm kupdate kvcalloc kvmtool kworker kwqe ky kyber kylin kyro kzalloc l1tf lab label labs
lack ladder lagging lan lanaddr landing landlock lane lanes lang languages lapic large largeio larger
larghezza largura laser lasi lastcpupid lastknowngood lastloggedonuser lastphase lasts lat latch latched
lately latencies latency later latest latt launch launched law lay lazy lazytime lba lbas lbd lblk lblock
lbr lc lcd lcids lck lcnt ld ldev ldimm ldisc ldn lead leader leading leads leak leakage leap learned learns
lease least leaving led leds ledtrig leftover legal len lend lends leng length let leted letter letters
lewisburg lf lfds lfence li lib32 lib64 libaes libahci libaio libata libblake libcrc libcryptoutils libcxgbi
libexec libfc libfcoe libguestfs libps libps2 library libre libsha libvirtd libx32 licence license lid lie
life lifebook light lightdm lightly like likes limit limitation limitu linear linefill linelength lineno
linger linkdown linked linklocal linkrate links linkup lint linuxkit linuxpps linuxrc lip liquorix listen
listener listening listens lite literal live livelock livepatch livepatches lives lkkbd lld lldd lldp lnxcpu
lnxpwrbn lnxslpbn lnxsybus lnxsystm loading loads loadseq localdomain locale localhost locality localnet
localport localsystem locate located locations locator lockdown lockers locking lockup logbsize logbufs
logcount logdev logged logging login loginctl logind loginfo logips logitech loglevel logname logo logoff
logon logout logres logs lom long longer longest loo look looking looks lookup lookupcache loopid loops
loses losing loss lossless lossy lowercase lowerdir lowered lowest lowlatency lowmem loword lp lpc lpcpd
lpfc lpi lpj lplu lpm lport lro lru lsb lscsi lseq lsm lso lsreq lt ltai ltr ltrec lts luks lun luns lustre
lut lvd lvds lve lvl lvm lvmetad lvmpolld lvt lwt lxcbr lxd lxdbr ly lz lzo maand macaddress machineguid
machzwd macintosh macoff macro macs macsec macvtap mad madt madvise mageia magic mail mailbox mailname
mailto mainboard mainline maintain maintainer maintainers maintenance maj making male malformed malfunction
malicious malloc man manage managed manages managing mand mandatory manipulation manjaro mann manually
manuals manuf manufacture many mapcount mapinfo mappable mapper maps maptrack mar march margin mariadb
markdown marked marker markup marvell mask masking maskp masquerade master match matchall matched matches
matching matchingdeviceid material math mathis matrix matrox matroxfb matters maxbytes maxcmd maxcpus
maximal maximum maxkeys maxlen maxpacket maxphyaddr maxproto maxraid maxtor maxuv maybe mba mballoc mbar
mbcache mbi mbit mbm mbox mboxq mbps mbw mbx mbxcmd mbxstatus mbyte mca mcast mcastprefix mce mcelog mcfg
mch mchbar mci mclk mcmd mcmodel mcp mctp mctrl mdadm mdd mddev mdev mdi mdio mdiobus mean meaning means
meant meanwhile measurement measurements measuring mechanism media median medians mediated mediatype medium
meet meets megabytes megatrends megi memalloc memattr memballoon membase member membership memblk memblks
memblock memcpy memfree memless memlock memmove memoria memories memoryless memoryview mempolicy mempool
memregion memremap memreserve mems memsize memsz memtest memtype mend mended menu merge merged merging
merkle mese meson messagedigest metacopy metadata metavar meter method metric metrics mezz mfd mfg mflags
mfs mfw mg mgag200 mgid mgmt mgt mice microarchitecture microcon microcontroller microframe micron
microphone microsecond microseconds microvm mid middle might migrate migrated migratetype migrating mii
millennium millisecond mime mimic mine mini minidump minikube minimal minimum minix minlen minobjects
minorversion minproto mint minus minute minutes minuv mip mipi mirred mirror misaligned misbehaving
misbehavior miscdev miscellaneous misclassified miscompare misconfigured misfeature mismatch misrouted miss
missed misses mit mix mixdev mixed mixer mixing mkconfig mkey mkinitcpio mkinitfs mkswap mktme ml mld mlock
mlocked mls mlx mlx4 mlx5 mlxfw mmap mmcblk mmconf mmconfig mminit mmiotrace mmxext mn mndw mnwin mobile
mobility moby modalias modeling modemmanager moderation modes modeset modest modification modified modifier
modify modinfo modparam modsig modsign modversions moire mois moklistrt mokvar mokx moment moments mon monat
monday mongo mongodb monitoring monolithic monotonic month monthly motion motor mountaddr mounting mountport
mountproto mountvers mousedev movable moving mpc mpdma mpeg mpf mpfs mphy mpi mpidr mpls mps mpt mpt2sas
mpt3sas mptable mptbase mptcp mptctl mptfc mptlan mptsas mptscsih mptspi mpwqe mqprio mremap mroute mru msb
mscode msec msecs msg msghandler msgheader msgin msgmni msgout msgpack msgs msgtype msgu msix msshlrscm
mswin mtdblock mtr mtrr mtrrdeftype mtrrfixdrammoden mtrrs mtts mult multi multicall multicast multichannel
multifunction multimaster multimedia multipath multipathd multiple multiplexer multiplexing multiplier
multiply multiprocessor multiqueue multisystem multivalue mute mutex mutually mux mvsas mwait mwi my mydid
myself mysql naa nack nacl nagios namelen nameless nameserver namesz namlen nan nanopi nanoseconds napi
narrow narrower narrowest nbsp nbytes ncmd nconnect ncpfs ncpus ncq ncr nct6775 nd ndev ndisc ndjson ndlp
ndo ndoms ne2k near nearer nearest necessary needed needname neg negative negdreply nego negotiate
negotiated negotiation neighbor neighbour neighbours nein nemb nent nents neofb nerdctl nest nestedness
netback netbiosname netburst netconf netconsole netdevice netevent netif netlabel netlink netlist netmos
netns netplan netpoll netqueues netroot netvsp networkaddress networkd networking networkmanager netxtreme
netzwerkkarte newchange newer newinstance newline newly newroute news next nexthop nexthops nexus nfit nfkc
nfkd nflag nfnetlink nfo nforce nfs nfs4 nfsd nfsroot nft ngid nginx nic nice nicht nid nidt nielimitowan
nist nixos nkt nlbl nlink nlm nlmon nlmsg nls nmask nmbd nmi nn nnk nnvv noac noacpi noaer noari noatime
noatomic noaux nobarrier noble nocb nocbs nocrs noctty nodac nodemask nodename nodes nodesize nodev
nodezoneid nodiratime nodiscard noefi noexec nofile nofollow noforce nohz noibrs noinherit noinvpcid noirq
noirqbalance noise nokaslr nolapic nolock nologin nomad nomerge nominal nomodeset nomsi nonblock nonce
nonewprivs nonexistent nonmatch nonurgent nonvoluntary nonzero noop nopcid nopentium nopku nopnp nopout nops
nopt noquota norandommap noresume normal northbound northbridge nosave nosmap nosmep nosmt nossd nosuid
noswap nosymfollow nosync note notebook notes notice noticeable notif notified notifier notrace
notscdeadline notsupported nousertaint nouveau nov november now nowait nowatchdog nowayout nox nox2apic np
npages npiv npm nport nportid nproc nproto nqn nread nritems nscd nsdelegate nsec nsecs nseg nsfs nsid nslcd
nslot nspgid nspid nssid nst nstat nstgid ntc ntfi ntfs ntfs3 ntfsfile nth ntpd ntu ntuple ntuser ntw nuclei
nul nulterm num numentries numeric numjobs numscbs numsgs numtc nvcsw nvdimm nvfs nvmd nvmeio nvmem nvmet
nvmex nvmf nvmupd nvram nvs nvsp nx nxt oa oaie oaktrail oam oasis obj object objectid objectname objects
objno objs objsize observe obsolete obstacle obtain occupied occupying occur occurred ocfs ocfs2 ocmwin ocs
oct octa octet october odd odel odp odroid oe oempath offld offline offlineshared offlining offload offnode
offset offsetof ofld ofs ofst often ogid ohms ohne oid ok ol oldfreq oldinfo oldproglen omit omitted ommand
onbeperkt onboard once onchange ondemand oneshot ongoing onlineall onlink onmax onto oob oops opaque opc
opcode opener openeuler openid openrc openssl opensuse oper operacional operand operate operation
operational operationregion operations operativo operator opf opmode opnrjt opp opps opregion ops opslag opt
opti optic optical optics optimal optimization optimize optimized optimizing optimum option optional optlen
optout optrom opts orangefs orbstack orc ordered ordering organization orientation orig original originated
originator orom orphan osc osdn oshp osi osl ospke oss ossahwcb otherend otherwise ou oui ouid our outbound
outdated outer outgoing outio output outsize outstanding overall overcommit overcommitted overhead overheat
overlap overlapping overlay2 overlength overload overloaded overran overriding overrun oversized
oversubscribed overwrite overwritten ovhd ovr ovs ovsdb owned ownerid ownership owns oxid p2p pace pack
packagecloud packagekit packets pad padata padding paddr padhye pagealloc pageflags pagesize pagesz
pagetables paid pair pairs palette pami panel panic par parallel param parametrics params paravirt
paravirtuali paravirtualised paravirtualization parents parity park parm parport parse parsed parser parsing
partag partial partially partlabel partly partner partnroff parts partuuid party pasid pass passante
passdown passed passes passing passive passthru passwd password paste pat pata patch pathname paths patient
patrol pattern pause paused pauses pausestate pay pays pba pbl pblk pblock pbrsb pcc pcct pcd pch pciback
pcic pcid pciehp pcifront pcix pclmulqdq pclu pcmd pcnet32 pcp pcpu pcs pcsmipshl pcspkr pct pctype pcwd pdc
pdev pdrv pdt pdu peak pebs pedit peer peerlbl peers pefile pel pend pending people peopt per perc percent
percentile percentiles percpu perf perflib perfmon perform performant perhaps pericom period periodic
peripheral perm permanent permission permissions permissive permit permitted pernet perr persists
personality perst pfc pfcenable pfid pfn pfns pfnvalidation pg pgd pgdat pge pglue pgoff pgrp pgshifts
pgtables phantoms phase phasemis phba phc phcs phoenix phone photon php phrase phy phyid phys physdisk
physics physid physique physischer physmap physptr pib pic pick pidx piece pieces pin pinconfig pincount
pinctrl ping pinmux pinned pinning pins pip pipe pipefs pipeline pirq pirqaddr pitch pixclock pixel pk pkcs
pkey pkg pkt pktbuf pkts pktsched pku placa places plan planar plane plans plat plate platz play pldmfw
please plen plesk pll plls plogi plpocistddm plug plugin plugins plus pmc pmd pme pmi pmic pmp pmrx pmtimer
pmtmr pmtx pmu pmudata pmus pmwb pnd pnd2 pod pointer points polarity policer policers policies policydb
polkit polling pols pools poor pop popen populate populated portable portables portenable portid portname
portnum ports portsc portstate portstatus pos position positive possibly post postfix postgre postgresql
postmarketos postpone postponed posts potential potentially pour pousr powera powercap powercfg powerclamp
powered powering powermate poweroff powers powersave powerup ppbuf ppid ppin ppm ppp ppr pps pragma prctl
prd prdebugs pre pread prealloc preallocate preallocated preallocating precedence precise precision
preconfigured predefined predicate predictable predicted prediction predictors preempt preemptible
preemption prefer preference preferred prefetch prefill prefixes prefixpath preflight preload premature
premium prepare prepared preparing presence preset press pressure pretending pretimeout prev prevent
prevention previous previously pri price prim primary primitive print printed printer printf printing printk
prio prior priorities priority priv privacy privhead privileged privs prjquota prli prlo prm prng probe
probed probing problem problematic problems procedure proceed proceeding procesador processador processed
processes processeur processing processore procfs procs produce producer productid production productversion
produttore prof profiling prog progif proglen programfiles programmable programmed programming progress
progs prohibit projected proliant prom prometheus promisc promiscuous promised prompt prompts prop propagate
proper property proprietary protect protection protectors proto protocol protocols protocolsupported
protodown protoid prototype provide providers providing provisioned provisioning proximity proxy prozessor
prp prq prune pruning psaux psci pscr psd pse pseudo pseudocode pseudocolor pseudonym pseudonyms psi psid
psk psmouse pss pstart pstore psync ptc pte ptep ptes pteval pthread ptm ptmx ptmxmode ptr ptrs ptrval pts
ptype ptys public publish published pud pull pulls pulse pump punit pure purex purgatory purge purpose push
puts putting pve pvfs pvid pwm pwq pwt pwwn px pxm py pygrub pypi python qcount qcow qd qdepth qdisc qe qed
qedf qedi qgid qgroup qid qidx qifnp qii qinfifo qinpos qinq qinstart qkey qla qla2xxx qlen qlogic qoffset
qos qoutpos qpair qpn qps qq qqqiib qrv qses qset qsfp qsize qsmask qsmaskinit qsmaskinitnext qstatus quad
qualified qualifier quality quanta quarter qubesos queried queries question questions queuecommand queued
queueing queuing quic quick quickdata quickly quies quiesce quiesced quiescent quiet quirk quirks quirky
quit quot quota quotacheck quote qword r8169 race racing radeon radeonfb radix raidport raise raised raising
ramdisk ramfs ramp ramrod ran rand randomness randread randrepeat randrw randwrite ranges rangetrans rank
ranks rapid rapids rapl rar ras raspberry raspbian raspi ratelimiting rates rather ratio rational rawdata
rawmode rawv rax rb rbp rbps rbtn rc rclone rctl rcu rcuc rcupdate rcutree rcv rcvbuf rcvd rcvnxt rcx rdac
rdata rdb rdev rdevid rdi rdinit rdma rdmdio rdmem rdmsr rdonly rdpid rdpmc rdtgroup rdwr rdx rdy rdze
rdzeni reach reached reaches reactivate readable readback reader readers readfile readiness readme readonly
readout readthedocs real realer realloc reallocate reallocated reallocating reallocation really reap reaped
reaper rear rearming reasm reason reasons reassign reassignment rebind reboot rebooting rebuild rebuilt rec
recalc recalculating recalculation recd receive received receiver receiving recent receptacle recfmt recheck
recipe reclaim reclaimable reclaimed reclassify recognised recognize recognized recommend recommended
recommends recompile reconfig reconfigure reconfiguring reconnect reconstruct reconstruction recorder
recordings records recover recoverable recovered recovering recovery recreate recursion recursive
recursiveprot recv recvd recvmsg recycle rede redir redirect redirected redirection redis rediscover
rediscovering rediscovery redraw reduce reduced reducing reduction redundancy redundant reenable reenabling
refcount refer references refill reflect reformat refresh refs reftag refuse refused refuses refusing
regback regbase regedit regeneration region regions registeredorganization registeredowner registering
registration reglogin regmap regs regulator regulators regval reinit reinitialization reinitialize
reinitializing reinstall reiserfs reject rejected rejudge rekeying relabel relabelled related relatime
relating relation relations relative relax relay released releases releasing relevant relid relo reload
reloc relocate relocated relocating relocation relogin remain remainder remaining remap remapped remembered
remoteport remount removal removing rename renamed renames render rent reopen rep repair repaired repeat
repeated repeats repl replaceable replacement replaces replacing replay replayed reply reportcbitmap
reporter reports representation representative representor reprogramming req reqinit reqs request requested
requesting requeuing require required requirement requirements requires requiring requise requisiti
requisitos reread reregister reroute resc rescan resched reschedule rescheduled rescheduling resctrl rescue
reseat reseed reseeded reselect reselection resend reservation reservations reserved reserving resets
resetting resgid reshape reshaping resid residency resident residual resilient resilver resistance resize
resizing resolution resolve resolved resource resp respond responding response responsive rest restart
restarted restarting restarts rested restore restored restores restoring restricted restriction rests
resubmit resuid result results resume resumed resumedelay resuming resumption resv resync ret retaining rete
rethook retire retpoline retpolines retrans retransmit retransmits retried retries retrieval retrieve
retrieving retrnsmt retry retrying return returned returning returns retval reuse rev revalidate
revalidating revalidation revealing reverse reversed revert reverting revision revoke rewind rewrite
rewriting rewritten rfc rfkill rhashtable rhba rhgb rhsa rhtable ria rich rid right rimm ringbuffer risc
rise riser rising risk rjt rkey rle rlen rlimit rm rmap rmem rmhs rmnet rmp rmrr rndis rnid rnp roce
rockchip rocketraid rocksoft rocky rodata roll rollback rollover romfs room rootcontext rootdelay rootflags
rootfstype roothub rootless rootlesscontaine rootwait rop rotate rough roughly round roundrobin rounds
roundup routed routeirq router routers routine routing row rowid rows rpc rpcbind rpi rpl rport rprt rpt
rqst rrq rsa rsb rscn rseq rsize rsp rsplen rssanon rssfile rssshmem rst rsvd rsw rsyslog rt rthdr rtm
rtnetlink rtnl rtpg rtry rts rtsx rtt rules ruleset rumble runit runnable runner runstate runt rval rw rwb
rwbs rwdata rwmixread rxdctl rxfc rxid rxnfc rxq rxsa s3 s3fs sabi sactive sadb saddr saddrv safely safety
saitek sak salt sam samepage sample samples sandbox sandboxes sandisk sandybridge sane sanitization sanitize
sanitizer sanity sans sapphire sasconfigpage sat satc satisfy saturday savagefb saved saves saving saw sb
sbc sbin sbios sbridge sbuf sc scalable scalar scale scales scam scan scancode scanned scanner scanning
scans scatter scattered scatterlist scatterlists scb scbdata scbptr scbs scd scffi sch schede schedstat
schedule scheduled scheduling schedutil schema scheme schijfruimte schtasks schutz sci scic sclass sclp scmd
scontext scontrol scope scout scoutapm scp scr scratch scratchpad screen script scripts scrollback scrolling
scrub scrubbing scsih scsiid scsiint scsiop scsisigi sctp sda sdb sddm sddr sde sdev sdhci sdid sdio sdk
sdmmc sdtr seagate seal search searchlist seau sec secfs seclabel secondary secpagetables secretmem secs
sect sections sector sectors sectorsize sects secureboot secured securityfs sed seed seek seeking seem seems
seeprom segment segmentation segments segs segvs seid seize sel select selectable selected selecting
selector selftest selinux selinuxfs selinuxproject sell sellers selto sem semaphore semctl sender sending
sends sense sensing sensor sensors sent sentelic sentence senza sep separate separately september seq
seqaddr seqctl seqid seqint seqno seqnum sequence sequencer sequential serdes serdev serialization serialize
serializing serialnumber serials serinfo serio seriously serport serr serror serve serveraid servers
serverworks serviceaccount serving servo ses sess setauthsize setfeature setitimer setkey setsockopt settime
settings settle setuid setupdienumdeviceinfo severe severity sff sfp sfub sfun sg sge sges sgi sgid sgl
sglist sgls sgmii sgptr sgs sgx shader shadj shadowed shall shani shaper sharing shash shd shdpnd shelf
shell shiftfs shiiih shlvl shm shmem shmemhugepages shmempmdmapped shn shnum shortage shortened shorter
shorthand shortname shost should shouldn showed shpc shpchp shrink shrinker shrinking shrunk shstrndx
shuffle shut shuts shutting sibling sica side sideband sides sidewinder sidfor sids siemens sig sigaltstack
sigblk sigbus sigcgt sigframe sighup sigign sigkill sigmask sign signaled signalling signatures signeddata
signerinfo significant signing signs sigpending sigpnd sigq siiiiiqq siiq sil silence silent silvermont sim
simatic simd similar simm simple simpledrm simplefb simplified simulate simultaneous sin sindex sinfo single
sint siphash siqiiqiiqqiiq sis sisfb sist sistema site sits situ situation six sized sizeof sizes sk skb
skbaddr skbs skbuff skcipher skew skge skip skipped skipping sku skx sky2 sl sla slab slackware slash slave
slba slcan sleepable sleeping sleeptime sli slid slidebar slit slotctrl slots slow slowdown slower slowest
slowly slowpath slows slub smack small smaller smallest smartd smartpqi smartsan smartspeed smb smb3 smbd
smbfs smbi smbiosbios smbnetfs smbus sme smem smi smid smm smmu smn smp smpboot smphr smsc smscufx smu snap
snapd snaps snapshot snapshots snb snd snic snmp snoop snpguest sns sock sockaddr socket sockets sockfs
sodimm sof soft softc softdep softdog softirq softlockup softreset solarflare sold sole solid solus solusvm
somebody someone somewhat soon sooner sorry sort sorted sorts sos sosreport southbridge spa spaceball
spaceorb spacetec span spanning sparam spare sparse sparsemem spawn spazio spc spcr spcv spd special
specific specification specifications specifier specifies specify specifying spectrersb spectrum speculation
speculative speicher speicherplatz spgid sphere spi spic spice spid spidev spindle spindlespeed spindown
spinning spinup spite spl splash split splitlock splits spoiler spoils spoke spoken spoof spoofchk spoofing
spool sport spread spreads spte sptep spun spurious sqes sqifnp sql sqlite sqsize square sram srat srb src
srch srcid srcu srcutree srcversion sreclaimable sreg srqs srr srs srst srv ss ssbd ssc ssds ssdsmartpathcap
ssdt ssgn ssh sshd sshfs ssid ssl ssni sssd sstat sstatus sstfb st sta stabilised stability stabilize stag
stage staging stall stalled stalls stamp stamps stand standalone standardcimv standstill stao startblock
starting startino startup starvation starved statd static station statistics statm stayed stays stdu steady
stealing sted steer steering step stepping steps stex stgid sti stibp stick stk stockage stood stop stopped
stopping stored stores storing stpg straight strange strangers stray stream streams street strength strftime
strict strictatime striding strings strip stripe stripped stripping strong strt struct structs structure sts
stub stuck student style sub subclass subcode subdevice subdomain subflow subflows subfn subject subkey
submission submit submitted submitting subnet suboptimal subordinate subpackage subpkt subprocess subprog
subprogs subscribe subsequent subset subsided subspace subspaces substate subsysnqn subtractive subtype
subvolid subvolume succeed succeeded successful successive successor sudden sudo suffer sufficient suffix
suggests sugov suid suitable sulogin sum summaries summed sums sunday sunit sunreclaim sunrisepoint sunrpc
sunxi superblock supermicro superseded superset superspeed supervise supervised supplicant supplied supplies
supply supported supporting supports supposedly suppress sure surface surp surprise surrogatepass survives
suspect suspend suspended suspending suspicious suspiciously sustained sv svid svt swapaccount swapcached
swapents swapfile swapoff swapon swapping swidth swims swing switchdev switcheroo switching switchtec swncq
swsusp swtpm sx sxfrctl sym sym53c8xx symbol symbolic symlink symlinks symmetric syn synack synaptics synced
synch synchronization synchronize synchronized synchronizing synchronous synclevel syncsource synctarget
synd syndrome synopsys syntax synth syscfg sysconfig syscopyarea sysctl sysfillrect sysimgblt syslog sysman
sysret sysrq syst systemctl systemhersteller systemio systemmodell systemserialnumber systemsku systemtyp
systemuuid sysusers tablesize tagged tagging tags tail tailroom taint tainted tainting taints tak takeover
taking talk talos tampered tape tar targetcli targetid targetname targetport tarjeta task tasklet taskmgmt
tasks tasksmax taskstats tbdc tbl tboot tbscertificate tc tcam tcbw tck tclass tcm tco tcobase tcontext tcp
tcrypt tcs tctsa tdata tdfxfb tdh tdp tdt tear teardown tearing tech technical technologies technology tegra
telling temp tempaddr temperature template templates temporarily temporary ten tenant tencentos tens tenth
term terminal terminals terminate terminated terminating tertiary test testcase tested testing testmgr
testmode tests testsuite testsuites texts tfm tg3 tgid tgt tgts tgz thanks thaw then therefore thermal
thermald thin thing think thinkpad thinks third thirty thmac though thousand thousands thp thps thread
threadripper threads threat thresh threshold thresholds threw throtl throttle throttled throttling
throughput throwing thru thrustmaster thu thunk thursday thus ti tianocore tib tick ticket ticks tid tied
tier tigerlake tight tile timed timedout timekeeping timeleft timeo timeout timeouts timer times timestamp
timestamps timesyncd timewait tiny tion tipo tired tis title tkg tlbflush tlinux tlp tls tlv tm tmax tme tmf
tmid tmo tmode tmp tmpfile tmpfs tmplt tmr tmreq tn tocblock todo toeplitz toggle token tokenize tolerance
tolm toml took toolboxcmd toolstack top topa toplevel topstar tos tot totale totalsize touch touched touches
touchpad touchscreen tov tpacket tper tpg tpgs tpid tpm tpmrm tr traceable traced tracefs tracer tracerpid
tracing track tracker trackpad trackpoint trackstick traddr trade traffic traffico trafic training tramp
trampoline transaction transceiver transcend transfer transferred transferring transfers transferu transform
transformation transhuge transid transient transition transitional translate translates transmission
transmit transmitted transmitter transmitting transmute transport trap trashed tray trbs treating tremont
trend trespass tridentfb tried trig trigger triggered trim trimmed trimming trip trips trixie troubleshoot
truesize truncate truncated truncating trunk trust trusted trustworthy truth trx try trying ts tsar tscmode
tscs tsd tsdm tsem tss tstate tt ttag tts tty ttyama ttys tue tuesday tumbleweed tunable tune tuned tuning
tunl tunnels turbo turbografx turn turned turns twice twinhead txdata txlen txq txqueue txsa txz tyan types
typical uali uars uart uartio uas ubd ubifs ubuntu ucast ucode ucorr ucs udev udevd udf udma udp udplite
udprcvbuferrors uek uekr uframe ufw uhci uhhuh uhuuh uint ul ulen ulimit ulp ulptx ultra umac umask umip
umount unable unacceptable unacked unaddressable unaligned unanswered unassigned unattended unbalanced
unbegrenzt unbeschr unbindable unblank unblock unblocked unblocking unbond unbound unc uncached uncertain
uncertified unchangeable unchanged unchecked unclean unclosed uncompleted uncompressed unconfigure
unconfigured unconfiguring unconfined unconnected uncore uncorrectable uncorrected und undef underflow
undergoing underlay underlength underlying underrun understanding understood undi undisturbed undo
undocumented undrun unencrypted unequal uneven unevictable unexpected unexpectedly unhandlable unhandled
unhashed unicast unicode unidentified uniform unimplemented uninit uninitialized uninstall uninstalled
unique unit units universal universe unix unkeyed unlabeled unlimited unlimitiert unlink unlinked unlisted
unload unlock unlocked unmap unmapped unmapping unmask unmetered unmirror unmirrored unmodified unmount
unmounted unnamed unnecessary unneeded unpack unpacked unpacking unpacks unparsable unpin unplugged
unplugging unpoison unpoisoned unpopulated unprepare unprotected unqualified unreachable unread unreadable
unreclaim unreclaimable unrecognised unrecognized unrecoverable unrecovered unreferenced unreg unregister
unregistered unregistration unrelated unreleased unreliable unresolvable unresolved unresponding
unresponsive unsafe unseen unset unsigned unsol unsolicited unspecified unsuccessful unsupportable
unsupported unsynchronized untag untagged until untrained untrusted untrustworthy unusable unused unusual
unverified unwilling unwind unwinder unwritten upcoming update updates updating upgrade upgradeable upgraded
upgrades upgrading uplink upload uploads upon upperdir uprobe ups upstream uptime uptodate upwards urandom
urb urbs uretprobe urgent url urn urs usage usageerror usbcore usbfs usbhid usbtouch usd usdm usec usedac
useful useless usem usemap useplatformclock usercopy userdata userfaultfd userguide userland usermod
username userspace userxattr usrclass usrquota usual usually utc utf8 utility utilization utilize utilizing
uvesafb v1 v2 vacant vacuum vaddr vaes vagrant vain valid validate validating validation validity value
values van vanish vanished vanishes vapic variation varies various varlen vars vary vaudit vbios vblk vbmi
vc vclk vcore vcores vcpuop vcpus vcs vcsa vcsu vda vdb vdc vdd vde vdev vdf vdg vdh vdi vdj vdk vds vdso
vdump vec vectors verbose verbosity verbs verdict verdicts verification verified verifier verify verifying
verkeer vermagic vers versi versione versionerror versions vertical very vesa vesafb vf vfat vfid vfidx vfpf
vfree vfu vgaarb vgacon vgem vhca vhcr vhd vhdx viafb vibration victim victimization videoprocessor videoram
view viewport violated violating violation virbr virq virtblk virtchnl virtfn virtfusion virtlockd virtlogd
virtqemud virtqueue virtualalloc virtualfree virtualisation virtualised virtualizor virtuozzo visible
visited vivaldi vive vjailbreak vkbd vla vlans vlaporscm vma vmalloc vmallocchunk vmalloctotal vmallocused
vmap vmbr vmcb vmcore vmcoreinfo vmdata vmdb vmdk vmdq vmemmap vmexe vmg vmgenctr vmgenid vmgexit vmhwm vmid
vmk vmlck vmlfb vmlib vmlinux vmlinuz vmmcall vmpck vmpeak vmpin vmpte vmptrld vmread vmrss vms vmsa vmscan
vmsize vmstk vmswap vmwgfx vmxnet3 vnc vnet vnni vnpi void vol voltage volumes voluntary von vouches vpc
vpci vpclmulqdq vpd vpfn vphy vpid vpindex vpmu vpns vpopcntdq vport vports vpps vqmmc vram vsi vsis vsmp
vsphere vswitchd vsync vsyscall vti vtx vuln vv wacom waet wafer waited waiter waiting wake wakes wakeup
waking wal walk walkera walks want wants ware warm warn warnings warns warp warpdrive warped warranty wasn
waste watch watchdog watcher watchers watching water watermark wayland ways wb wbps wbsd wcqe wd wdat wdc
wdt wdtr weakens weave web wed wednesday week weekly weight weird well went werkgeheugen western wf wg
whatever whea wheel whenever wherever whilst white whitespace whitney whoever why wide widely widens width
wigig wiki wildcard will wim winbind windex windll window windowsaio windowsproductname winerror wingman
winsxs wish withheld withholds witness witnesses wl wlength wlo wlp wlx wmem wmid wnd woah wobbly wol won
work workaround workarounds workdir worker workers working workingset workload workloads workq workqueue
works workspace world worried worse worst worth wp wpa wqe wqebbs wqes wrap wraparound wrapper wrdata
writeback writebacktmp writecache writefile writepending writer writeset writing written wrmsr wrong wrtd
wsize wslg wsmt wvalue ww wwan wwid wwn wwnn wwpn www wwx x2apic xa xanmod xapis xargs xattr xaui xb
xbfffffff xbox xchg xclk xcr xd xdg xdomain xdp xe xed xenbits xenclean xenkbd xenproject xenpv xenstore xf
xfd xfeatures xfed xfer xferlen xff xffff xffffffff xffffffffc xffffffffffffffff xflags xfr xfrm xgmac xgxs
xh xi xid xii xino xlanepriority xlate xlf xlog xm xmac xmit xml xmt xor xorg xox xqii xqq xritag xrstor
xsaves xsdm xsem xsk xss xstate xt xtal xtile xtopology xvda xvdb xxff xxhash xxwdt xxxx xyz xz ya yama year
yearly years yml yocto you your yours yourself yr yres yunionio za zbud zen zenbleed zero zeroed zeroing zfs
zgrep zhaoxin zimage zip zlib zonelist zonelists zones zpool zsh zsmalloc zstd zswapped zt zu zugriff zvol
zxc zxd zxe μs
"""
COMMON = frozenset(_COMMON.split())
"""A name only where it is known to be this machine's."""
