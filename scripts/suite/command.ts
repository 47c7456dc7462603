import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  readonly ok: boolean
  /** What it printed, if that was kept: its standard output, then its errors. */
  readonly output: string
  readonly stdout: string
  readonly ms: number
}

/** The tools of the workspace come before those of the machine; turbo asks nobody and reports to nobody. */
const env = {
  ...process.env,
  PATH: `${fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))}${delimiter}${process.env['PATH']}`,
  TURBO_TELEMETRY_DISABLED: '1',
}

/** Runs a program in the root of the workspace and keeps its output. It ends when we are told to end. */
export const runCommand = async (
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> => {
  const began = performance.now()
  const child = spawn(program, args, { ...options, env: { ...env, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [code, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)])
  return { ok: code === 0, output: `${stdout}${stderr}`.trimEnd(), stdout, ms: performance.now() - began }
}

/** Runs a program whose output is seen as it comes. */
export const showCommand = async (
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> => {
  const began = performance.now()
  const stdio = ['ignore', 'inherit', 'inherit'] as const
  const code = await ended(spawn(program, args, { ...options, env: { ...env, ...variables }, stdio: [...stdio] }))
  return { ok: code === 0, output: '', stdout: '', ms: performance.now() - began }
}

/** In a session of its own, so that it gets from us the one signal that it is meant to get: vitest drops all at a second. */
const options: SpawnOptions = { cwd: root, env, detached: true }

/** Its exit code, or null where it was killed. What ends us ends it first. */
const ended = async (child: ChildProcess): Promise<number | null> => {
  const stop = (signal: NodeJS.Signals) => {
    process.exitCode = 1
    if (!stopping) child.kill(signal)
    stopping = true
  }
  if (stopping) child.kill()
  for (const signal of signals) process.on(signal, stop)
  try {
    return await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const
/** Once we are told to end, what is still to be run ends at once. */
let stopping = false
