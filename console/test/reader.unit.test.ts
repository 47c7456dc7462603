/** How the page reads a route again and again, with the browser's clock and requests replaced. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReader } from '../src/page/reader.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', { hidden: false })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A reader, and the number of its requests. `status`: of the next answers. */
const reading = ({ status = 200 } = {}) => {
  const state = { isPaused: false, status, requests: 0 }
  vi.stubGlobal('fetch', () => {
    state.requests += 1
    return Promise.resolve(Response.json({}, { status: state.status }))
  })
  const options = { isPaused: () => state.isPaused, onBody: () => undefined, onError: () => undefined }
  return { state, reader: createReader('/order/orders', options) }
}

const later = () => vi.advanceTimersByTimeAsync(5_000)

test('at most one request a second is sent', async () => {
  const { state, reader } = reading()
  for (let changes = 0; changes < 15; changes += 1) {
    reader.soon()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(state.requests).toBe(2)
})

test('a pause keeps the answer, even if a request was due when it began', async () => {
  const { state, reader } = reading()
  reader.soon()
  await vi.advanceTimersByTimeAsync(100)
  reader.soon()
  state.isPaused = true
  await later()
  reader.soon() // the page becomes visible
  await later()
  expect(state.requests).toBe(1)
  state.isPaused = false
  reader.soon()
  await later()
  expect(state.requests).toBe(2)
})

test('an answer that arrives during a pause changes nothing, and is read again after it', async () => {
  const bodies: unknown[] = []
  let isPaused = false
  let answer = (_body: object): void => undefined
  vi.stubGlobal(
    'fetch',
    () =>
      new Promise<Response>((resolve) => {
        answer = (body) => resolve(Response.json(body))
      }),
  )
  const options = { isPaused: () => isPaused, onBody: (body: unknown) => bodies.push(body), onError: () => undefined }
  const { soon } = createReader('/order/orders', options)
  for (const [orders, paused] of [
    [1, false],
    [2, true],
    [3, false],
  ] as const) {
    isPaused = false
    soon()
    await later()
    isPaused = paused
    answer({ orders })
    await later()
  }
  expect(bodies).toEqual([{ orders: 1 }, { orders: 3 }])
})

test('an unchanged answer is reported as read, and not as a new one', async () => {
  const bodies: unknown[] = []
  const read: unknown[] = []
  vi.stubGlobal('fetch', async (_: string, { headers }: { readonly headers?: Readonly<Record<string, string>> }) =>
    headers?.['if-none-match'] === '"1"'
      ? new Response(null, { status: 304 })
      : Response.json({ waiting: 3 }, { headers: { etag: '"1"' } }),
  )
  const { soon } = createReader('/payment/queues', {
    ...{ isPaused: () => false, onError: () => expect.unreachable() },
    onBody: (body) => bodies.push(body),
    onRead: (body) => read.push(body),
  })
  soon()
  await later()
  soon()
  await later()
  expect(bodies).toEqual([{ waiting: 3 }])
  expect(read).toEqual([{ waiting: 3 }, { waiting: 3 }])
})

test('what was never read, or has failed, is read in spite of a pause', async () => {
  const { state, reader } = reading({ status: 502 })
  state.isPaused = true
  reader.soon()
  await vi.advanceTimersByTimeAsync(100)
  expect(state.requests).toBe(1)
  state.status = 200
  await later()
  await later()
  expect(state.requests).toBe(2)
})

test.each([
  [429, 2],
  [408, 2],
  [503, 2],
  [404, 1],
])(
  'after the status %i there are %i requests, because overload passes and other answers stay',
  async (status, requests) => {
    const { state, reader } = reading({ status })
    reader.soon()
    await vi.advanceTimersByTimeAsync(100)
    state.status = 200
    await later()
    expect(state.requests).toBe(requests)
  },
)
