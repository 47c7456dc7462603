import { expect, onTestFinished, test } from 'vitest'
import { startAdmin } from '../src/admin.ts'
import { readOptions } from '../src/options.ts'
import { portOf } from '../src/port-of.ts'

test('a service that is stopped alone is unavailable until it is mounted again', async () => {
  const admin = await startAdmin(readOptions({}), 0)
  onTestFinished(admin.stop)
  const mount = () => admin.mount('payment', () => (_, response) => void response.end('{}'))
  const url = mount()
  const status = async () => (await fetch(`${url}/health/ready`)).status
  expect(await status()).toBe(200)
  admin.unmount('payment')
  expect(await status()).toBe(503)
  mount()
  expect(await status()).toBe(200)
})

test('a port in use is reported with its variable', async () => {
  const admin = await startAdmin(readOptions({}), 0)
  onTestFinished(admin.stop)
  await expect(startAdmin(readOptions({}), portOf(admin.url))).rejects.toThrow('Set ADMIN_PORT to another one')
})
