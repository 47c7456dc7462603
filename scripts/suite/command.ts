import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  readonly ok: boolean
  /** What it printed, if that was kept. */
  readonly output: string
  readonly ms: number
}

/** The tools of the workspace come before those of the machine; turbo asks nobody and reports to nobody. */
const env = {
  ...process.env,
  PATH: `${fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))}${delimiter}${process.env['PATH']}`,
  TURBO_TELEMETRY_DISABLED: '1',
}

/** Runs a program in the root of the workspace and keeps its output. It ends when we are told to end. */
export const runCommand = async ([program = '', ...args]: readonly string[]): Promise<Outcome> => {
  const began = performance.now()
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const [code, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)])
  return { ok: code === 0, output: `${stdout}${stderr}`.trimEnd(), ms: performance.now() - began }
}

/** Runs a program whose output is seen as it comes. */
export const showCommand = async ([program = '', ...args]: readonly string[]): Promise<Outcome> => {
  const began = performance.now()
  const code = await ended(spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] }))
  return { ok: code === 0, output: '', ms: performance.now() - began }
}

const options: SpawnOptions = { cwd: root, env }

/** Its exit code, or null where it was killed. Ctrl-C reaches it by itself; what is sent to us alone is passed on. */
const ended = async (child: ChildProcess): Promise<number | null> => {
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, pass)
  try {
    return await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  } finally {
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.off(signal, pass)
  }
}
