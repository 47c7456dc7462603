/** A run of the fuzzer: the requests, and then the checks of the shop. */
import type { Counts } from '@quadrille/command-line'
import { faultOfAudit } from './audit.ts'
import type { FuzzOptions } from './options.ts'
import { type ProcessMetrics, pollMetrics, readMetrics } from './process-metrics.ts'
import { type Outcome, sendAll } from './send-all.ts'
import { startTarget, type Target } from './target.ts'
import { unprocessedPhotos } from './unprocessed-photos.ts'
import { faultOfValidOrder } from './valid-order.ts'

/** Requests that load and compile the code before the heap is measured for the first time. */
const warmUpRequests = 1_000
/** The allowed growth of the heap: compiled code, series of metrics, open connections. */
const maxHeapGrowth = 48 * 1_024 * 1_024
const heapWithinMs = 30_000
const settledWithinMs = 60_000
const mebibytes = (bytes: number) => `${Math.round(bytes / 1_024 / 1_024)} MiB`

interface RunContext {
  readonly say: (line: string) => void
  /** Ends the run early. */
  readonly signal: AbortSignal
}

/**
 * Resolves to the number of checks that passed and failed. Stops what it has started.
 * @throws if the signal aborts, or the shop does not start or answer.
 */
export const runFuzz = async (options: FuzzOptions, { say, signal }: RunContext): Promise<Counts> => {
  say(`To repeat these requests: npm run fuzz -- --requests ${options.requests} --seed ${options.seed}`)
  const target = await startTarget(signal)
  try {
    const { started } = await readMetrics(target)
    const first = { ...options, requests: Math.min(warmUpRequests, options.requests), seed: options.seed + 1 }
    const warmUp = { requested: first.requests, outcome: await sendAll(target, first) }
    const before = { ...(await pollMetrics(target, () => true, 0)), started }
    const begun = performance.now()
    const outcome = await sendAll(target, options)
    const seconds = (performance.now() - begun) / 1_000
    say(`${outcome.sent} requests in ${seconds.toFixed(0)} s: ${tally(outcome)}`)
    const rounds = [warmUp, { requested: options.requests, outcome }]
    const photos = [...warmUp.outcome.photos, ...outcome.photos]
    return await examine(target, { before, rounds, photos }, say)
  } finally {
    await target.stop()
  }
}

const tally = ({ responses }: Outcome): string =>
  [...responses]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([response, times]) => `${response}: ${times}`)
    .join(', ')

interface Round {
  /** The number of requests to send. */
  readonly requested: number
  readonly outcome: Outcome
}

interface Observations {
  /** The metrics after the warm-up, except `started`, which was read before it. */
  readonly before: ProcessMetrics
  /** The warm-up, and the measured round. */
  readonly rounds: readonly Round[]
  /** The ids of the accepted photos. */
  readonly photos: readonly string[]
}

const examine = async (
  target: Target,
  { before, rounds, photos }: Observations,
  say: (line: string) => void,
): Promise<Counts> => {
  let [passed, failed] = [0, 0]
  const check = (what: string, faults: readonly string[]) => {
    target.signal.throwIfAborted() // an interruption is not a fault
    say(`${faults.length === 0 ? '✓' : '✗'} ${what}`)
    for (const fault of faults) say(`    ${fault}`)
    if (faults.length === 0) passed += 1
    else failed += 1
  }
  const unsent = rounds.filter(({ requested, outcome }) => outcome.sent < requested)
  check(
    'all requests were sent',
    unsent.map(
      ({ requested, outcome: { sent } }) => `${sent} of ${requested} before the time limit; set a higher --seconds`,
    ),
  )
  check(
    'all responses are correct',
    rounds.flatMap(({ outcome }) => outcome.faults),
  )
  const peak = await readMetrics(target)
  const after = await pollMetrics(target, ({ heapBytes }) => heapBytes < before.heapBytes + maxHeapGrowth, heapWithinMs)
  check(
    'no service exited or restarted',
    after.started === before.started ? [] : ['the process that serves /metrics has restarted'],
  )
  check('the services printed only log lines', target.unexpectedOutput())
  say(
    `memory: ${mebibytes(before.residentBytes)} before the requests, ${mebibytes(peak.residentBytes)} after the last one, ` +
      `${mebibytes(after.residentBytes)} later; metric series: ${before.series} before, ${after.series} later`,
  )
  const grown = after.heapBytes - before.heapBytes
  const sizes = `${mebibytes(before.heapBytes)} before, ${mebibytes(after.heapBytes)} after`
  check(`the heap has not grown: ${sizes}`, grown < maxHeapGrowth ? [] : [`it has grown by ${mebibytes(grown)}`])
  check(
    'a valid order is fulfilled',
    [await faultOfValidOrder(target)].flatMap((fault) => fault ?? []),
  )
  const { openOrders } = await pollMetrics(target, ({ openOrders }) => openOrders === 0, settledWithinMs)
  check('every order is settled', openOrders === 0 ? [] : [`${openOrders} are open`])
  check('every photo is ready or rejected', await unprocessedPhotos(target, photos))
  check(
    'all invariants hold',
    [await faultOfAudit(target)].flatMap((fault) => fault ?? []),
  )
  return { passed, failed }
}
