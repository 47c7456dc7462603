/** Requests of the page, with the browser's `fetch` replaced. */
import { afterEach, expect, test, vi } from 'vitest'
import { get, post } from '../src/page/api/client.ts'
import { replayLetter } from '../src/page/views/dead-letters/replay-letter.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A console that answers nothing. All limits of time end when `expire` is called. */
const hanging = () => {
  const limit = new AbortController()
  const limitsMs: number[] = []
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limitsMs.push(ms)
    return limit.signal
  })
  vi.stubGlobal('fetch', (_: string, { signal }: { readonly signal: AbortSignal }) => {
    const { promise, reject } = Promise.withResolvers<Response>()
    signal.addEventListener('abort', () => reject(signal.reason))
    return promise
  })
  return { limitsMs, expire: () => limit.abort(new DOMException('', 'TimeoutError')) }
}

test('a read without an answer fails after its limit', async () => {
  const { limitsMs, expire } = hanging()
  const reading = get('/order/orders', { signal: new AbortController().signal })
  expire()
  await expect(reading).rejects.toMatchObject({
    ...{ name: 'ApiError', status: 0 },
    message: 'The console has not answered within 15 s.',
  })
  expect(limitsMs).toEqual([15_000])
})

test('a change without an answer fails after its limit, and may have taken effect', async () => {
  const { expire } = hanging()
  const changing = post('/order/orders/1/cancel', { operator: 'Ada' })
  const acting = post('/demo/actions/burst', {})
  const trying = post('/order/dead-letters/1/replay', { body: { dryRun: true } })
  expire()
  await expect(changing).rejects.toMatchObject({
    ...{ status: 0 },
    message: 'The console has not answered within 35 s. It may have taken effect: look before you repeat it.',
  })
  await expect(acting).rejects.toThrow('It may have taken effect')
  await expect(trying).rejects.toMatchObject({ message: 'The console has not answered within 35 s.' })
})

test('a request that the page ends is not reported as an error of the console', async () => {
  hanging()
  const stopping = new AbortController()
  const reading = get('/order/orders', { signal: stopping.signal })
  stopping.abort()
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
})

test('an answer that breaks off is not taken for a console that does not answer', async () => {
  const broken = () => new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) })
  vi.stubGlobal('fetch', async () => new Response(broken()))
  await expect(get('/payment/dead-letters')).rejects.toMatchObject({
    ...{ name: 'ApiError', status: 0 },
    message: 'The answer ended before it was complete.',
  })
  await expect(post('/order/orders/1/cancel', { operator: 'Ada' })).rejects.toMatchObject({
    message: 'The answer ended before it was complete. It may have taken effect: look before you repeat it.',
  })
})

const advice = 'It may have taken effect: look before you repeat it.'

test.each([
  [502, `Down. ${advice}`],
  [504, `Down. ${advice}`],
  [503, 'Down.'], // the console has not reached the service
  [409, 'Down.'],
  [429, 'Down.'],
])('a change that is answered by %i fails with “%s”', async (status, message) => {
  vi.stubGlobal('fetch', async () => Response.json({ detail: 'Down.', service: 'order' }, { status }))
  await expect(post('/order/orders/1/cancel', { operator: 'Ada' })).rejects.toMatchObject({
    ...{ message, status, service: 'order' },
  })
  await expect(post('/order/dead-letters/1/replay', { body: { dryRun: true } })).rejects.toMatchObject({
    message: 'Down.',
  })
})

test.each([500, 503])('a change that a service itself answers with %i may have taken effect', async (status) => {
  vi.stubGlobal('fetch', async () => Response.json({ detail: 'Failed.' }, { status }))
  await expect(post('/order/orders/1/cancel', { operator: 'Ada' })).rejects.toThrow(`Failed. ${advice}`)
})

/** A service whose answer to a replay has this status, and whose dead letter has another one afterwards. */
const replaying = (status: number, letterStatus: string): Promise<void> => {
  vi.stubGlobal('fetch', async (_: string, { method = 'GET' }: RequestInit) =>
    method === 'POST' ? Response.json({ detail: 'No.' }, { status }) : Response.json({ status: letterStatus }),
  )
  return replayLetter('/order/dead-letters/1', '')
}

test('a replay whose answer is lost has succeeded if the dead letter says so', async () => {
  await replaying(504, 'replayed')
  await replaying(502, 'replayed')
  await replaying(503, 'replayed')
  await expect(replaying(504, 'parked')).rejects.toThrow('No.')
  await expect(replaying(409, 'replayed')).rejects.toThrow('No.')
})
