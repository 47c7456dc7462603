/**
 * The reactor takes messages one by one and applies them in batches: whatever came while the last batch ran is the next.
 * Messages wait while Postgres is away. Those about something that another session holds are set aside with a backoff of their
 * own, and the others go on.
 */
import type { Span } from '@opentelemetry/api'
import { batching } from '@quadrille/async'
import type { Decoded, Message, TraceContext } from '@quadrille/messages'
import { Unavailable } from '../errors/unavailable.ts'
import { traceContextOf } from '../telemetry/trace-context.ts'
import { type Arrival, endSpan, type Tracing } from '../telemetry/tracing.ts'
import type { BatchOptions, Outcome } from './batch.ts'
import type { PostgresAvailability } from './postgres-availability.ts'
import { createSettling, type Settle, type Settled, type SettleOptions } from './settle.ts'

export interface ReactorOptions<State> extends Omit<BatchOptions<State>, 'traceOf' | 'waits'>, SettleOptions {
  /** Aborted when the service stops: what waits for Postgres then is given up, and comes again. */
  readonly stopping: AbortSignal
  readonly availability: PostgresAvailability
  readonly tracing: Tracing
  /** Messages of one batch at most. */
  readonly maxSize: number
  /** Told of a message that has waited for a while for what another session holds. */
  readonly onHeld?: (message: Message) => void
  /** Told of each batch that begins; what it returns is called when that has ended. */
  readonly onBatch?: (size: number) => () => void
}

export interface Request {
  readonly decoded: Decoded
  /** How it came; none for what is said within the service. */
  readonly arrival?: Arrival
  /** A delivery waits for as long as Postgres is away. A request by HTTP is told so at once. */
  readonly patient: boolean
  /**
   * How long the message waits alone, for a lock of another session or for what Postgres refuses, ms. Default half a second for
   * a request by HTTP. For a delivery 10 minutes: RabbitMQ closes the channel of one that is in hand for 30 (its
   * `consumer_timeout`, https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout).
   */
  readonly waitsAloneMs?: number
}

export type Reactor<State = unknown> = (request: Request) => Promise<Outcome<State>>

/** How long deliveries, and requests by HTTP, wait alone, ms. */
const patientMs = 600_000
const impatientMs = 500

/** After so many tries in vain, a second or so, it is said that a message waits for another session. */
const triesToReport = 8

export const createReactor = <State>(options: ReactorOptions<State>): Reactor<State> => {
  const { stopping, availability } = options
  const settling = createSettling<State>(options)

  const lane = (settle: Settle<State>) =>
    batching(
      async (requests: readonly Traced[]) => {
        const ended = options.onBatch?.(requests.length)
        const items = requests.map(({ decoded }) => decoded)
        const spans = requests.map(({ span }) => span)
        try {
          return await options.tracing.batch(spans, () => settle(items, { ...options, traceOf: traceOfEach(requests) }))
        } finally {
          ended?.()
        }
      },
      { maxSize: options.maxSize },
    )
  const [batch, apart] = [lane(settling.settleBatch), lane(settling.isolateLockedOut)]

  /** The pauses between the tries of a request that waits alone; false where it is to be given up. */
  const settingAside = ({ decoded, patient, waitsAloneMs = patient ? patientMs : impatientMs }: Request): SetAside => {
    const deadline = performance.now() + waitsAloneMs
    let tries = 0
    return async (outcome) => {
      tries += 1
      if (tries === triesToReport && outcome.status !== 'refused') options.onHeld?.(decoded.message)
      if (!stopping.aborted) await availability.pauseAlone(patient ? tries : Math.min(tries, 3), refusalOf(outcome))
      return !stopping.aborted && performance.now() < deadline
    }
  }

  /** False where the outcome is final, or the request is given up. */
  const pauseAfter = async (
    outcome: Settled<State>,
    { patient, setAside }: Request & { setAside: SetAside },
  ): Promise<boolean> => {
    if (!isFinal(outcome)) return setAside(outcome)
    const outage = outageBehind(outcome)
    if (outage === null || !patient || stopping.aborted) return false
    await availability.pause(outage.cause)
    return true
  }

  const untilAnswered = async (request: Traced): Promise<Outcome<State>> => {
    const waiting = { ...request, setAside: settingAside(request) }
    let submit = batch
    let outcome = await submit(request)
    while (await pauseAfter(outcome, waiting)) {
      if (outcome.status === 'locked_out') submit = apart
      outcome = await submit(request)
    }
    return isFinal(outcome) ? outcome : givenUp(outcome)
  }

  return async (request) => {
    const span = options.tracing.process(request.decoded.message, request.arrival)
    const outcome = await untilAnswered({ ...request, span })
    endSpan(span, outcome.status === 'failed' ? outcome.error : undefined)
    return outcome
  }
}

const outageBehind = (outcome: Outcome): Unavailable | null =>
  outcome.status === 'failed' && outcome.error instanceof Unavailable ? outcome.error : null

type Waiting = Exclude<Settled, Outcome>
type SetAside = (outcome: Waiting) => Promise<boolean>

const isFinal = <State>(outcome: Settled<State>): outcome is Outcome<State> =>
  outcome.status === 'applied' || outcome.status === 'duplicate' || outcome.status === 'failed'

const refusalOf = (outcome: Waiting): Error | undefined => (outcome.status === 'refused' ? outcome.error : undefined)

const givenUp = (outcome: Waiting): Outcome<never> => ({
  status: 'failed',
  error:
    outcome.status === 'refused'
      ? new Unavailable('Postgres can’t do this for now; try again.', { cause: outcome.error })
      : new Unavailable('Another session has locked the rows that this is about; try again.'),
})

interface Traced extends Request {
  /** From its arrival to its commit, however often it is tried. What it causes is a child of it. */
  readonly span: Span
}

const traceOfEach = (requests: readonly Traced[]): ((message: Message) => TraceContext) => {
  const spans = new Map(requests.map(({ decoded, span }) => [decoded.message, span]))
  return (message) => {
    const span = spans.get(message)
    return span ? traceContextOf(span) : {}
  }
}
