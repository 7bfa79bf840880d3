# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
# shellcheck shell=sh disable=SC2154
#
# What the commands of this directory share; sourced, with $packages set to
# this directory. A package is called by its directory's name here; the one
# of the top-level debian/ by its source name. All that is known about a
# package is read from its debian/control.
#
# A package whose control file has build dependencies restricted to
# <!stage1> is two: NAME.stage1, built in that profile, and NAME, which exists
# as soon as packages of ours make those dependencies.

top=${packages%/*}
build=${BUILD:-$top/build}
cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hurd-arm64}
keyring=${KEYRING:-$build/archive-keyring.pgp}
native=$(sed -n 's/^Source: *//p' "$top/debian/control")

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Print the debian/control of package $1.
package_control() {
	case $1 in
	"$native")
		echo "$top/debian/control" ;;
	*)
		echo "$packages/${1%.stage1}/debian/control" ;;
	esac
}

# Print the binary packages that package $1 makes.
package_binaries() {
	awk -v stage="${1##*.}" '
	function flush() {
		if (binary != "" && !(stage == "stage1" && skip))
			print binary
		binary = ""
		skip = 0
	}
	/^Package:/ { binary = $2 }
	/^Build-Profiles:/ { skip = /<!stage1>/ }
	/^$/ { flush() }
	END { flush() }' "$(package_control "$1")"
}

# Print the build dependencies that package $1 has in its last stage only.
package_awaited() {
	sed -n -e '/^$/q' -e 's/^[^#]*[ ,]\([a-z0-9][a-z0-9.+-]*\)  *<!stage1>.*/\1/p' \
	    "$(package_control "$1")"
}

# Print the names of all packages, those of two stages once.
package_sources() {
	for control in "$packages"/*/debian/control; do
		directory=${control%/debian/control}
		echo "${directory##*/}"
	done
	echo "$native"
}

# Which source makes which binary package: lines of `BINARY NAME`.
made=$(for name in $(package_sources); do
	package_binaries "$name" | sed "s/$/ $name/"
done)

# Print the sources that make binary package $1.
makers() {
	echo "$made" | awk -v binary="$1" '$1 == binary { print $2 }'
}

# Print what package $1 waits for: dependencies that no package makes.
package_waits_for() {
	for binary in $(package_awaited "$1"); do
		[ -n "$(makers "$binary")" ] || echo "$binary"
	done
}

# Print the name of every package that can be built.
package_names() {
	for name in $(package_sources); do
		[ -z "$(package_awaited "$name")" ] || echo "$name.stage1"
		[ -n "$(package_waits_for "$name")" ] || echo "$name"
	done
}

# Does package $1 take too long for everyone's builds? Those that
# packages/on-demand names are built when asked for; `make toolchain` asks for
# all of them from then on, in this build directory.
package_is_left_out() {
	[ ! -e "$build/with-toolchain" ] &&
		grep -qx "${1%.stage1}" "$packages/on-demand"
}

# Print the build profile that package $1 is built in, if any: the first stage
# of two; ours, without the toolchain, with Debian's compiler.
package_profile() {
	case $1 in
	*.stage1)
		echo stage1 ;;
	"$native")
		[ -e "$build/with-toolchain" ] ||
			echo "pkg.$native.debian-gcc" ;;
	esac
}

# Print the names of the packages of this build.
package_wanted() {
	for name in $(package_names); do
		package_is_left_out "$name" || echo "$name"
	done
}

# Print those whose results are published: a first stage is not, once there
# is the last.
package_published() {
	package_wanted | sort | awk '
	{ name[NR] = $1; is[$1] = 1 }
	END { for (i = 1; i <= NR; i++) {
		last = name[i]
		if (sub(/\.stage1$/, "", last) == 0 || !(last in is))
			print name[i]
	} }'
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
		set -- "packages/${1%.stage1}" ;;
	esac
	(cd "$top" && find "$@" -type f ! -name '*~' ! -name '.*') |
	    LC_ALL=C sort
}

# Which package makes which binary package: lines of `BINARY NAME`.
binaries=$(for name in $(package_names); do
	package_binaries "$name" | sed "s/$/ $name/"
done)

# Print the names of the pinned files that package $1 repackages.
package_pinned() {
	list=$packages/${1%.stage1}/pinned
	[ ! -e "$list" ] || sed -e 's/#.*//' -e '/^[ \t]*$/d' "$list"
}

# Packages of two stages and who makes what their last stage waits for, lines
# of `NAME MAKER`: the maker is built with the first stage.
stages=$(for name in $(package_sources); do
	for binary in $(package_awaited "$name"); do
		makers "$binary" | sed "s/^/$name /"
	done
done | sort -u)

# Which packages have to be installed for the packages of another: lines of
# `NAME NAME`, from the Depends of both.
installed=$(for name in $(package_names); do
	echo "$name"
	awk '/^[^ \t#]/ { wanted = /^(Pre-)?Depends:/; sub(/^[^:]*:/, "") }
	    wanted' "$(package_control "$name")" |
	    tr ',|' '\n\n' | sed 's/^[ \t]*/ /'
done | awk -v made="$binaries" '
	BEGIN {
		count = split(made, words)
		for (i = 1; i < count; i += 2)
			maker[words[i]] = words[i + 1]
	}
	/^[^ ]/ { self = $1; next }
	self ~ /\.stage1$/ && /<!stage1>/ { next }
	{ sub(/:.*/, "", $1) }
	$1 in maker && maker[$1] != self { print self, maker[$1] }' | sort -u)

# Print the packages of ours that package $1 is built with: those that make
# a binary package named in its Build-Depends, for a cross-built one those
# that stand for crossbuild-essential, and those that must be installed with
# them. What is :native is Debian's.
package_depends() {
	control=$(package_control "$1")
	{
		echo "$binaries"
		echo :
		echo "$stages"
		echo :
		echo "$installed"
		echo :
		! package_is_cross "$1" || crossbuild_core
		echo :
		cat "$control"
	} | awk -v self="$1" -v profile="$(package_profile "$1")" '
	function add(name,    list, count, i) {
		name = name first[name]
		if (name == "" || name == self || name in used)
			return
		used[name] = 1
		print name
		count = split(with[name], list)
		for (i = 1; i <= count; i++)
			add(list[i])
	}
	part < 4 && /^:$/ { part++; next }
	part >= 4 && /^$/ { part++; next }
	part == 0 { maker[$1] = $2; next }
	part == 1 { if ($2 == self) first[$1] = ".stage1"; next }
	part == 2 { with[$1] = with[$1] " " $2; next }
	part == 3 { add(maker[$1]); next }
	part == 4 && /^[^ \t#]/ { wanted = /^Build-Depends/ }
	part == 4 && wanted {
		sub(/^Build-Depends[^:]*:/, "")
		if (profile != "")
			gsub("[^ ,|]+ *<!" profile ">", "")
		gsub(/[^ ,|]+:native/, "")
		gsub(/\([^)]*\)|\[[^]]*\]|<[^>]*>|:[a-z]+|[ \t]/, "")
		count = split($0, words, /[,|]/)
		for (i = 1; i <= count; i++)
			if (words[i] in maker)
				add(maker[words[i]])
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
		package_profile "$1"
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
