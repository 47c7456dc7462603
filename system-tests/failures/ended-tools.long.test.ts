/** `npm run fuzz` and `npm run trace` start a shop. It must not outlive them. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { deleteEmbeddedPostgres, isRunning } from '@quadrille/embedded-postgres'
import { inherited } from '@quadrille/shop-testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../documentation/documents.ts'
import { untilExited } from '../start/processes.ts'

interface Tool {
  readonly child: ChildProcessByStdio<null, null, Readable>
  /** The folders of its shops. */
  folders(): string[]
}

/** Resolves when its shop has begun to write its state. */
const start = async (name: string): Promise<Tool> => {
  const directory = mkdtempSync(join(tmpdir(), 'quadrille-tool-'))
  chmodSync(directory, 0o755) // started by root, Postgres runs as another user, which must be able to enter
  const env = { ...inherited(), TMPDIR: directory }
  const child = spawn(process.execPath, [`tools/${name}/src/main.ts`], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const folders = () =>
    readdirSync(directory)
      .filter((each) => each.startsWith('quadrille-shop-'))
      .map((each) => join(directory, each))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    for (const folder of folders()) await deleteEmbeddedPostgres(folder, () => undefined)
    rmSync(directory, { recursive: true, force: true })
  })
  await waitUntil(() => folders().some((folder) => readdirSync(folder).length > 0))
  return { child, folders }
}

const childrenOf = ({ pid }: Tool['child']): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)

test.each([
  ['fuzz', 'Ended early; everything has been stopped.\n'],
  ['trace', 'trace: The operation was aborted\n'],
])('npm run %s that is interrupted stops its shop, and deletes its state', async (name, message) => {
  const { child, folders } = await start(name)
  child.kill('SIGTERM')
  expect(await Promise.all([text(child.stderr), once(child, 'exit')])).toEqual([message, [1, null]])
  expect(folders()).toEqual([])
})

test('the shop of a killed tool stops', async () => {
  const { child } = await start('fuzz')
  const [shop = 0] = childrenOf(child)
  onTestFinished(() => void (isRunning(shop) && process.kill(shop, 'SIGKILL')))
  child.kill('SIGKILL')
  await untilExited(shop)
})
