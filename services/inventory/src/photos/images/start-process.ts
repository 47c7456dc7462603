/** Starts the process of a worker, which leaves the processor to all others. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `idle`: it runs while nothing else needs the processor. `normal`: like the service. */
export type Priority = 'idle' | 'normal'

/**
 * Sets the priority and then becomes the command, because a priority must be set before the process has threads.
 *
 * `chrt --idle` is the policy SCHED_IDLE of Linux. Systems without it have the lowest priority instead. Outside of containers, Linux
 * applies both only among the processes of one session, and shares the processor equally between sessions (autogroup), such as those
 * of the service and of Postgres. So the process has a session of its own, with the lowest priority. Linux accepts one such change in
 * 0.1 s (https://man7.org/linux/man-pages/man7/sched.7.html).
 */
const inBackground = `
  if [ -w /proc/self/autogroup ]; then
    for attempt in 1 2 3; do echo 19 >/proc/self/autogroup && break; sleep 0.1; done
  fi 2>/dev/null
  chrt --idle 0 true 2>/dev/null && exec chrt --idle 0 "$0" "$@"
  exec nice -n 19 "$0" "$@"`

/**
 * Runs a module with Node. It gets no variables of the service: the decoders read bytes of strangers, and the variables have
 * passwords. An error at its start rejects what waits for an event of it by `events.once`; `exit` may then be missing. It
 * does not keep this process alive.
 */
export const startProcess = (module: URL, priority: Priority): ChildProcess => {
  const child = fork(fileURLToPath(module), [], {
    ...(priority === 'idle' && { execPath: 'sh', execArgv: ['-c', inBackground, process.execPath], detached: true }),
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], MALLOC_ARENA_MAX: '2' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('error', () => undefined) // the photo that waits for the process gets the error
  child.unref()
  child.channel?.unref()
  return child
}
