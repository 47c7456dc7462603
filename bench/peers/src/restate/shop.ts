/**
 * The shop on Restate, as its documentation writes a program: a service whose handler runs each step by `ctx.run`, which journals
 * the result on the server. The order is accepted by a one-way invocation, which is durable once the server has answered. See
 * https://docs.restate.dev/develop/ts/durable-steps and https://docs.restate.dev/services/invocation/clients/typescript-sdk.
 */
import { once } from 'node:events'
import { createServer } from 'node:http2'
import { setTimeout as pause } from 'node:timers/promises'
import { type Context, createEndpointHandler, type LoggerTransport, service } from '@restatedev/restate-sdk'
import { connect } from '@restatedev/restate-sdk-clients'
import { Pool, type QueryConfig } from 'pg'
import { databaseUrl, port, stopAtSigterm } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import type { Order } from '../shop/order.ts'
import { charge, fulfil, notify, place, reserve } from '../shop/steps.ts'
import { createAllTables } from '../shop/tables.ts'
import { portsOfServer } from './ports.ts'

const pool = new Pool({ connectionString: databaseUrl() })
pool.on('error', (error) => console.error(error))

const step = async (ctx: Context, query: QueryConfig): Promise<void> => {
  await ctx.run(query.name ?? 'step', async () => {
    await pool.query(query)
  })
}

const orders = service({
  name: 'orders',
  handlers: {
    handle: async (ctx: Context, order: Order): Promise<void> => {
      await step(ctx, place(order))
      await step(ctx, charge(order))
      await step(ctx, reserve(order))
      await step(ctx, fulfil(order.id))
      await step(ctx, notify(order))
    },
  },
})

/** The default writes two lines an order, which would cost the peer time. */
const logErrors: LoggerTransport = ({ level }, ...message) => {
  if (level === 'error') console.error(...message)
}

/** Serves the handlers over HTTP/2. Returns the URL. */
const serve = async (handlersPort: number): Promise<string> => {
  const handler = createEndpointHandler({ services: [orders], logger: logErrors })
  await once(createServer(handler).listen(handlersPort, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${handlersPort}`
}

const retryMs = 50

/** Registers the handlers as soon as the server is up: https://docs.restate.dev/operate/registration. */
const register = async (admin: number, uri: string): Promise<void> => {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ uri }) }
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${admin}/deployments`, request).catch(() => null)
    if (response?.ok) return
    if (response && response.status < 500)
      throw new Error(`Restate answered ${response.status}: ${await response.text()}`)
    await pause(retryMs)
  }
}

await createAllTables(pool)
const ports = await portsOfServer()
await register(ports.admin, await serve(ports.handlers))
const client = connect({ url: `http://127.0.0.1:${ports.ingress}` }).serviceSendClient<typeof orders>({
  name: 'orders',
})
const close = await openFront({
  port: port(),
  accept: async (order) => {
    await client.handle(order)
  },
})
stopAtSigterm(async () => {
  await close()
  await pool.end()
})
