import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

/** Reads a line from us. If the pipe closes without one, this process has died, and Postgres must stop too, even if it is paused. */
const script = 'read -r line || { kill -INT "$0"; kill -CONT "$0"; }'

/**
 * Stops the server by a fast shutdown when this process ends in any way, including `kill -9`. The watchdog has its own
 * session, so Ctrl-C and signals to our group do not reach it. Returns a function that dismisses it.
 */
export const startWatchdog = (pid: number, account: Account | null): (() => void) => {
  const watchdog = spawn('sh', ['-c', script, String(pid)], {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const { stdin } = watchdog
  // Without a watchdog only this is lost: a killed start leaves Postgres running, and the next start stops it.
  watchdog.on('error', (error) => process.emitWarning(`No watchdog for Postgres: ${error.message}`))
  stdin.on('error', (error) => process.emitWarning(`The watchdog of Postgres has exited: ${error.message}`))
  watchdog.unref()
  return () => {
    if (watchdog.exitCode === null && watchdog.signalCode === null) stdin.end('dismissed\n')
  }
}
