/** A fault run from its start to its report. */
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AcceptedOrder, audit, type Finding, formatReport, queueDepths, type Report } from '@quadrille/audit'
import type { Counts } from '@quadrille/command-line'
import { openLedger } from '@quadrille/payment/ledger'
import type { TrackedOrder } from './load/order-tracker.ts'
import { settledWithinMs } from './load/until-settled.ts'
import { type ChaosOptions, commandOf } from './options.ts'
import { type RunContext, type RunResult, runPhases } from './phases.ts'
import { readRowsOf, violatingOrders } from './report/affected-orders.ts'
import { checkDeadLetters } from './report/dead-letters.ts'
import { checkDeliveries } from './report/deliveries.ts'
import { checkDispatches } from './report/dispatches.ts'
import { checkExpiry } from './report/expiry.ts'
import { checkFailover } from './report/failover.ts'
import { checkExits, checkLoad, checkResponses, checkSettlement } from './report/findings.ts'
import { heldMessages } from './report/held-messages.ts'
import { checkInstances } from './report/instances.ts'
import { logLinesOf } from './report/order-log.ts'
import { checkReceipts } from './report/receipts.ts'
import { summary } from './report/summary.ts'
import { untilAtRest } from './world/until-at-rest.ts'
import { startWorld, type World } from './world/world.ts'

/** The number of orders with a violation whose log lines are printed. */
const describedOrders = 3

/** Short enough for orders to expire during the run, but longer than a charge at the flaky gateway takes, ms. */
const orderTtlMs = 20_000

/**
 * Runs it and prints the progress. If a check or the run itself fails, it prints the name of a folder with the logs, the
 * timeline and the records of the affected orders.
 * @throws if the signal aborts, or the run itself fails.
 */
export const runChaos = async (options: ChaosOptions, { print: printLine, signal }: RunContext): Promise<Counts> => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-chaos-'))
  chmodSync(folder, 0o755) // started by root, Postgres runs as another user, which must be able to enter
  const print = (line: string) => {
    appendFileSync(join(folder, 'run.log'), `${line}\n`)
    printLine(line)
  }
  print(`${commandOf(options)}\nlogs in ${folder}`)
  let ok = false
  const world = await startWorld({ folder, nodes: options.nodes, orderTtl: `${orderTtlMs}ms`, signal })
  if (!world.postgres.disk) print('disk full: skipped, because no file system can be mounted')
  try {
    const result = await runPhases(world, options, { print, signal })
    const report = await reportOn(world, result)
    print(`${summary(result)}\n${formatReport(report)}`)
    if (!report.ok) {
      await writeEvidence(folder, { world, result, report })
      for (const orderId of violatingOrders(report).slice(0, describedOrders))
        print([`The log of order ${orderId}:`, ...logLinesOf(orderId, { folder, ...result })].join('\n'))
      for (const node of world.nodes.slice(0, 1))
        print(['Queues that are not empty:', ...(await heldMessages(node))].join('\n'))
    }
    ok = report.ok
    return countsOf(report)
  } finally {
    if (!ok) print(`${commandOf(options)} repeats the plan; the evidence is in ${folder}`)
    await world.stop().catch((error: unknown) => print(String(error))) // an error of the run is thrown
    if (ok) rmSync(folder, { recursive: true })
  }
}

/** Waits until all work is done, stops everything, and audits it. */
const reportOn = async ({ instances, nodes, databases, badMessages }: World, result: RunResult): Promise<Report> => {
  const brokerUrl = nodes[0]?.url ?? ''
  await untilAtRest(databases, brokerUrl)
  await Promise.all(instances.map((instance) => instance.stop()))
  const queues = await queueDepths(brokerUrl)
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const accepted = result.orders.map(asAccepted)
  const pauses = result.failovers.map(({ pause }) => pause)
  const audited = await audit({ databases, ledger, accepted, answers: result.answers, queues })
  const findings: Finding[] = [
    checkLoad(result),
    checkSettlement(result, settledWithinMs),
    await checkExpiry(databases, { ...result, injected: [...result.injected, ...pauses] }, orderTtlMs),
    checkInstances(result),
    checkFailover(result.failovers),
    checkResponses(result.answerCounts, result.stillWaiting),
    checkExits(instances),
    await checkDeliveries(databases),
    await checkReceipts(databases, result.receipts),
    await checkDispatches(databases, result.dispatches),
    await checkDeadLetters(databases, badMessages),
    ...audited.findings,
  ]
  return { findings, ok: findings.every(({ violations }) => violations.length === 0) }
}

/** The audit must find the same ending as the run, which must be a possible one. */
const asAccepted = ({ orderId, endings, ending }: TrackedOrder): AcceptedOrder => {
  const seen = endings.filter((one) => one === ending)
  return { orderId, endings: seen.length > 0 ? seen : endings }
}

const countsOf = ({ findings }: Report): Counts => {
  const failed = findings.filter(({ violations }) => violations.length > 0).length
  return { passed: findings.length - failed, failed }
}

interface Evidence {
  readonly world: World
  readonly result: RunResult
  readonly report: Report
}

const writeEvidence = async (folder: string, { world, result, report }: Evidence): Promise<void> => {
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`)
  write('timeline.json', [...result.injected, ...result.stalls])
  write('report.json', report)
  write('orders.json', await readRowsOf(world.databases, violatingOrders(report)))
}
