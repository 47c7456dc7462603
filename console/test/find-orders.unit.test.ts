/** The search of the list, with the requests of the page replaced. */
import { afterEach, expect, test, vi } from 'vitest'
import { findOrders } from '../src/page/views/orders/find-orders.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const { signal } = new AbortController()

const id = '019aa2f4-1c7e-7b3a-9d52-6f0e4f2a91c7'

const customers = ['ada', ' bob', 'Zoe\u0308', 'J\u00f6rg', '\u{1f600}'.repeat(100)]
const toFilter = (customerId: string): string => `${new URLSearchParams({ customerId })}`

/** A service that has orders of these customers. Returns the filters that it is asked for. */
const serve = (): string[] => {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    const filter = path.slice('/api/order/orders?'.length).replace('&limit=2', '')
    const [value = ''] = new URLSearchParams(filter).values()
    if ([...value].length > 100) return new Response('{}', { status: 422 })
    asked.push(filter)
    return Response.json({
      items: ['idSuffix=4f2a91c7', ...customers.map(toFilter)].includes(filter) ? [{ id }] : [],
    })
  })
  return asked
}

test.each([
  ['a whole id', id.toUpperCase(), `/orders/${id}`],
  ['the end of an id', '4f2a91c7', `/orders/${id}`],
  ['the end of an id, as the terminal prints it', '…4f2a91c7', `/orders/${id}`],
  ['a customer', 'ada', '/?customerId=ada'],
  ['a customer that was copied with a space', 'ada ', '/?customerId=ada'],
  ['a customer whose id has a space', ' bob', '/?customerId=+bob'],
  ['a customer that was copied in composed form', 'Zo\u00eb', `/?${toFilter('Zoe\u0308')}`],
  ['a customer that was copied in decomposed form', 'Jo\u0308rg', `/?${toFilter('J\u00f6rg')}`],
  ['a customer of 100 characters outside the BMP', '\u{1f600}'.repeat(100), `/?${toFilter('\u{1f600}'.repeat(100))}`],
  ['an id with spaces', id.replaceAll('-', ' '), `/orders/${id}`],
  ['an id without hyphens', id.replaceAll('-', ''), `/orders/${id}`],
  ['an id with non-breaking hyphens', id.replaceAll('-', '\u2011'), `/orders/${id}`],
  ['an id with en dashes', id.replaceAll('-', '\u2013'), `/orders/${id}`],
  ['an id with zero-width characters', `\u200b${id.replaceAll('-', '-\u200b')}\ufeff`, `/orders/${id}`],
  [
    'an id in full width',
    id.replaceAll(/[^-]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)),
    `/orders/${id}`,
  ],
  ['the heading of an order', `Order ${id}`, `/orders/${id}`],
  ['the address of an order', `http://127.0.0.1:3004/orders/${id}`, `/orders/${id}`],
  ['an id at the end of a sentence', `${id}.`, `/orders/${id}`],
  ['an id in a line that is too long for a customer', `${'x'.repeat(101)} ${id}`, `/orders/${id}`],
])('%s is found', async (_, text, address) => {
  serve()
  expect(await findOrders(text, signal)).toEqual({ address })
})

test('the answer says how many orders were searched for the end of an id', async () => {
  const asked = serve()
  const { message } = (await findOrders('…00000000', signal)) as { readonly message: string }
  expect(message).toContain('Of the newest 100,000 orders, no id ends with this.')
  expect(asked.map(decodeURIComponent)).toEqual([
    'idSuffix=00000000',
    ...['reference=…00000000', 'customerId=…00000000', 'reference=00000000', 'customerId=00000000'],
  ])
  expect(await findOrders('…eve', signal)).toEqual({ message: 'No order has this id, reference or customer.' })
  expect(asked).toContain(`reference=${encodeURIComponent('…eve')}`)
})

test('a part of a longer hash is not taken for an id', async () => {
  serve()
  expect(await findOrders('0123456789abcdef'.repeat(4), signal)).toHaveProperty('message')
})

test('the answer says that an email address is not searched for', async () => {
  serve()
  const { message } = (await findOrders('ada@example.com', signal)) as { readonly message: string }
  expect(message).toBe('No order has this id, reference or customer. The search does not find email addresses.')
})
