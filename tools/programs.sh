#!/bin/sh
# fio and iperf3 from Debian where this user may install them; else one line that says what to install.
missing=""
for program in fio iperf3; do
	command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "vaudit: installing$missing from Debian" >&2
	{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing; } \
		>/dev/null 2>&1 && exit 0
fi
echo "vaudit: without$missing the embedded engine measures alone; to add them: apt-get install$missing" >&2
exit 0
