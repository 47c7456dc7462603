/** The backup of `npm start`, by the commands of the page. */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { openShop, untilSettled } from '@quadrille/shop-testing'
import { expect, onTestFinished, test } from 'vitest'
import { commandsOf, root } from '../documentation/documents.ts'
import { main, newFolder, startIn, untilPrinted } from '../start/started.ts'

const commands = commandsOf('docs/backup-and-restore.md')
const commandWith = (part: string): string => commands.find((command) => command.includes(part)) ?? ''
const copies = commandWith('cp -a')
const starts = commandWith('DATA_DIR=')

const request = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
  payment: { method: 'pm_card_visa' },
}

/** Starts with the state in a folder, and opens the shop. */
const startOn = async (folder: string) => {
  const started = startIn(folder, [main])
  await untilPrinted(started, 'Quadrille is ready')
  const [order = ''] = /http:\/\/127\.0\.0\.1:\d+(?=\/orders)/.exec(started.output()) ?? []
  const shop = openShop({ order, payment: '', inventory: '' })
  onTestFinished(() => shop.close())
  const stop = async () => {
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
  }
  return { shop, stop }
}

test('a copy of the folder has all orders, and no message is missing', async () => {
  expect([copies, starts]).toEqual(['cp -a .quadrille backup', 'DATA_DIR=backup npm start'])
  const place = newFolder()
  const [original, backup] = [join(place, '.quadrille'), join(place, 'backup')]
  onTestFinished(async () => {
    for (const folder of [original, backup]) await deleteEmbeddedPostgres(folder, () => undefined)
  })

  const before = await startOn(original)
  const { body } = await before.shop.place(request)
  const { id } = body as { id: string }
  await untilSettled(before.shop, [id])
  await before.stop()
  await promisify(execFile)('sh', ['-ec', copies], { cwd: place })
  expect(existsSync(join(backup, 'postgres.path'))).toBe(false)

  const after = await startOn(backup)
  expect(await after.shop.order(id)).toMatchObject({ status: 'fulfilled', settled: true })
  const env = { ...process.env, AMQP_URL: '', DATA_DIR: backup }
  const { stdout } = await promisify(execFile)(process.execPath, ['tools/reconcile/src/main.ts'], { cwd: root, env })
  expect(stdout).toBe('Nothing is missing.\n')
  await after.stop()
})
