"""What /proc tells of the addresses and routes of a guest with a public and a private address."""

from vaudit.facts.linux.addresses import SIX, SIX_ROUTE, TRIE

NONE = "0" * 32
TRIE_TEXT = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 8.8.4.0/22 2 0 2
        |-- 8.8.4.0
           /22 link UNICAST
        |-- 8.8.5.6
           /32 host LOCAL
        |-- 8.8.7.255
           /32 link BROADCAST
     |-- 10.1.0.1
        /32 host LOCAL
     |-- 127.0.0.0
        /8 host LOCAL
     |-- 127.0.0.1
        /32 host LOCAL
Local:
     |-- 8.8.5.6
        /32 host LOCAL
"""
SIX_TEXT = f"""{NONE[:-1]}1 01 80 10 80       lo
2a01048000000000000000000000beef 02 40 00 80     eth0
fe800000000000005054000000001234 02 40 20 80     eth0
2a0104800000000000000000000bad00 02 40 00 88     eth0
"""
SIX_ROUTES = f"""2a010480000000000000000000000000 40 {NONE} 00 {NONE} 00000100 00000001 00000000 00000001 eth0
{NONE} 00 {NONE} 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
{NONE} 00 {NONE} 00 {NONE} ffffffff 00000001 00000000 00200200       lo
"""
ROUTES = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
ROUTES += "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n"
FILES = {TRIE: TRIE_TEXT, SIX: SIX_TEXT, SIX_ROUTE: SIX_ROUTES}
