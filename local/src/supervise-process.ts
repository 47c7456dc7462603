/** A part of `npm start` that is a process of its own, so that neither it nor the shop can stop the other. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pause } from '@quadrille/async'
import type { DestinationStream } from 'pino'
import type { Part } from './parts.ts'
import { portOf } from './port-of.ts'

export interface Printing {
  /** Writes a line to the terminal. */
  readonly say: (line: string) => void
  /** Takes the log lines of the process. Undefined: they go to standard output. */
  readonly log: DestinationStream | undefined
}

export interface SupervisedProcess extends Printing {
  readonly name: string
  /** The arguments of Node: flags, the path of its script, and the script's own arguments. */
  readonly command: readonly string[]
  /** Its variables, beside those of this process that Node itself reads. */
  readonly env: NodeJS.ProcessEnv
  /** The one of its variables that sets its port. A port that it has chosen itself is kept when it starts again. */
  readonly portVariable: string
}

export interface Supervised extends Part {
  /**
   * Resolves to the URL on which it listens; to undefined if it has not started within 5 s. It may start later.
   * Rejects if the signal is aborted first.
   */
  url(signal: AbortSignal): Promise<string | undefined>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Not all that begin with NODE_: `NODE_AUTH_TOKEN`, for example, is a secret of npm. */
const inheritedNames: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'NODE_COMPILE_CACHE',
  'NODE_DEBUG',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_USE_ENV_PROXY',
  'NODE_USE_SYSTEM_CA',
])

/** How long the start of the shop waits for the process, ms. */
const startWithinMs = 5_000
/** A stop that takes longer than this is forced, ms. */
const stopWithinMs = 4_000
/** The pause before it is started again, ms. It doubles each time, up to the longest, and is short again after a minute without an end. */
const shortestWaitMs = 500
const longestWaitMs = 60_000

/** Starts the process, and starts it again when it has exited. Never throws: the shop runs without it. */
export const superviseProcess = (process_: SupervisedProcess): Supervised => {
  const stopping = new AbortController()
  const { promise: firstUrl, resolve: onUrl } = Promise.withResolvers<string>()
  const supervision = supervise(process_, { stopping: stopping.signal, onUrl })
  return {
    url: (signal) => Promise.race([firstUrl, supervision, delay(startWithinMs, undefined, { signal })]),
    stop: async () => {
      stopping.abort()
      await supervision
    },
  }
}

interface Supervision {
  readonly stopping: AbortSignal
  readonly onUrl: (url: string) => void
}

/** Resolves when `stopping` is aborted and the process has exited. */
const supervise = async (process_: SupervisedProcess, { stopping, onUrl }: Supervision): Promise<undefined> => {
  const { name, portVariable, say } = process_
  let env = process_.env
  const keepPort = (url: string) => {
    env = { ...env, [portVariable]: String(portOf(url)) }
    onUrl(url)
  }
  for (let waitMs = shortestWaitMs; !stopping.aborted; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    const beganMs = performance.now()
    const reason = await runOnce({ ...process_, env }, { stopping, onUrl: keepPort })
    if (stopping.aborted) return
    if (performance.now() - beganMs > longestWaitMs) waitMs = shortestWaitMs
    say(`the ${name} has exited (${reason}): it starts again in ${waitMs / 1_000} s. The shop does not need it`)
    await pause(waitMs, stopping)
  }
}

/** Resolves to the reason of its exit. The channel lets it notice the end of this process, also by `kill -9`. */
const runOnce = async ({ command, env, log }: SupervisedProcess, { stopping, onUrl }: Supervision): Promise<string> => {
  const inherited = Object.entries(process.env).filter(([name]) => inheritedNames.has(name))
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', log ? 'pipe' : 'inherit', 'inherit', 'ipc'],
    detached: true, // a Ctrl-C in the terminal is for this process
  })
  if (child.stdout) createInterface(child.stdout).on('line', (line) => log?.write(line))
  child.once('message', (message: { readonly url: string }) => onUrl(message.url))
  let killing: NodeJS.Timeout | undefined
  const stop = () => {
    child.kill('SIGTERM')
    killing = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  }
  stopping.addEventListener('abort', stop, { once: true })
  const reason = await untilExited(child)
  stopping.removeEventListener('abort', stop)
  clearTimeout(killing)
  return reason
}

const untilExited = async (child: ChildProcess): Promise<string> => {
  try {
    const [code, signal]: unknown[] = await once(child, 'exit')
    return signal === null ? `code ${code}` : String(signal)
  } catch (error) {
    return error instanceof Error ? error.message : String(error) // it could not be spawned
  }
}
