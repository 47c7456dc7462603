/** A fault run from its start to its report. */
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AcceptedOrder, audit, type Finding, formatReport, queueDepths, type Report } from '@quadrille/audit'
import { openLedger } from '@quadrille/payment/ledger'
import { type Course, runCourse, type Surroundings, settledWithinMs } from './course.ts'
import type { BookedOrder } from './load/order-book.ts'
import { type ChaosOptions, commandOf } from './options.ts'
import { checkDeadLetters } from './report/dead-letters.ts'
import { checkExpiry } from './report/expiry.ts'
import { checkExits, checkLoad, checkResponses, checkSettlement } from './report/findings.ts'
import { ordersIn, readAllAbout } from './report/orders-concerned.ts'
import { checkReceipts } from './report/receipts.ts'
import { summary } from './report/summary.ts'
import { checkFailover } from './report/twins.ts'
import { atRest } from './world/at-rest.ts'
import { startWorld, type World } from './world/world.ts'

/** The number of invariants that held, and of those that failed. */
export interface Counts {
  readonly passed: number
  readonly failed: number
}

/** Short, so that orders expire in the run; longer than a flaky gateway needs. */
const orderTtl = '20s'

/**
 * Runs it and reports the progress. If an invariant or the run itself fails, it prints the name of a folder with the
 * logs, the timeline and the records of the affected orders.
 * @throws if the signal ends it, or it can't do its work.
 */
export const runChaos = async (options: ChaosOptions, { say: print, signal }: Surroundings): Promise<Counts> => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-chaos-'))
  chmodSync(folder, 0o755) // started by root, Postgres runs as another user, which must be able to enter
  const say = (line: string) => {
    appendFileSync(join(folder, 'run.log'), `${line}\n`)
    print(line)
  }
  say(`${commandOf(options)}\nlogs in ${folder}`)
  let ok = false
  const world = await startWorld({ folder, nodes: options.nodes, orderTtl })
  if (!world.postgres.disk) say('disk full: skipped, because no file system can be mounted here')
  try {
    const course = await runCourse(world, options, { say, signal })
    const report = await reportOn(world, course)
    say(`${summary(course)}\n${formatReport(report)}`)
    if (!report.ok) await writeEvidence(folder, { world, course, report })
    ok = report.ok
    return countsOf(report)
  } finally {
    await world.stop()
    if (ok) rmSync(folder, { recursive: true })
    else say(`${commandOf(options)} repeats the plan; the evidence is in ${folder}`)
  }
}

/** Waits until all work is done, stops everything, and audits it. */
const reportOn = async ({ instances, nodes, databases, badMessages }: World, course: Course): Promise<Report> => {
  const brokerUrl = nodes[0]?.url ?? ''
  await atRest(databases, brokerUrl)
  await Promise.all(instances.map((instance) => instance.stop()))
  const queues = await queueDepths(brokerUrl)
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const accepted = course.orders.map(asSeen)
  const audited = await audit({ databases, ledger, accepted, answers: course.answers, queues })
  const findings: Finding[] = [
    checkLoad(course),
    checkSettlement(course, settledWithinMs),
    await checkExpiry(databases, course),
    checkFailover(course.twins),
    checkResponses(course.answerCounts, course.unanswered),
    checkExits(instances),
    await checkReceipts(databases, course.deliveries),
    await checkDeadLetters(databases, badMessages),
    ...audited.findings,
  ]
  return { findings, ok: findings.every(({ violations }) => violations.length === 0) }
}

/** The audit must find the ending that the run has observed. */
const asSeen = ({ orderId, endings, ending }: BookedOrder): AcceptedOrder => ({
  orderId,
  endings: endings.filter((one) => ending === null || one === ending),
})

const countsOf = ({ findings }: Report): Counts => {
  const failed = findings.filter(({ violations }) => violations.length > 0).length
  return { passed: findings.length - failed, failed }
}

interface Evidence {
  readonly world: World
  readonly course: Course
  readonly report: Report
}

const writeEvidence = async (folder: string, { world, course, report }: Evidence): Promise<void> => {
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`)
  write('timeline.json', course.injected)
  write('report.json', report)
  write('orders.json', await readAllAbout(world.databases, ordersIn(report)))
}
