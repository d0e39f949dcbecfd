/** A directory of this machine under another path. */
export interface BoundMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Where and as whom a command with mounts runs. */
export interface NamespacePlace {
  readonly directory: string;
  readonly scratch: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * The command line that runs `command` in a mount namespace of its own with the mounts in place; needs root. Paths that
 * this machine lacks are never created on it: the namespace gets a root of its own that shows the machine's and holds
 * the new names besides.
 */
export function inOwnNamespace(
  command: readonly string[],
  mounts: readonly BoundMount[],
  { directory, scratch, user }: NamespacePlace,
): readonly string[] {
  const ordered = [...mounts].sort((a, b) => a.target.split("/").length - b.target.split("/").length);
  const places = ordered.flatMap(({ source, target, readOnly }) => [source, target, readOnly ? "ro" : "rw"]);
  const identity = user
    ? ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--"]
    : [];
  return [
    ...["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script, "sh"],
    `${scratch}/root`,
    directory,
    String(mounts.length),
    ...places,
    ...identity,
    ...command,
  ];
}

/** Positional: root directory, working directory, number of mounts, three words a mount, command. */
const script = `
root=$1 directory=$2 count=$3
shift 3
fail() { echo "mounts: $1" >&2; exit 125; }
show() {
  for entry in "$1"/* "$1"/.[!.]*; do
    name=${"$"}{entry##*/}
    if [ -L "$entry" ]; then cp -P "$entry" "$2/$name"
    elif [ -d "$entry" ]; then mkdir "$2/$name" && mount --rbind "$entry" "$2/$name"
    elif [ -e "$entry" ]; then : >"$2/$name" && mount --bind "$entry" "$2/$name"
    fi || fail "$entry could not be shown"
  done
}
missing() {
  rest=${"$"}{1#/} path=
  while [ -n "$rest" ]; do
    part=${"$"}{rest%%/*}
    case $rest in */*) rest=${"$"}{rest#*/} ;; *) rest= ;; esac
    [ -n "$part" ] || continue
    if [ ! -e "$root$path/$part" ]; then
      if [ -d "$path" ] && [ -n "$path" ]; then
        case $own in *":$path:"*) ;; *)
          mount -t tmpfs -o mode=755 tmpfs "$root$path" && show "$path" "$root$path" || fail "$path cannot hold $part"
          own="$own:$path:" ;;
        esac
      fi
      mkdir "$root$path/$part" || fail "$path/$part could not be made"
    fi
    path=$path/$part
  done
}
own=
mkdir -p "$root" && mount -t tmpfs -o mode=755 tmpfs "$root" && mount --make-unbindable "$root" || fail "no root of its own"
show "" "$root"
while [ "$count" -gt 0 ]; do
  target=$(readlink -m -- "$2") && missing "$target" && mount --bind "$1" "$root$target" || fail "$2 could not be mounted"
  [ "$3" != ro ] || mount -o remount,bind,ro "$root$target" || fail "$2 could not be made read-only"
  own="$own:$target:"
  count=$((count - 1))
  shift 3
done
exec chroot "$root" /bin/sh -c 'cd "$1" || exit 125; shift; exec "$@"' sh "$directory" "$@"
`;
