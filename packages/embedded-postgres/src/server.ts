import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Account } from './account.ts'
import { readPidFile } from './pid-file.ts'
import { type ServerSettings, serverArguments } from './settings.ts'
import { startWatchdog } from './watchdog.ts'

/** How a server exited: either its code or its signal is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ServerOptions extends ServerSettings {
  readonly binaries: string
  readonly cluster: string
  readonly account: Account | null
  /** The file to which the server's own log is appended. */
  readonly logFile: string
}

export interface Server {
  readonly pid: number
  /** Resolves when the server has exited, for any reason. It is not restarted. */
  readonly exited: Promise<Exit>
  /** Ends all sessions and the server, within 6 s. */
  stop(): Promise<void>
}

/** A server that exited before it accepted connections, with its output. */
export class ServerFailed extends Error {
  override readonly name = 'ServerFailed'
}

const pollMs = 10
const maxLogBytes = 5_000_000
/** Fast shutdown, immediate shutdown and kill, each with its time limit, ms. The other parts of `npm start` have the rest of its 10 s together. */
const escalation = [
  ['SIGINT', 4_000],
  ['SIGQUIT', 1_000],
  ['SIGKILL', 1_000],
] as const

/**
 * Starts Postgres in its own session, and resolves when it accepts connections. After a crash it recovers first, for as
 * long as that takes. It ends with this process.
 * @throws {ServerFailed} if it exits instead.
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { cluster, logFile } = options
  const logStart = sizeAfterTrimming(logFile)
  const child = launch(options)
  const { pid } = child
  if (pid === undefined) throw (await once(child, 'error'))[0]
  const dismissWatchdog = startWatchdog(pid, options.account)
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }))
  void exited.then(dismissWatchdog)
  while (!isReady(cluster, pid)) {
    if (hasEnded(child)) throw new ServerFailed(readFileSync(logFile).subarray(logStart).toString().trim())
    await delay(pollMs)
  }
  return { pid, exited, stop: () => stop(child, exited) }
}

const launch = ({ binaries, cluster, account, logFile, ...settings }: ServerOptions): ChildProcess => {
  const log = openSync(logFile, 'a')
  try {
    return spawn(join(binaries, 'bin', 'postgres'), ['-D', cluster, ...serverArguments(settings)], {
      ...account,
      cwd: '/',
      detached: true,
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

const isReady = (cluster: string, pid: number): boolean => {
  const file = readPidFile(cluster)
  return file?.pid === pid && file.ready
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const stop = async (child: ChildProcess, exited: Promise<Exit>): Promise<void> => {
  for (const [signal, patienceMs] of escalation) {
    if (hasEnded(child)) return
    child.kill(signal)
    const patience = new AbortController()
    await Promise.race([exited, delay(patienceMs, undefined, { signal: patience.signal })]).finally(() =>
      patience.abort(),
    )
  }
}

const sizeAfterTrimming = (logFile: string): number => {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size <= maxLogBytes) return size
  truncateSync(logFile)
  return 0
}
