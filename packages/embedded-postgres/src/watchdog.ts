import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

/** Reads a line from us; when the pipe ends without one we have died, and Postgres must stop too. */
const script = 'read -r line || kill -INT "$0"'

/**
 * Stops the server by a fast shutdown when this process ends in whatever way, `kill -9` included.
 * It has a session of its own, out of reach of Ctrl-C and of a signal to our group. Returns how to dismiss it.
 */
export const watchOver = (pid: number, account: Account | null): (() => void) => {
  const watchdog = spawn('sh', ['-c', script, String(pid)], {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const { stdin } = watchdog
  // Without a watchdog all works but this: a start that is killed leaves Postgres running, for the next one to stop.
  watchdog.on('error', (error) => process.emitWarning(`No watchdog for Postgres: ${error.message}`))
  stdin.on('error', (error) => process.emitWarning(`The watchdog of Postgres is gone: ${error.message}`))
  watchdog.unref()
  return () => {
    if (watchdog.exitCode === null && watchdog.signalCode === null) stdin.end('dismissed\n')
  }
}
