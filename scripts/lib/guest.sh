# shellcheck shell=bash
# Builds the rig's Debian guest: vmlinuz, initrd and root.img in a folder named by the hash of all that makes it.

# shellcheck source=scripts/lib/debian.sh
source "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

readonly guest_suite=trixie
readonly guest_inside=$root/tests/rig/guest/inside
guest_packages=(
  systemd-sysv udev kmod linux-image-amd64 initramfs-tools busybox-static procps util-linux fdisk sudo
  python3 smartmontools e2fsprogs xfsprogs fio nvme-cli sg3-utils hdparm
  lvm2 mdadm cryptsetup-bin dmsetup multipath-tools
)
# What would touch drives, or take time at the start, of its own accord.
guest_masked=(
  apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer
  smartmontools.service smartd.service nvmf-autoconnect.service nvmefc-boot-connections.service
  multipathd.service multipathd.socket systemd-timesyncd.service systemd-networkd.service
  getty@tty1.service serial-getty@ttyS0.service mdmonitor.service mdcheck_start.timer mdcheck_continue.timer
  mdmonitor-oneshot.timer zfs-zed.service zfs-import-cache.service zfs-import-scan.service zfs-mount.service
  zfs-share.service zfs-volume-wait.service
)

# guest_hash KIND: names what a build of this kind would make.
guest_hash() {
  { printf '%s\n' "$1" && cat "${BASH_SOURCE[0]}" "$guest_inside"/*; } | sha256sum | head -c 12
}

# guest_build KIND FOLDER: KIND is plain or zfs (OpenZFS of contrib, built by dkms: many minutes). Needs root, and
# mount and process namespaces of its own, so that nothing stays behind however it ends.
guest_build() {
  local kind=$1 folder=$2 packages=("${guest_packages[@]}") components=main mirror unit tree=$2/tree
  if [[ $kind == zfs ]]; then
    components="main contrib"
    packages+=(linux-headers-amd64 zfs-dkms zfsutils-linux)
  fi
  for mirror in $(debian_mirrors); do
    rm -rf "$tree"
    # shellcheck disable=SC2016
    mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
      --include="$(IFS=, && echo "${packages[*]}")" \
      --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
      --dpkgopt='force-unsafe-io' --dpkgopt='path-exclude=/usr/share/man/*' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
      --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"
        printf "MODULES=list\nCOMPRESS=lz4\n" >"$1/etc/initramfs-tools/conf.d/rig"
        printf "virtio_pci\nvirtio_blk\next4\n" >"$1/etc/initramfs-tools/modules"' \
      "$guest_suite" "$tree" "deb $mirror $guest_suite $components" && break
  done
  [[ -e $tree/etc/os-release ]] || die "none of this machine's apt sources gave a Debian $guest_suite"
  install -m 755 "$guest_inside/guestd.py" "$tree/usr/local/sbin/guestd.py"
  install -m 644 "$guest_inside/guestd.service" "$tree/etc/systemd/system/guestd.service"
  install -m 440 "$guest_inside/sudoers" "$tree/etc/sudoers.d/truenas"
  ln -s ../guestd.service "$tree/etc/systemd/system/multi-user.target.wants/guestd.service"
  for unit in "${guest_masked[@]}"; do ln -sf /dev/null "$tree/etc/systemd/system/$unit"; done
  echo rig >"$tree/etc/hostname"
  : >"$tree/etc/fstab"
  rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*
  mv "$tree"/boot/vmlinuz-* "$folder/vmlinuz"
  mv "$tree"/boot/initrd.img-* "$folder/initrd"
  truncate -s 4G "$folder/root.img"
  mke2fs -q -t ext4 -L rigroot -d "$tree" "$folder/root.img"
  rm -rf "$tree"
}
