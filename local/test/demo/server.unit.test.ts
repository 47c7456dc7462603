/** The HTTP interface of the demo control. */
import { Problem } from '@quadrille/service'
import { protectiveHeaders } from '@quadrille/service/plain-server'
import { expect, onTestFinished, test } from 'vitest'
import type { DemoControl } from '../../src/demo/control.ts'
import { serveDemo } from '../../src/demo/server.ts'
import { portOf } from '../../src/port-of.ts'

const outcome = { text: 'Done.', orderIds: [], lookAt: null }
const view = { actions: [], broken: [], urls: { order: 'http://127.0.0.1:3000', console: null } }

const acts: Readonly<Record<string, DemoControl['act']>> = {
  burst: async () => outcome,
  busy: () => Promise.reject(new Problem('conflict', 'The last burst is still being sent.')),
  fail: () => Promise.reject(new Error('The port is in use.')),
}

const serving = async (port = 0): Promise<string> => {
  const control = { view: () => view, act: (id: string) => acts[id]?.(id) }
  const { url, stop } = await serveDemo(control, { host: '127.0.0.1', port, allowedHosts: [] })
  onTestFinished(stop)
  return url
}

test('lists the actions, and does one', async () => {
  const url = await serving()
  expect(await (await fetch(`${url}/actions`)).json()).toEqual(view)
  const done = await fetch(`${url}/actions/burst`, { method: 'POST' })
  expect([done.status, await done.json()]).toEqual([200, outcome])
})

test.each([
  ['GET', '/', 404, 'GET /actions lists the actions'],
  ['POST', '/actions/explode', 404, 'There is no action explode.'],
  ['POST', '/actions', 405, 'Use GET.'],
  ['GET', '/actions/burst', 405, 'Use POST.'],
  ['POST', '/actions/busy', 409, 'The last burst is still being sent.'],
  ['POST', '/actions/fail', 500, 'The port is in use.'],
])('%s %s is answered with %i', async (method, path, status, detail) => {
  const answer = await fetch((await serving()) + path, { method })
  expect([answer.status, await answer.json()]).toMatchObject([status, { detail: expect.stringContaining(detail) }])
})

test('a port in use is reported with its variable', async () => {
  const url = await serving()
  await expect(serving(portOf(url))).rejects.toThrow('Set DEMO_PORT to another one')
})

test('a web page of another origin may not break the shop', async () => {
  const url = await serving()
  const foreign = { method: 'POST', headers: { origin: 'https://shop.example' } }
  expect((await fetch(`${url}/actions/burst`, foreign)).status).toBe(403)
})

test('no answer may be rendered, sniffed, embedded or cached', async () => {
  const url = await serving()
  for (const path of ['/actions', '/nowhere']) {
    const { headers } = await fetch(url + path)
    expect(Object.fromEntries(headers), path).toMatchObject(protectiveHeaders)
  }
})
