/** How the page reads the states of an order, with the services replaced. */
import { afterEach, expect, test, vi } from 'vitest'
import { readStates } from '../src/page/views/order/states/read-states.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A shop with one event in the history of its order. Each service answers with this. */
const shopWith = (answerOf: (service: string | undefined) => Response) =>
  vi.stubGlobal('fetch', async (path: string, { method = 'GET' }: RequestInit) =>
    method === 'POST' ? answerOf(path.split('/')[2]) : Response.json({ items: [{ id: 'e1' }], nextCursor: null }),
  )

const read = () => readStates('o1', 'e1', new AbortController().signal)

test('a history that is too large is reported once, and not as a fault of each service', async () => {
  shopWith(() => Response.json({ detail: 'At most 256 KiB are accepted.' }, { status: 413 }))
  await expect(read()).rejects.toMatchObject({
    ...{ name: 'ApiError', status: 413 },
    message: 'The states can’t be shown, because the events of this order have more than 256 kB together.',
  })
})

test('a service that fails is named with its reason, and one that the shop lacks is left out', async () => {
  shopWith((service) => {
    if (service === 'shipping') return Response.json({}, { status: 404 })
    if (service === 'payment') return Response.json({ detail: 'It is down.' }, { status: 502 })
    return Response.json({ items: [{ id: 'e1' }], truncated: false })
  })
  const states = await read()
  expect(states.map(({ service }) => service)).not.toContain('shipping')
  expect(states.filter(({ unknown }) => unknown !== null)).toEqual([
    { service: 'payment', handled: undefined, unknown: 'It is down.' },
  ])
})
