import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  readonly ok: boolean
  /** The standard output, followed by the standard error. */
  readonly output: string
  readonly stdout: string
  readonly ms: number
}

/** The tools of the workspace precede those of the machine. turbo runs without prompts and telemetry. */
const env = {
  ...process.env,
  PATH: `${fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))}${delimiter}${process.env['PATH']}`,
  TURBO_TELEMETRY_DISABLED: '1',
}

/** Runs a program in the root of the workspace and keeps its output. A signal to this process ends it. */
export const runProgram = async (
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> => {
  const began = performance.now()
  const child = spawn(program, args, { ...options, env: { ...env, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [code, stdout, stderr] = await Promise.all([untilExited(child), text(child.stdout), text(child.stderr)])
  return { ok: code === 0, output: `${stdout}${stderr}`.trimEnd(), stdout, ms: performance.now() - began }
}

/** Runs a program and shows its output. Resolves to whether it has succeeded. */
export const showProgram = async (
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<boolean> => {
  const stdio: SpawnOptions['stdio'] = ['ignore', 'inherit', 'inherit']
  return (await untilExited(spawn(program, args, { ...options, env: { ...env, ...variables }, stdio }))) === 0
}

/** Programs have a session of their own, so that they receive a signal only once. vitest drops all results at a second one. */
const options: SpawnOptions = { cwd: root, env, detached: true }

/** Resolves to the exit code of the program, or to null if it was killed. Forwards a signal of this process to it. */
const untilExited = async (child: ChildProcess): Promise<number | null> => {
  let signalled = stopping
  const stop = (signal: NodeJS.Signals) => {
    process.exitCode = 1
    stopping = true
    if (!signalled) child.kill(signal)
    signalled = true
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
/** Set by the first signal. Programs that are started later are then stopped at once. */
let stopping = false

/** True if a signal has ended the programs. Their results then mean nothing. */
export const isStopping = (): boolean => stopping
