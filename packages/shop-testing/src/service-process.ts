/** A service in its own process, as in production: `node services/<name>/src/main.ts`. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { serviceFlags } from '@quadrille/testing'

export interface ServiceProcess {
  readonly url: string
  readonly pid: number
  /** Its exit code; null if a signal killed it. */
  readonly ended: Promise<number | null>
  /** Sends it a signal, by default SIGTERM, and resolves to its exit code; null if the signal killed it. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/** The repository. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * The inherited variables. They do not configure a service. With the compile cache it starts twice as fast
 * (https://nodejs.org/api/module.html#module-compile-cache).
 */
export const inherited = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  return { PATH, HOME, NODE_COMPILE_CACHE }
}

/** The number of log lines that an error contains. */
const maxErrorLines = 20

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface ProcessOptions {
  /** Called with each line of its log. */
  readonly onLine?: (line: string) => void
  /** Kills it when the signal aborts, also before it listens. */
  readonly signal?: AbortSignal
}

/**
 * Starts a service, on a free port unless `env` sets one. It exits with this process, unless this process is killed.
 * Resolves when it listens, even if the broker is not available yet.
 * @throws with the last lines of its log if it exits before that.
 */
export const startServiceProcess = async (
  service: string,
  env: Readonly<Record<string, string>>,
  { onLine = () => undefined, signal }: ProcessOptions = {},
): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, [...serviceFlags(root), `services/${service}/src/main.ts`], {
    cwd: root,
    env: { ...inherited(), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${service} can't be started.`)
  running.add(child)
  signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
  const ended = once(child, 'exit').then(([code]): number | null => {
    running.delete(child)
    return code
  })
  const log = followLog(child, onLine)
  const died = ended.then((code) => {
    throw new Error(`${service} exited with ${code} before it listened:\n${log.lastLines()}`)
  })
  const url = await Promise.race([log.url, died])
  return {
    url,
    pid,
    ended,
    end: (how = 'SIGTERM') => {
      child.kill(how)
      return ended
    },
  }
}

/** Reads the log until the process exits, because the pipe would fill up. The log contains the URL of the service. */
const followLog = (
  { stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>,
  onLine: (line: string) => void,
) => {
  const last: string[] = []
  const url = new Promise<string>((resolve) => {
    const read = (line: string) => {
      onLine(line)
      last.splice(0, last.length - maxErrorLines + 1)
      last.push(line)
      const listening = /"url":"(http:[^"]+)".*"msg":"listening"/.exec(line)?.[1]
      if (listening) resolve(listening)
    }
    for (const input of [stdout, stderr]) createInterface({ input }).on('line', read)
  })
  return { url, lastLines: () => last.join('\n') }
}
