/** `npm start` as its three processes: run.mjs, its child main.ts, and the Postgres that main.ts supervises. */

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '@quadrille/testing/waiting'

const root = new URL('../../../', import.meta.url).pathname

export const processNames = ['run.mjs', 'main', 'Postgres'] as const
export type ProcessName = (typeof processNames)[number]

export interface Quadrille {
  /** Kills those targets that are running, and returns their names. */
  kill(targets: readonly ProcessName[]): ProcessName[]
  /** Resolves to true when this text is printed, or to false if Quadrille exits before. Rejects after TEST_PATIENCE. */
  printed(text: string): Promise<boolean>
  /** Resolves when both run.mjs and main.ts have exited. Rejects after TEST_PATIENCE. */
  exited(): Promise<void>
}

/** Like `npm start`, with all state in `folder`. */
export const startQuadrille = (folder: string, env: Readonly<Record<string, string>>): Quadrille => {
  const runner = spawn(process.execPath, ['run.mjs', 'local/src/main.ts'], {
    cwd: root,
    env: { ...process.env, AMQP_URL: '', ...env, DATA_DIR: folder },
  })
  const output = outputOf(runner)
  let main: number | undefined // stored, because it gets another parent when run.mjs exits
  const running = (): Record<ProcessName, number | undefined> => {
    main = childOf(runner) ?? main // the first child may be an installation
    return { 'run.mjs': ifRunning(runner.pid), main: ifRunning(main), Postgres: postmasterOf(folder) }
  }
  const ended = () => {
    const alive = running()
    return alive['run.mjs'] === undefined && alive.main === undefined
  }
  const until = (holds: () => boolean, what: string) =>
    waitUntil(holds).catch((cause: unknown) => {
      throw new Error(`${what} did not happen. Output:\n${output()}`, { cause })
    })
  return {
    printed: async (text) => {
      await until(() => output().includes(text) || ended(), `"${text}"`)
      return output().includes(text)
    },
    exited: async () => {
      await until(ended, 'Its end')
    },
    kill: (targets) => {
      const alive = running()
      const killed = targets.filter((name) => alive[name] !== undefined)
      for (const pid of killed.flatMap((name) => alive[name] ?? [])) process.kill(pid, 'SIGKILL')
      return killed
    },
  }
}

const outputOf = ({ stdout, stderr }: ChildProcess): (() => string) => {
  let text = ''
  for (const stream of [stdout, stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk))
  return () => text
}

/** The child process of another process, if there is one (proc(5), /proc/pid/task/tid/children). */
const childOf = ({ pid }: ChildProcess): number | undefined => {
  const [child] = contentOf(`/proc/${pid}/task/${pid}/children`).split(' ')
  return child ? Number(child) : undefined
}

/** The embedded server's process id. The pid file may be outdated, and another process may use that id. */
const postmasterOf = (folder: string): number | undefined => {
  const data = join(folder, 'postgres')
  const [line] = contentOf(join(data, 'postmaster.pid')).split('\n')
  return line && linkOf(`/proc/${line}/cwd`) === realpathSync(data) ? Number(line) : undefined
}

const ifRunning = (pid: number | undefined): number | undefined => {
  const stat = contentOf(`/proc/${pid}/stat`)
  return stat === '' || stat.includes(') Z ') ? undefined : pid
}

/** Empty if the file or the process does not exist. */
const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return unlessMissing(error)
  }
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch (error) {
    return unlessMissing(error)
  }
}

const unlessMissing = (error: unknown): '' => {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return ''
  throw error
}
