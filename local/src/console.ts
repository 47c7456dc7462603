/** The console of `npm start`: a process of its own, so that neither it nor the shop can stop the other. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { adminUrlVariableOf, urlVariableOf } from '@quadrille/console/config'
import { type ByRunningService, serviceNames } from '@quadrille/events'
import { isLoopback } from '@quadrille/service'
import type { Options } from './options.ts'
import type { Part } from './parts.ts'

export interface Console extends Part {
  /** Undefined if it did not start. It may start later. */
  readonly url: string | undefined
}

export interface ConsoleOptions {
  readonly options: Options
  readonly urls: ByRunningService<string>
  /** The URL of the operations, if they have their own port. */
  readonly adminUrl: string | undefined
  readonly say: (line: string) => void
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = fileURLToPath(import.meta.resolve('@quadrille/console/main'))

/** How long the start of the shop waits for the console, ms. */
const startWithinMs = 5_000
/** A stop that takes longer than this is forced, ms. */
const stopWithinMs = 4_000
/** The pause before it is started again, ms. It doubles each time, up to the longest, and is short again after a minute without an end. */
const shortestWaitMs = 500
const longestWaitMs = 60_000

/** It has no login, so beyond the loopback it does not run. */
export const runsConsole = ({ CONSOLE, HOST }: Pick<Options, 'CONSOLE' | 'HOST'>): boolean =>
  CONSOLE === 'on' && isLoopback(HOST)

/** Starts the console, and starts it again when it has exited. Never throws: the shop runs without it. */
export const superviseConsole = async (options: ConsoleOptions): Promise<Console> => {
  const stopping = new AbortController()
  const { promise: firstUrl, resolve: onUrl } = Promise.withResolvers<string>()
  const supervision = supervise(options, { stopping: stopping.signal, onUrl })
  const late = delay(startWithinMs, undefined, { signal: stopping.signal }).catch(() => undefined)
  return {
    name: 'console',
    url: await Promise.race([firstUrl, late, supervision]),
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

/** Resolves when `stopping` is aborted and the console has exited. */
const supervise = async (options: ConsoleOptions, { stopping, onUrl }: Supervision): Promise<undefined> => {
  for (let waitMs = shortestWaitMs; !stopping.aborted; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    const beganMs = performance.now()
    const reason = await runOnce(options, { stopping, onUrl })
    if (stopping.aborted) return
    if (performance.now() - beganMs > longestWaitMs) waitMs = shortestWaitMs
    options.say(`the console has exited (${reason}): it starts again in ${waitMs / 1_000} s. The shop does not need it`)
    await delay(waitMs, undefined, { signal: stopping }).catch(() => undefined)
  }
}

/** Resolves to the reason of its exit. The channel lets it notice the end of this process, also by `kill -9`. */
const runOnce = async (options: ConsoleOptions, { stopping, onUrl }: Supervision): Promise<string> => {
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: variablesOf(options),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true, // a Ctrl-C in the terminal is for this process
  })
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

/** Not those of this process: the console needs no database, and no secrets. */
const variablesOf = ({ options, urls, adminUrl }: ConsoleOptions): NodeJS.ProcessEnv => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const addresses = serviceNames.flatMap((service) => [
    [urlVariableOf(service), urls[service]],
    [adminUrlVariableOf(service), adminUrl && urls[service] && `${adminUrl}/${service}`],
  ])
  return {
    PATH,
    HOME,
    NODE_COMPILE_CACHE,
    ...Object.fromEntries(addresses.filter(([, url]) => url !== undefined)),
    HOST: options.HOST,
    PORT: String(options.CONSOLE_PORT),
    ALLOWED_HOSTS: options.ALLOWED_HOSTS.join(),
    LOG_LEVEL: 'warn',
  }
}
