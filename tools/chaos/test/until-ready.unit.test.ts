import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { isReadyWithin, untilReady } from '../src/world/until-ready.ts'

/** A service whose responses have these statuses, one after the other. The last one repeats. */
const serviceThatAnswers = async (...statuses: readonly [string, ...string[]]) => {
  const remaining = [...statuses]
  const server = createServer((_, response) => {
    const [status] = remaining.length > 1 ? remaining.splice(0, 1) : remaining
    response.end(JSON.stringify({ status }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

test('a service without a broker is not ready', async () => {
  const { url, close } = await serviceThatAnswers('not_ready', 'degraded', 'ready')
  onTestFinished(close)
  await untilReady(url)
  expect(await isReadyWithin(url, 0)).toBe(true)
})

test('the error after the time limit has the last response as its cause', async () => {
  const { url, close } = await serviceThatAnswers('degraded')
  onTestFinished(close)
  expect(await isReadyWithin(url, 0)).toBe(false)
  await expect(untilReady(url, 0)).rejects.toMatchObject({
    message: `${url} was not ready within 0 s.`,
    cause: { message: 'The response was {"status":"degraded"}' },
  })
})

test('the error after the time limit has the failure of the last request as its cause', async () => {
  const { url, close } = await serviceThatAnswers('ready')
  await close()
  await expect(untilReady(url, 0)).rejects.toMatchObject({
    cause: { message: 'fetch failed', cause: { code: 'ECONNREFUSED' } },
  })
})
