/** The whole shop in a process of its own, as `npm start` runs it, with its state in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { patienceMs } from '@quadrille/testing'
import { inherited, root } from './service-process.ts'

export interface ShopProcess {
  readonly child: ChildProcess
  /** DATA_DIR. */
  readonly folder: string
  /** Everything that it has printed so far. */
  output(): string
  /** Resolves with the first match. @throws with the output, if it exits before it prints that, or not within TEST_PATIENCE, or the signal aborts. */
  untilPrinted(pattern: RegExp): Promise<RegExpExecArray>
  /** Stops it, deletes its state, and resolves to its exit code; null if a signal killed it. */
  stop(): Promise<number | null>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

interface StartOptions {
  /** The flags of Node. */
  readonly flags?: readonly string[]
  /** Ends the waiting for what it prints. */
  readonly signal?: AbortSignal
}

/**
 * It stops when this process exits, also by `kill -9`; its state is then not deleted.
 * @param env its variables. It inherits no other that configures it: one could refer to a real shop.
 */
export const startShopProcess = (
  env: Readonly<Record<string, string>>,
  { flags = [], signal = new AbortController().signal }: StartOptions = {},
): ShopProcess => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-shop-'))
  chmodSync(folder, 0o755) // started by root, Postgres runs as another user, which must be able to enter
  const child = spawn(process.execPath, [...flags, 'local/src/main.ts'], {
    cwd: root,
    env: { ...inherited(), DATA_DIR: folder, QUADRILLE_RUNNER: String(process.pid), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const exited = once(child, 'exit').then(([code]): number | null => {
    running.delete(child)
    return code
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const end = async () => {
    child.kill('SIGTERM')
    const code = await exited
    await deleteEmbeddedPostgres(folder, () => undefined)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    return code
  }
  let ending: Promise<number | null> | undefined
  return {
    child,
    folder,
    output: () => output,
    untilPrinted: async (pattern) => {
      for (
        const begunMs = performance.now();
        performance.now() - begunMs < patienceMs();
        await pause(50, undefined, { signal })
      ) {
        const printed = pattern.exec(output)
        if (printed) return printed
        if (child.exitCode !== null || child.signalCode !== null) break
      }
      throw new Error(`npm start has not printed ${pattern}:\n${output}`)
    },
    stop: () => (ending ??= end()),
  }
}
