/** Processes that the benchmark starts. They end with it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Command {
  /** Default: the Node that runs the benchmark. */
  readonly node?: string
  /** Flags of Node. Default none. */
  readonly flags?: readonly string[]
  readonly script: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface Child {
  readonly pid: number
  /** How it was started, to start it again. */
  readonly command: Command
  /** The exit code. Null if a signal ended the process. */
  readonly ended: Promise<number | null>
  /** The reason and the last lines of the standard error, if the process exited by itself. Otherwise null. */
  failure(): string | null
  /** Sends SIGKILL. Resolves when the process has exited. */
  kill(): Promise<void>
  /** Sends SIGTERM, and SIGKILL if that takes too long. Resolves when the process has exited. */
  stop(): Promise<void>
}

const stopWithinMs = 15_000
/** The number of lines of the standard error in the description of a failure. */
const maxErrorLines = 10

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Runs a script with Node and no inherited variables except for those of a shell. Its standard output is discarded. */
export const startChild = (command: Command): Child => {
  const { node = process.execPath, flags = [], script, cwd, env } = command
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const child = spawn(node, [...flags, script], {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${script} can't be started.`)
  running.add(child)
  const lines: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.splice(0, lines.length - maxErrorLines + 1)
    lines.push(line)
  })
  let isStopping = false
  const ended = once(child, 'exit').then(([code]): number | null => {
    running.delete(child)
    return code
  })
  return {
    pid,
    command,
    ended,
    failure: () =>
      isStopping || !hasEnded(child)
        ? null
        : [`${script} exited with ${child.exitCode ?? child.signalCode}:`, ...lines].join('\n'),
    kill: async () => {
      isStopping = true
      child.kill('SIGKILL')
      await ended
    },
    stop: async () => {
      isStopping = true
      await stop(child, ended)
    },
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const stop = async (child: ChildProcess, ended: Promise<unknown>): Promise<void> => {
  if (hasEnded(child)) return
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await ended
  clearTimeout(late)
}
