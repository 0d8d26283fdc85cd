#!/bin/sh
# The network is fixed by QEMU's user mode; identity comes from the seed disk (all zeros while the warm image is made).
set -eu
modprobe virtio_net
ip link set lo up
ip link set eth0 up
ip addr replace 10.0.2.15/24 dev eth0
ip route replace default via 10.0.2.2
lab-apply-seed
