/** `npm run demo`: tries out a shop that `npm start` runs. `npm run demo -- --help` explains it. */
import { readFlags, runMain } from '@quadrille/command-line'
import { openDemo } from './client.ts'
import { describeOutcome, describeShop } from './text.ts'
import { playTour } from './tour.ts'

const help = `Usage: npm run demo [-- ACTION | --tour | --help]

Places orders of each ending in the shop that npm start runs, breaks parts of it, and repairs them. A restart of npm start repairs
everything too.

  (none)  lists the actions, and what is broken
  ACTION  does it, such as order-declined or stop-payment
  --tour  places an order of each ending, then stops the payment service, shows why an order waits, and starts it again: about
          15 seconds
  --help  prints this help

  DEMO_URL  the demo control of npm start (default: http://127.0.0.1:3006)`

const main = async (): Promise<void> => {
  const options = { help: { type: 'boolean', default: false }, tour: { type: 'boolean', default: false } } as const
  const { values, positionals } = readFlags('npm run demo', { options, allowPositionals: true })
  const [action, ...more] = positionals
  if (values.help) return console.log(help)
  if (more.length > 0 || (values.tour && action !== undefined))
    throw new Error('Only one action is allowed. See: npm run demo -- --help')
  const demo = openDemo(process.env['DEMO_URL'] || 'http://127.0.0.1:3006')
  if (values.tour) await playTour(demo, { print: console.log, signal: interruption() })
  else if (action === undefined) console.log(describeShop(await demo.view()))
  else console.log(describeOutcome(await demo.act(action), (await demo.view()).urls))
}

/** Ctrl-C, once or more often, aborts it. */
const interruption = (): AbortSignal => {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort(new Error('interrupted')))
  return interrupted.signal
}

await runMain('demo', main)
