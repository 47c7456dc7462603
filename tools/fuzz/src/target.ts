/** The fuzzed shop: npm start in its own folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { deleteEmbeddedPostgres, freePort } from '@quadrille/embedded-postgres'
import { mapServices, type ServiceName, serviceNames } from '@quadrille/events'

export interface Target {
  readonly ports: Readonly<Record<ServiceName, number>>
  /** The whole environment of npm run audit, by which it finds the databases of this shop and of no other. */
  readonly env: NodeJS.ProcessEnv
  /** Requests a garbage collection. */
  collectGarbage(): void
  /** Output that is not a log line. */
  unexpectedOutput(): readonly string[]
  stop(): Promise<void>
}

const root = new URL('../../../', import.meta.url).pathname
const collector = new URL('collect-garbage.ts', import.meta.url).href
const readyWithinMs = 60_000

export const startTarget = async (): Promise<Target> => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-fuzz-'))
  chmodSync(folder, 0o755) // if root starts it, Postgres runs as another user
  const ports = await drawPorts()
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, DATA_DIR: folder, LOG_LEVEL: 'warn', LOG_FORMAT: 'json', CONSOLE: 'off', DEMO: 'off' }
  const variables = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])]))
  const child = spawn(process.execPath, ['--expose-gc', '--import', collector, 'local/src/main.ts'], {
    cwd: root,
    env: { ...env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const keep = (chunk: Buffer) => void lines.push(...String(chunk).split('\n').filter(Boolean))
  for (const output of [child.stdout, child.stderr]) output.on('data', keep)
  await untilPrinted(child, lines, 'is ready')
  const startupLines = lines.length
  return {
    ports,
    env,
    collectGarbage: () => void child.kill('SIGUSR2'),
    unexpectedOutput: () => lines.slice(startupLines).filter((line) => !line.startsWith('{')),
    stop: async () => {
      await end(child)
      await deleteEmbeddedPostgres(folder, () => undefined)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const drawPorts = async (): Promise<Readonly<Record<ServiceName, number>>> => {
  const drawn = new Set<number>()
  while (drawn.size < serviceNames.length) drawn.add(await freePort())
  const ports = [...drawn]
  return mapServices((service) => ports[serviceNames.indexOf(service)] ?? 0)
}

const untilPrinted = async (child: ChildProcess, lines: readonly string[], text: string): Promise<void> => {
  for (const begun = performance.now(); performance.now() - begun < readyWithinMs; await pause(50)) {
    if (lines.some((line) => line.includes(text))) return
    if (child.exitCode !== null) break
  }
  child.kill('SIGKILL')
  throw new Error(`npm start was not ready within ${readyWithinMs / 1_000} s:\n${lines.join('\n')}`)
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
