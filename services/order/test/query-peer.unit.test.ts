import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { newOrderId } from '@quadrille/events'
import { expect, onTestFinished, test } from 'vitest'
import { queryPeer } from '../src/stuck/query-peer.ts'

const serving = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return urlOf(server)
}

const urlOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const orderId = newOrderId()
const known = { handled: ['OrderPlaced'], waiting: [], task: null }
const answered = { orderId, ...known }
const read = { subject: orderId, ...known }

test('the path is below the path of the URL', async () => {
  const url = await serving(({ url: path }, response) => {
    response.end(JSON.stringify({ items: path?.startsWith('/payment/whereabouts?orderId=') ? [answered] : [] }))
  })
  expect(await queryPeer('payment', `${url}/payment`, [orderId])).toEqual(new Map([[orderId, read]]))
  expect(await queryPeer('payment', `${url}/payment/`, [orderId])).toEqual(new Map([[orderId, read]]))
})

test('a redirect is not followed', async () => {
  const url = await serving(({ url: path }, response) => {
    if (path?.startsWith('/elsewhere')) response.end(JSON.stringify({ items: [answered] }))
    else response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect(await queryPeer('payment', url, [orderId])).toEqual({
    unknown: expect.stringMatching(/^payment did not respond: /),
  })
})

test('an endless response is aborted after 1 MB', async () => {
  let sent = 0
  const url = await serving((_request, response) => {
    const more = () => {
      sent += 100_000
      response.write('x'.repeat(100_000), () => setImmediate(more))
    }
    more()
  })
  expect(await queryPeer('payment', url, [orderId])).toEqual({ unknown: 'payment did not respond: TOO_LARGE' })
  expect(sent).toBeLessThan(100_000_000)
})

test('a reason contains no address', async () => {
  const failing = await serving((_, response) => response.writeHead(500).end())
  expect(await queryPeer('payment', failing, [orderId])).toEqual({ unknown: 'payment responded with 500' })
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const url = urlOf(closed)
  closed.close()
  await once(closed, 'close')
  expect(await queryPeer('payment', url, [orderId])).toEqual({ unknown: 'payment did not respond: ECONNREFUSED' })
})
