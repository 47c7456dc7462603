import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const root = new URL('../../../', import.meta.url).pathname

interface Definitions {
  readonly users: readonly { readonly name: string; readonly password_hash: string }[]
}

const print = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, ['packages/messaging/scripts/definitions.ts', ...args], { cwd: root }))
    .stdout

test('those of the demo are what the choreography makes: npm run definitions > deploy/rabbitmq/definitions.json', async () => {
  expect(readFileSync(`${root}deploy/rabbitmq/definitions.json`, 'utf8')).toBe(await print())
})

test('real passwords are read from files, and salted anew each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const users = ['order', 'payment', 'inventory', 'notification', 'operator']
  for (const user of users) writeFileSync(join(folder, user), `secret of ${user}\n`)
  const [one, other] = await Promise.all([print('--passwords', folder), print('--passwords', folder)])
  const read = (text: string) => (JSON.parse(text) as Definitions).users
  expect(read(one).map(({ name }) => name)).toEqual(users)
  for (const [index, { password_hash }] of read(one).entries())
    expect(read(other)[index]?.password_hash).not.toBe(password_hash)
  writeFileSync(join(folder, 'payment'), '\n')
  await expect(print('--passwords', folder)).rejects.toThrow(/payment has no password in it/)
})
