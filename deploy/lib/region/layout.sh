# shellcheck shell=bash
# Where everything lies on a host.

# Releases kept besides those that run or may be rolled back to.
kept_releases=1

# Sets the paths, all below the folder $1: empty on a host; --dry-run and tests have one of their own.
set_layout() {
    root=$1
    # One folder per release, never changed after it is complete; NAME.part while it is not.
    releases=$root/opt/apus/releases
    # Links to the release that runs, and to the one before.
    current=$root/opt/apus/current
    previous=$root/opt/apus/previous
    # By which the script is called on the host later.
    host_command=$root/usr/local/sbin/apus-region
    tls_folder=$root/etc/apus/tls
    # Held while a release is received or activated, so that no two runs mix.
    lock_file=$root/run/apus-region.lock
    # Files that an activation has written which has not come to its end.
    pending_file=$root/opt/apus/pending
    # The megabytes of disk by which the caches were sized.
    disk_file=$root/opt/apus/disk
    # Packages that were not there before, for uninstall.
    packages_file=$root/opt/apus/packages
}

# The name of the release that the link $1 leads to; fails when there is none.
release_of() {
    local target
    target=$(readlink -- "$1") && [[ -d $releases/${target##*/} ]] && printf '%s\n' "${target##*/}"
}
