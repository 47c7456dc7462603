/** `npm run bench`: how many orders a second are settled, and how long one takes, in both ways to run the product. */
import { parseArgs } from 'node:util'
import { openBenchShop } from './bench-shop.ts'
import { compareHotKey } from './hot-key.ts'
import { keepInFlight, placeAtRate } from './load.ts'
import { overload } from './overload.ts'
import { latencyLine, throughputLine } from './report.ts'
import { type Mode, modes, startSystem } from './systems.ts'
import { compareTracing } from './tracing.ts'

const help = `Usage: npm run bench -- [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200] [--rate 50]
       npm run bench -- --overload [--mode embedded|rabbitmq] [--seconds 10] [--burst 20000]
       npm run bench -- --hot-key [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200]
       npm run bench -- --tracing [--ratio 0.1] [--mode embedded|rabbitmq] [--seconds 10] [--in-flight 200]

Starts a Postgres, the product and, for rabbitmq, a RabbitMQ, all of its own; places orders over HTTP; prints what it saw.
Without --mode both are measured, one after the other. Everything runs on this machine, the load too.

  --seconds    how long each load lasts, after 3 s to warm up
  --in-flight  orders on their way at a time, for the rate
  --rate       orders placed a second, for the latency
  --overload   compares three times, in turns, what is settled at capacity with what is settled while three times as much is
               offered and the bound on open orders is reached, here 2,000; then places a quarter of --burst and --burst orders
               at once, with a slow gateway. Fails where anything but 202, 429 and 503 is answered, where an order that was
               accepted isn't fulfilled, or where more offered orders take more than twice the memory
  --hot-key    compares three times, in turns, orders of two SKUs out of 1,000 with orders that all want the same one
  --tracing    compares, in turns of 2 s, the product without tracing, and with a --ratio of its orders traced`

const { values } = parseArgs({
  options: {
    mode: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    'in-flight': { type: 'string', default: '200' },
    rate: { type: 'string', default: '50' },
    overload: { type: 'boolean', default: false },
    'hot-key': { type: 'boolean', default: false },
    tracing: { type: 'boolean', default: false },
    ratio: { type: 'string', default: '0.1' },
    burst: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
})

/** @throws where a flag isn't a number above 0. */
const number = (flag: 'seconds' | 'in-flight' | 'rate' | 'burst' | 'ratio'): number => {
  const value = Number(values[flag])
  if (!(value > 0)) throw new Error(`--${flag} must be a number above 0, not ${values[flag]}.`)
  return value
}

const inFlight = number('in-flight')
const perSecond = number('rate')
const lastMs = number('seconds') * 1_000
const burst = number('burst')
const ratio = number('ratio')
const warmUpMs = 3_000

const measure = async (mode: Mode): Promise<void> => {
  console.log(`${mode}: starting`)
  const system = await startSystem(mode)
  try {
    const shop = await openBenchShop(system)
    await keepInFlight(shop, { inFlight, ms: warmUpMs })
    console.log(`${mode}: ${throughputLine(await keepInFlight(shop, { inFlight, ms: lastMs }), inFlight)}`)
    console.log(`${mode}: ${latencyLine(await placeAtRate(shop, { perSecond, ms: lastMs }), perSecond)}`)
    await shop.close()
  } finally {
    await system.stop()
  }
}

if (values.help) {
  console.log(help)
} else {
  const wanted = modes.filter((mode) => values.mode === undefined || values.mode === mode)
  if (wanted.length === 0) throw new Error(`--mode must be one of ${modes.join(', ')}.`)
  for (const mode of wanted) {
    if (values.overload) await overload({ mode, ms: lastMs, burst })
    else if (values['hot-key']) await compareHotKey({ mode, ms: lastMs, inFlight })
    else if (values.tracing) await compareTracing({ mode, ms: lastMs, inFlight, ratio })
    else await measure(mode)
  }
}
