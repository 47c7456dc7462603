/** A gateway for demonstrations and tests: it moves no money, but keeps its books as a real one would. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '@quadrille/postgres'
import type { OnGatewayError } from '../errors.ts'
import { type CancelRequest, type Gateway, type Leave, OutcomeUnknown, type Standing } from '../gateway.ts'
import { confirmKey, createKey, refundKey } from '../keys.ts'
import { openLedger } from './ledger.ts'
import { cancel, confirm, type Done, look, refund } from './operations.ts'

export interface SimulatedGatewayOptions {
  /** Where its ledger is, in the schema `gateway`. */
  readonly database: Database
  /** The gateway's clock. */
  readonly now: () => Date
  /** Rejects where the signal is aborted. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onError?: OnGatewayError
}

const timer = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal })

export const simulatedGateway = ({
  database,
  now,
  wait = timer,
  onError = () => undefined,
}: SimulatedGatewayOptions): Gateway => {
  const ledger = openLedger(database, now)
  const lookUp = (reference: string) => ledger.call({ reference, operation: look })

  /** The object is what counts: where the confirmation isn't answered, it is asked. */
  const confirmOrLookUp = async ({ reference, attempt }: Leave, method: string): Promise<Done<Standing>> => {
    const key = confirmKey(reference, attempt)
    const { answer, lost, ...done } = await ledger.call({ reference, operation: confirm(method), key })
    if (answer.status !== 'failed' && !lost) return { ...done, answer }
    onError({ operation: 'charge', kind: lost ? 'timeout' : 'server_error' })
    return lookUp(reference)
  }

  /** Waits while the gateway deals with it. It goes on by itself where the wait is given up. */
  const untilDealtWith = async ({ intent, answer }: Done<Standing>, signal: AbortSignal): Promise<Standing> => {
    if (answer.status !== 'processing') return answer
    const dueAt = intent.dueAt ?? now()
    try {
      await wait(Math.max(1, dueAt.getTime() - now().getTime()), signal)
    } catch (cause) {
      throw new OutcomeUnknown(`${intent.reference} is still being processed.`, { cause })
    }
    return untilDealtWith(await lookUp(intent.reference), signal)
  }

  const findOrCreate = ({ orderId, amount, currency }: Omit<CancelRequest, 'reference'>): Promise<string> =>
    ledger.create({ key: createKey(orderId), orderId, amount, currency })

  return {
    charge: async ({ method, ...terms }, begin, signal) => {
      const leave = await begin(await findOrCreate(terms))
      if (!leave) return { status: 'stopped' }
      const standing = await untilDealtWith(await confirmOrLookUp(leave, method), signal)
      if (standing.status !== 'unconfirmed' && standing.status !== 'processing') return standing
      throw new OutcomeUnknown(`The gateway failed to confirm ${leave.reference}.`)
    },

    lookup: async (reference) => (await lookUp(reference)).answer,

    cancel: async ({ reference: known, ...terms }) => {
      const reference = known ?? (await findOrCreate(terms))
      const { answer } = await ledger.call({ reference, operation: cancel })
      if (answer.status === 'processing')
        throw new OutcomeUnknown(`${reference} can't be cancelled while it is processed.`)
      return answer.status === 'captured' ? answer : { status: 'cancelled', reference }
    },

    refund: async ({ reference, round, attempt }) => {
      const key = refundKey(reference, round, attempt)
      const { answer } = await ledger.call({ reference, operation: refund, key })
      if (answer.status !== 'failed') return answer
      onError({ operation: 'refund', kind: 'server_error' })
      throw new OutcomeUnknown(`The gateway failed to refund ${reference}.`)
    },
  }
}
