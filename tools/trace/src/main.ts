/** `npm run trace`: prints the trace of an order. `npm run trace -- --help` explains it. */
import { interruption, readFlags, runMain } from '@quadrille/command-line'
import { traceDemoOrder } from './demo-order.ts'
import { drawHistory, readHistory, traceIdOf } from './history.ts'

const help = `Usage: npm run trace [-- ORDER_ID | --help]

With an order's id: prints the events of that order in the running shop, in time order. An event that another event caused
directly is indented below it; the outcome of a task, such as PaymentProcessed, is not. The events come from the order's history.
Work within the services, such as tasks, retries and SQL statements, is only in the spans that the services export if
OTEL_EXPORTER_OTLP_ENDPOINT is set. In that case the trace id is printed too.

Without an id: starts a separate shop, places an order there, and prints all spans of its trace, in time order.

  ORDER_URL   the order service (default: http://127.0.0.1:3000)`

const traceOrder = async (orderId: string): Promise<void> => {
  const orderUrl = process.env['ORDER_URL'] || 'http://127.0.0.1:3000'
  const events = await readHistory(orderUrl.replace(/\/$/, ''), orderId)
  const traceId = traceIdOf(events)
  console.log(`Order ${orderId}${traceId === null ? '' : `, trace ${traceId}`}\n\n${drawHistory(events)}`)
}

const main = async (): Promise<void> => {
  const options = { help: { type: 'boolean', default: false } } as const
  const { values, positionals } = readFlags('npm run trace', { options, allowPositionals: true })
  const [orderId, ...more] = positionals
  if (values.help) console.log(help)
  else if (more.length > 0) throw new Error('Only one order id is allowed. See: npm run trace -- --help')
  else if (orderId !== undefined) await traceOrder(orderId)
  else console.log(await traceDemoOrder(interruption()))
}

await runMain('trace', main)
