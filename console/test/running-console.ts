/** A console in front of stand-ins for services. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readConfig } from '@quadrille/service/plain-server'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { config } from '../src/server/config.ts'
import { startConsole } from '../src/server/server.ts'

/** Listens on a free port of the loopback until the test ends. Resolves to the URL. */
export const listening = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a listening TCP server has an address object
}

/** A port on which nothing listens. */
const nowhere = 'http://127.0.0.1:9'

/** Starts the console, and stops it when the test ends. Services without a URL are down. */
export const runningConsole = async (variables: Readonly<Record<string, string>> = {}): Promise<string> => {
  const down = { ORDER_URL: nowhere, PAYMENT_URL: nowhere, INVENTORY_URL: nowhere, NOTIFICATION_URL: nowhere }
  const { url, stop } = await startConsole(
    readConfig(config, { ...down, PORT: '0', ...variables }),
    pino({ level: 'silent' }),
  )
  onTestFinished(stop)
  return url
}
