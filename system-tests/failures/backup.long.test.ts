/** The backup of `npm start`, by the commands of the page. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { openShop, untilSettled } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { commandsOf, root } from '../documentation/documents.ts'

const [copies = '', starts = ''] = commandsOf('docs/backup-and-restore.md')

const request = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
  payment: { method: 'pm_card_visa' },
}

/** Starts with the state in a folder, and opens the shop. */
const startOn = async (folder: string) => {
  const anyPorts = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0']))
  const env = { ...process.env, AMQP_URL: '', ...anyPorts, CONSOLE: 'off', DEMO: 'off', DATA_DIR: folder }
  const child = spawn(process.execPath, ['local/src/main.ts'], { cwd: root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  await waitFor(() => expect(output).toContain('Quadrille is ready'))
  const [order = ''] = /http:\/\/127\.0\.0\.1:\d+(?=\/orders)/.exec(output) ?? []
  const shop = openShop({ order, payment: '', inventory: '' })
  onTestFinished(() => shop.close())
  return { child, shop }
}

const stop = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
}

test('a copy of the folder has all orders, and no message is missing', async () => {
  expect([copies, starts]).toEqual(['cp -a .quadrille backup', 'DATA_DIR=backup npm start'])
  const place = mkdtempSync(join(tmpdir(), 'quadrille-backup-'))
  chmodSync(place, 0o755)
  const [original, backup] = [join(place, '.quadrille'), join(place, 'backup')]
  onTestFinished(async () => {
    for (const folder of [original, backup]) await deleteEmbeddedPostgres(folder, () => undefined)
    rmSync(place, { recursive: true, force: true })
  })

  const before = await startOn(original)
  const { body } = await before.shop.place(request)
  const { id } = body as { id: string }
  await untilSettled(before.shop, [id])
  await stop(before.child)
  await promisify(execFile)('sh', ['-ec', copies], { cwd: place })
  expect(existsSync(join(backup, 'postgres.path'))).toBe(false)

  const after = await startOn(backup)
  expect(await after.shop.order(id)).toMatchObject({ status: 'fulfilled', settled: true })
  const env = { ...process.env, AMQP_URL: '', DATA_DIR: backup }
  const { stdout } = await promisify(execFile)(process.execPath, ['tools/reconcile/src/main.ts'], { cwd: root, env })
  expect(stdout).toBe('Nothing is missing.\n')
  await stop(after.child)
})
