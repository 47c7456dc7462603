/** A service of `npm start` that the demo control has stopped. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from '@quadrille/embedded-postgres'
import { expect, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

const listenOn = async (port: number): Promise<void> => {
  const server = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
}

test('the terminal shows the orders that wait for it, and while its port is in use, the error names its variable', async () => {
  const port = await freePort()
  const started = startIn(newFolder(), [main], { DEMO: 'on', DEMO_PORT: '0', PAYMENT_PORT: String(port) })
  await untilPrinted(started, 'Press Ctrl-C to stop.')
  const [, demoUrl = ''] = /DEMO_URL=(\S+)/.exec(started.output()) ?? []
  const act = async (action: string) => {
    const response = await fetch(`${demoUrl}/actions/${action}`, { method: 'POST' })
    return [response.status, await response.json()]
  }
  expect(await act('stop-payment')).toMatchObject([200, { text: 'The payment service is stopped.' }])
  await act('order-fulfilled')
  await untilPrinted(started, 'placed 25.00 EUR → open for ')
  await listenOn(port)
  expect(await act('start-payment')).toMatchObject([
    500,
    { detail: `Port ${port} on 127.0.0.1 is in use. Set PAYMENT_PORT to another one, or stop the other program.` },
  ])
})
