/** `npm start` as a process, with its state in a folder that is deleted after the test. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { makeServerFolder } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, onTestFinished } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
export const main = 'local/src/main.ts'
const freePorts = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0']))

export interface Started {
  readonly child: ChildProcess
  readonly pid: number
  /** Its output so far. */
  readonly output: () => string
  /** Its standard output so far. */
  readonly stdout: () => string
  readonly exit: Promise<unknown>
}

/** A folder for the state of one test. */
export const newFolder = (): string => {
  const folder = makeServerFolder()
  chmodSync(folder, 0o755)
  onTestFinished(async () => {
    await deleteEmbeddedPostgres(folder, () => undefined)
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Runs a script of the repository, with these variables in addition to our own. The console is off by default. */
export const startIn = (folder: string, args: readonly string[], env: Record<string, string> = {}): Started => {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, AMQP_URL: '', ...freePorts, CONSOLE: 'off', DEMO: 'off', DATA_DIR: folder, ...env }, // not the broker of the test run
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [text, stdout] = ['', '']
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk))
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
  const exit = once(child, 'exit').then(([code]) => code)
  return { child, pid: child.pid ?? 0, output: () => text, stdout: () => stdout, exit }
}

export const untilPrinted = ({ output }: Started, text: string) => waitFor(() => expect(output()).toContain(text))
