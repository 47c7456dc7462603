/**
 * `npm run audit`: checks that every order ends, and that money, stock and messages add up. `npm run audit -- --help`
 * explains it.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runMain } from '@quadrille/command-line'
import { openLedger } from '@quadrille/payment/ledger'
import { auditLive, type LiveSources } from './audit-live.ts'
import { help, readFlags } from './command/flags.ts'
import { describeLocations, findLocations, type Locations } from './command/locations.ts'
import { readAddress, serve } from './command/serve.ts'
import { formatReport, jsonOf, verdictOn } from './format.ts'
import { createQueueReader } from './queue-depths.ts'
import { isOfDatabase, reasonOf } from './reason.ts'
import type { Report } from './report.ts'
import type { Examine } from './server/audit-runs.ts'
import { servicesOf } from './snapshots.ts'

/** Of the command, for which no console waits, ms: enough for tens of millions of orders. */
const statementTimeoutMs = 3_600_000

const examineLive = async (
  locations: Locations,
  options: Pick<LiveSources, 'graceMs' | 'statementTimeoutMs' | 'onProgress'>,
): Promise<Report> => {
  const { databases, amqpUrl } = locations
  await using ledger = openLedger({ gateway: process.env['GATEWAY'] || undefined, databaseUrl: databases.payment })
  const readQueues = amqpUrl === null ? undefined : createQueueReader(amqpUrl, { services: servicesOf(databases) })
  try {
    return await auditLive({ databases, ledger, readQueues, ...options })
  } catch (cause) {
    if (!isOfDatabase(cause)) throw cause // its text is complete: the run took too long, or the gateway refused the ledger
    throw new Error(`The databases can't be read (${reasonOf(cause)}). Expected: ${describeLocations(locations)}.`, {
      cause,
    })
  }
}

/** Resolves to the exit code. */
const main = async (): Promise<number> => {
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) {
    console.log(help)
    return 0
  }
  const { graceMs } = flags
  if (flags.serve) {
    const address = readAddress(process.env)
    const examine: Examine = (onProgress) => examineLive(findLocations(process.env), { graceMs, onProgress })
    await serve({ examine, graceMs }, address)
    return 0
  }
  const startedMs = performance.now()
  const report = await examineLive(findLocations(process.env), { graceMs, statementTimeoutMs })
  if (flags.json) await pipeline(Readable.from(jsonOf(report)), process.stdout, { end: false })
  else console.log(`${formatReport(report)}\n\n${verdictOn(report, performance.now() - startedMs)}`)
  return report.ok ? 0 : 1
}

await runMain('audit', main, { errorCode: 2 })
