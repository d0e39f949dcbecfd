import { join } from "node:path";

/**
 * Where things lie on disk. Everything below `directory` belongs to the provider, is readable by its user alone
 * (0700), and nothing outside is ever written.
 *
 * ```
 * supervise.sh                          the watcher's script
 * entry-HASH/                           programs that are brought into roots of containers, with their libraries
 * pods/UID/pod.json                     the accepted pod: reference and plan (0600: it holds the environment)
 * pods/UID/deletion.json                that and how the pod is to stop
 * pods/UID/volumes/NAME/                contents of volumes; files as links into `..data`, which is swapped whole
 * pods/UID/containers/NAME/N/           instance N of a container, from 0; the last two are kept
 *   intent.json  launch.sh  namespace     written by the provider, before the directory gets its name
 *   cgroup                                written by the provider: the file that counts kills, then the control groups
 *   hosts  hostname  resolv.conf  termination-log   written by the provider: files that the container sees as its own
 *   oom-killed                            written by the watcher: a process was killed for want of memory
 *   claim                                 written by the watcher: who runs the instance (pid, start, boot)
 *   process                               written by the launch script: the program's own identity
 *   start-error                           written by the launch script: why nothing could be started
 *   exit                                  written by the watcher: the exit code; its mtime is the end
 *   post-start                            written by the provider: begun, done, or failed and when
 *   post-start-process pre-stop-process   written by the hook's command: its identity, until the instance has ended
 *   pre-stop                              written by the provider when the hook has ended
 *   stopping                              written by the provider before it sends the stop signal
 *   stdout  stderr  log-index             output, and when it was seen
 *   log-base                              where the output that is kept begins
 * ```
 */
export const layout = {
  supervisor: (directory: string): string => join(directory, "supervise.sh"),
  pods: (directory: string): string => join(directory, "pods"),
  pod: (directory: string, uid: string): string => join(directory, "pods", uid),
  podFile: (pod: string): string => join(pod, "pod.json"),
  deletionFile: (pod: string): string => join(pod, "deletion.json"),
  volume: (pod: string, name: string): string => join(pod, "volumes", name),
  container: (pod: string, name: string): string => join(pod, "containers", name),
  instance: (pod: string, name: string, number: number): string =>
    join(pod, "containers", name, String(number)),
};
