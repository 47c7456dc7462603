/** The packed packages run another choreography, in a project outside of this workspace. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { published } from '../../scripts/pack/packages.ts'
import { installOutside, root } from './outside.ts'

let folder: string
let remove: () => Promise<void>

beforeAll(async () => {
  ;({ folder, remove } = await installOutside())
})
afterAll(() => remove?.())

const installed = (): string[] => {
  const lock: { packages: object } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
  return Object.keys(lock.packages).map((place) => place.replace(/^.*node_modules\//, ''))
}

test('installs only packages that this workspace has, and each of our packages once', () => {
  const names = installed()
  const known = new Set(
    [...readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8').matchAll(/^ {2}'?(@?[^@\n']+)@\d/gm)].map(
      ([, name]) => name,
    ),
  )
  const ours = names.filter((name) => name.startsWith('@quadrille/'))
  expect(names.filter((name) => !known.has(name) && !ours.includes(name))).toEqual([])
  expect(ours.toSorted()).toEqual(published.map((name) => `@quadrille/${name}`).toSorted())
})

test('contains JavaScript and type declarations, but no TypeScript source', () => {
  const files = globSync('node_modules/@quadrille/*/{src,conformance}/**/*.ts', { cwd: folder })
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter((file) => !file.endsWith('.d.ts'))).toEqual([])
})

test('contains the patched dependencies of this workspace', () => {
  const codec = 'messaging/node_modules/amqplib/lib/codec.js'
  expect(readFileSync(join(folder, 'node_modules/@quadrille', codec), 'utf8')).toBe(
    readFileSync(join(root, 'packages', codec), 'utf8'),
  )
})

test('has the type declarations that the example needs', async () => {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { stdout } = await promisify(execFile)(tsc, ['-p', folder]).catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})

test('passes the tests of the example, on both brokers', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)('npm', ['test', '--', '--no-color'], { cwd: folder })
  expect(stdout).toMatch(/histories\.unit\.test\.ts/)
  expect(stdout).toMatch(/loans\.long\.test\.ts/)
  expect(stdout).toMatch(/Tests +\d+ passed \(/)
})

/** Starts the example. Resolves to the URLs of its services when it has printed them. */
const startLibrary = async () => {
  const ports = { PORT: '0' }
  const child = spawn(process.execPath, ['src/main.ts'], { cwd: folder, env: { ...process.env, ...ports } })
  onTestFinished(async () => void (await stop(child)))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const urlOf = (service: string) => new RegExp(`${service} +(http://\\S+)/docs`).exec(output)?.[1]
  await waitFor(() => expect(output).toContain('The library is open.'))
  return { child, loans: urlOf('loans'), catalog: urlOf('catalog') }
}

const stop = async (child: ChildProcess): Promise<unknown> => {
  if (child.exitCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await exited
  return code
}

const send = async (method: string, url: string, body?: object) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method, ...(body && { headers, body: JSON.stringify(body) }) })
  return { status: response.status, body: await response.json() }
}

test('settles a loan, and serves the documentation pages', async () => {
  const { child, loans, catalog } = await startLibrary()
  const isbn = '9780141439518'
  const loan = `${loans}/loans/0198c5f0-5a4b-7cc3-9d5e-3b1f0c2d4e6f`
  expect((await send('PUT', `${catalog}/books/${isbn}`, { copies: 1 })).status).toBe(200)
  expect((await send('PUT', loan, { memberId: 'flaky', isbn })).status).toBe(202)
  const until = (expected: object) =>
    waitFor(async () => expect((await send('GET', loan)).body).toMatchObject(expected))
  await until({ status: 'confirmed' })
  expect((await send('POST', `${loan}/return`)).status).toBe(202)
  await until({ status: 'closed', reason: 'returned', settled: true })

  for (const file of ['swagger-ui.js', 'swagger-ui.css', 'asyncapi.js', 'asyncapi.css', 'events']) {
    const { status } = await fetch(`${loans}/docs/${file}`)
    expect({ file, status }).toEqual({ file, status: 200 })
  }
  expect(await stop(child)).toBe(0)
})
