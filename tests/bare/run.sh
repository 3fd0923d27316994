#!/bin/sh
# The offline installation on a bare Debian 12 with the network cut, as root. Not part of ./urbangrid test (it takes about three minutes).
#
#   debootstrap --variant=minbase bookworm /var/tmp/minbase && tar -C /var/tmp/minbase -cf minbase.tar .
#   openssl genpkey -algorithm ed25519 -out private.pem && openssl pkey -in private.pem -pubout -out public.pem
#   ./urbangrid bundle --to bundle.tar --sign private.pem
#   tests/bare/run.sh bundle.tar minbase.tar /var/tmp/bare public.pem
#
# The bare system runs in a network name space of its own that has the loopback only; all its processes end with the script.
set -eu
if [ "${1:-}" != "--inside" ]; then
    bundle=$(realpath "$1"); system=$(realpath "$2"); folder=$3; key=$(realpath "$4")
    mkdir "$folder"
    trap 'rm -rf "$folder"' EXIT
    tar -C "$folder" -xf "$system"
    mkdir -p "$folder/srv"
    cp "$bundle" "$folder/srv/bundle.tar"
    cp "$key" "$folder/srv/public.pem"
    cp "$(dirname "$0")/inside.sh" "$folder/srv/inside.sh"
    unshare --net --mount --pid --fork --kill-child sh "$0" --inside "$folder"
    exit
fi
folder=$2
python3 - <<'PYTHON'
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:  # loopback up: IFF_UP | IFF_RUNNING
    fcntl.ioctl(one, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
PYTHON
mount -t proc proc "$folder/proc"
mount --rbind /dev "$folder/dev"
exec chroot "$folder" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh /srv/inside.sh
