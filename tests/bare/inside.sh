#!/bin/sh
# Inside the bare system (tests/bare/run.sh): unpack, start, ask for the sign-in page, back up, restore elsewhere, stop.
set -eu
cd /srv
command -v python3 >/dev/null && echo "(python3 is here already)"
if getent hosts debian.org >/dev/null 2>&1; then echo "the network is not cut" >&2; exit 1; fi
tar xf bundle.tar
cd urbangrid-*/
began=$(date +%s)
./urbangrid up --port 8700 >/srv/up.log 2>&1 &
until grep -q Ctrl-C /srv/up.log; do
    kill -0 $! 2>/dev/null || { cat /srv/up.log; exit 1; }
    sleep 1
done
echo "seconds to the first page, made city included: $(($(date +%s) - began))"
cat /srv/up.log
python3 - <<'PYTHON'
import re, urllib.request
page = urllib.request.urlopen("http://127.0.0.1:8700/sign-in/", timeout=20).read().decode()
assert 'name="password"' in page, page[:500]
for name in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
    assert urllib.request.urlopen("http://127.0.0.1:8700" + name, timeout=20).status == 200, name
print("sign-in page and its files served; addresses outside:", re.findall(r'(?:href|src)="https?://[^"]+', page))
PYTHON
echo "on disk: $(du -sm /srv/urbangrid-* | cut -f1) MB program, $(du -sm /var/lib/urbangrid/data | cut -f1) MB data"
echo "a passphrase of the test" >/srv/passphrase
./urbangrid backup --to /var/backups/urbangrid --passphrase-file /srv/passphrase
./urbangrid down
./urbangrid restore /var/backups/urbangrid --data /var/lib/urbangrid/second --passphrase-file /srv/passphrase
