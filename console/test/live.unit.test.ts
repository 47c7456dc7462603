/** The live stream to browsers, from a stand-in for the order service's stream. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, onTestFinished, test } from 'vitest'
import { listening, runningConsole } from './running-console.ts'

interface Stream {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Each connection to the order service's stream. */
const startUpstream = async () => {
  const streams: Stream[] = []
  const url = await listening((request, response) => {
    streams.push({ request, response })
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 0\n\n')
  })
  return { url, streams }
}

/** Reads the console's stream until the test ends. */
const follow = async (url: string) => {
  const aborting = new AbortController()
  onTestFinished(() => aborting.abort())
  const { body } = await fetch(`${url}/live`, { signal: aborting.signal })
  let text = ''
  const read = async () => {
    for await (const chunk of body ?? []) text += Buffer.from(chunk).toString()
  }
  read().catch(() => undefined)
  const messages = (name: string): unknown[] =>
    [...text.matchAll(new RegExp(`event: ${name}\\ndata: (.*)\\n\\n`, 'g'))].map(([, data]) => JSON.parse(data ?? ''))
  return { messages, leave: () => aborting.abort() }
}

const orderId = (n: number) => `01a220d4-0e99-7000-a864-${String(n).padStart(12, '0')}`

let events = 0
const event = (type: string, order: number, more: object = {}): string => {
  events += 1
  const time = new Date(0x01a220d40e99 + 250).toISOString()
  return `id: ${events}\ndata: ${JSON.stringify({ type, subject: orderId(order), time, ...more })}\n\n`
}

test('all browsers share one stream of the order service, which is open only while they are', async () => {
  const { url: order, streams } = await startUpstream()
  const url = await runningConsole({ ORDER_URL: order })
  expect(streams).toHaveLength(0)
  const [one, other] = [await follow(url), await follow(url)]
  await waitFor(() => expect(one.messages('source').at(-1)).toEqual({ outage: null }))
  streams[0]?.response.write(event('OrderPlaced', 1) + event('PaymentProcessed', 1) + event('OrderPlaced', 2))
  for (const browser of [one, other])
    await waitFor(() =>
      expect(browser.messages('changes')).toEqual([
        { orders: [orderId(1), orderId(2)], unlisted: 0, types: { OrderPlaced: 2, PaymentProcessed: 1 } },
      ]),
    )
  expect(streams).toHaveLength(1)
  expect(streams[0]?.request.url).toBe('/orders/events?view=summary')
})

test('each connection begins with the settings of the console', async () => {
  const browser = await follow(await runningConsole({ AUDIT_URL: 'http://127.0.0.1:9' }))
  await waitFor(() => expect(browser.messages('settings')).toEqual([{ tracesUrl: null, demo: false, audit: true }]))
})

test('each connection names the script of the page, so that an older page knows that it is outdated', async () => {
  const url = await runningConsole()
  const browser = await follow(url)
  await waitFor(() => expect(browser.messages('page')).toHaveLength(1))
  const [{ script }] = browser.messages('page') as [{ script: string }]
  expect(await (await fetch(url)).text()).toContain(`src="${script}"`)
})

test('nginx does not hold the stream back', async () => {
  const { headers, body } = await fetch(`${await runningConsole()}/live`)
  expect(headers.get('x-accel-buffering')).toBe('no')
  await body?.cancel()
})

test('how orders end is counted, by reason', async () => {
  const { url: order, streams } = await startUpstream()
  const browser = await follow(await runningConsole({ ORDER_URL: order }))
  await waitFor(() => expect(streams).toHaveLength(1))
  streams[0]?.response.write(event('OrderFulfilled', 1) + event('OrderCancelled', 2, { reason: 'expired' }))
  await waitFor(() => {
    const [last] = browser.messages('outcomes').slice(-1) as [{ intervals: { fulfilled: number }[] }]
    expect(last.intervals).toContainEqual({ fulfilled: 1, cancelled: { expired: 1 }, p50Ms: 250, p95Ms: 250 })
  })
})

test('after an interruption the events in between do not follow as a burst, and the page is notified', async () => {
  const { url: order, streams } = await startUpstream()
  const browser = await follow(await runningConsole({ ORDER_URL: order }))
  await waitFor(() => expect(streams).toHaveLength(1))
  streams[0]?.response.write(event('OrderPlaced', 1))
  await waitFor(() => expect(browser.messages('changes')).toHaveLength(1))
  streams[0]?.response.destroy()
  await waitFor(() => expect(streams).toHaveLength(2))
  expect(streams[1]?.request.headers['last-event-id']).toBeUndefined()
  await waitFor(() => expect(browser.messages('source').at(-1)).toEqual({ outage: null }))
  expect(browser.messages('source')).toContainEqual({ outage: expect.stringMatching(/ended|aborted/) })
})

test('an order service without the stream is reported', async () => {
  const order = await listening((_, response) => response.writeHead(503).end())
  const browser = await follow(await runningConsole({ ORDER_URL: order }))
  await waitFor(() => expect(browser.messages('source').at(-1)).toEqual({ outage: 'it answers 503' }))
})
