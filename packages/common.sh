# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
# shellcheck shell=sh disable=SC2154
#
# What the commands of this directory share; sourced, with $packages set to
# this directory. A package is called by its directory's name here; the one
# of the top-level debian/ by its source name. All that is known about a
# package is read from its debian/control.

top=${packages%/*}
build=${BUILD:-$top/build}
cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hurd-arm64}
keyring=${KEYRING:-$build/archive-keyring.pgp}
native=$(sed -n 's/^Source: *//p' "$top/debian/control")

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Print the name of every package.
package_names() {
	for control in "$packages"/*/debian/control; do
		directory=${control%/debian/control}
		echo "${directory##*/}"
	done
	echo "$native"
}

# Print the debian/control of package $1.
package_control() {
	case $1 in
	"$native")
		echo "$top/debian/control" ;;
	*)
		echo "$packages/$1/debian/control" ;;
	esac
}

# Is package $1 built for hurd-arm64, not (only) for the machine we are on?
package_is_cross() {
	grep -q '^Architecture:.*hurd-arm64' "$(package_control "$1")"
}

# Print the paths of the files that package $1 is made of, from the top.
package_files() {
	case $1 in
	"$native")
		set -- debian kernel ;;
	gnumach)
		# The kernel's own headers, unpacked as mach/ beside debian/.
		set -- packages/gnumach kernel/interface ;;
	*)
		set -- "packages/$1" ;;
	esac
	(cd "$top" && find "$@" -type f ! -name '*~' ! -name '.*') |
	    LC_ALL=C sort
}

# Which package makes which binary package: lines of `BINARY NAME`.
binaries=$(for name in $(package_names); do
	sed -n "s/^Package: *\\(.*\\)/\\1 $name/p" "$(package_control "$name")"
done)

# Print the names of the pinned files that package $1 repackages.
package_pinned() {
	list=$packages/$1/pinned
	[ ! -e "$list" ] || sed -e 's/#.*//' -e '/^[ \t]*$/d' "$list"
}

# Print the packages of ours that package $1 is built with: those that make
# a binary package named in its Build-Depends, and for a cross-built one
# those that stand for crossbuild-essential.
package_depends() {
	control=$(package_control "$1")
	{
		echo "$binaries"
		echo
		! package_is_cross "$1" || crossbuild_core
		echo
		cat "$control"
	} | awk -v self="$1" '
	function use(binary) {
		if (binary in maker && maker[binary] != self)
			print maker[binary]
	}
	/^$/ { part++; next }
	part == 0 { maker[$1] = $2; next }
	part == 1 { use($1); next }
	part == 2 && /^[^ \t#]/ { wanted = /^Build-Depends/ }
	part == 2 && wanted {
		sub(/^Build-Depends[^:]*:/, "")
		gsub(/\([^)]*\)|\[[^]]*\]|<[^>]*>|:[a-z]+|[ \t]/, "")
		count = split($0, words, /[,|]/)
		for (i = 1; i <= count; i++)
			use(words[i])
	}' | LC_ALL=C sort -u
}

# Print the binary packages that every cross build has installed.
crossbuild_core() {
	sed -e 's/#.*//' -e '/^[ \t]*$/d' "$packages/crossbuild-core"
}

# Print the hash of all that the result of package $1 depends on: its files,
# the signing key or the pinned files where it holds them, the way packages
# are built, the versions of Debian's tools, our packages it is built with.
package_key() {
	{
		cat "$build/tools.id" "$packages/build" "$packages/chroot"
		! package_is_cross "$1" || crossbuild_core
		package_files "$1" | (cd "$top" && xargs sha256sum)
		package_files "$1" | (cd "$top" &&
		    xargs sh -c 'find "$@" -perm -100' sh)
		[ "$1" != "$native" ] || cat "$keyring"
		package_pinned "$1" | while read -r file; do
			grep -F "/$file" "$top/mk/pinned"
		done
		for dependency in $(package_depends "$1"); do
			package_key "$dependency"
		done
	} | sha256sum | cut -c 1-16
}

# Print the directory that holds or will hold the result of package $1.
package_result() {
	key=$(package_key "$1")
	echo "$cache/packages/$1/$key"
}
