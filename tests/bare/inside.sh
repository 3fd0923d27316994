#!/bin/sh
# Inside the bare system (tests/bare/run.sh): unpack, start, ask for the sign-in page, back up, restore elsewhere, stop; then start again
# with `up --from`: refused with another key and with an altered file, started with the right key.
set -eu
cd /srv
command -v python3 >/dev/null && echo "(python3 is here already)"
if getent hosts debian.org >/dev/null 2>&1; then echo "the network is not cut" >&2; exit 1; fi
tar xf bundle.tar
cd urbangrid-*/
start() { # LOG WORDS...: in the background, until it announces itself
    log=$1; shift
    ./urbangrid up --port 8700 "$@" >"$log" 2>&1 &
    until grep -q Ctrl-C "$log"; do
        kill -0 $! 2>/dev/null || { cat "$log"; exit 1; }
        sleep 1
    done
}
refused() { # WORD WORDS...: the command fails and says the word
    word=$1; shift
    if "$@" >/srv/refused.log 2>&1 || ! grep -q "$word" /srv/refused.log; then cat /srv/refused.log; echo "not refused: $*" >&2; exit 1; fi
    echo "refused: $(tail -1 /srv/refused.log)"
}
began=$(date +%s)
start /srv/up.log
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
openssl=$(command -v openssl || true) # comes with PostgreSQL's packages
"$openssl" genpkey -algorithm ed25519 -out /srv/other.pem
"$openssl" pkey -in /srv/other.pem -pubout -out /srv/wrong.pem
cp /srv/bundle.tar /srv/altered.tar
python3 - <<'PYTHON'
with open("/srv/altered.tar", "r+b") as file: # one bit in the middle of a package
    file.seek(100_000_000)
    byte = file.read(1)
    file.seek(100_000_000)
    file.write(bytes([byte[0] ^ 1]))
PYTHON
refused "没有安装" ./urbangrid up --port 8700 --from /srv/altered.tar --bundle-key /srv/public.pem
refused "签名" ./urbangrid up --port 8700 --from /srv/bundle.tar --bundle-key /srv/wrong.pem
began=$(date +%s)
start /srv/from.log --from /srv/bundle.tar --bundle-key /srv/public.pem
echo "seconds of up --from with a signed bundle, on the data that are there: $(($(date +%s) - began))"
./urbangrid audit verify
./urbangrid down
