/** A gateway for demonstrations and tests. It moves no money, but keeps a ledger like a real gateway. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '@quadrille/postgres'
import type { GatewayError, OnGatewayError } from '../count-errors.ts'
import {
  type CancelRequest,
  type ChargePermission,
  checkChargeable,
  type Gateway,
  type IntentStatus,
  OutcomeUnknown,
} from '../gateway.ts'
import { confirmKey, createKey, refundKey } from '../keys.ts'
import { readEntries } from './intent-table.ts'
import { openIntents } from './intents.ts'
import { cancel, confirm, type OperationResult, read, refund } from './operations.ts'
import { isRejected, rejectionCode } from './terms.ts'

export interface SimulatedGatewayOptions {
  /** The schema `gateway` of this database holds the ledger. */
  readonly database: Database
  /** The gateway's clock. */
  readonly now: () => Date
  /** Rejects when the signal aborts. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** While this returns an outage, all calls fail. Default: always null. */
  readonly outage?: () => Outage | null
  readonly onError?: OnGatewayError
}

/** `retryAfterMs`: the requested delay before the next call. */
export interface Outage {
  readonly retryAfterMs?: number
}

const timer = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal })

export const simulatedGateway = ({
  database,
  now,
  wait = timer,
  outage = () => null,
  onError = () => undefined,
}: SimulatedGatewayOptions): Gateway => {
  const intents = openIntents(database, now)
  const lookUp = (reference: string) => intents.call({ reference, operation: read })

  const throwIfOutage = (operation: GatewayError['operation']): void => {
    const current = outage()
    if (!current) return
    onError({ operation, kind: 'timeout' })
    throw new OutcomeUnknown('The gateway does not answer.', { ...current, outage: true })
  }

  /** Confirms the payment intent, and looks up its status if the confirmation fails or its response is lost. */
  const confirmOrLookUp = async (
    { reference, attempt }: ChargePermission,
    method: string,
  ): Promise<OperationResult<IntentStatus>> => {
    const key = confirmKey(reference, attempt)
    const { answer, lost, ...done } = await intents.call({ reference, operation: confirm(method), key })
    if (answer.status !== 'failed' && !lost) return { ...done, answer }
    onError({ operation: 'charge', kind: lost ? 'timeout' : 'server_error' })
    return lookUp(reference)
  }

  /** Waits until the gateway has processed the confirmation. Aborting the wait does not stop the processing. */
  const untilProcessed = async (
    { intent, answer }: OperationResult<IntentStatus>,
    signal: AbortSignal,
  ): Promise<IntentStatus> => {
    if (answer.status !== 'processing') return answer
    const dueAt = intent.dueAt ?? now()
    try {
      await wait(Math.max(1, dueAt.getTime() - now().getTime()), signal)
    } catch (cause) {
      throw new OutcomeUnknown(`${intent.reference} is still being processed.`, { cause })
    }
    return untilProcessed(await lookUp(intent.reference), signal)
  }

  /** Null if there is no payment intent, and the gateway rejects the terms. */
  const findOrCreate = async (terms: Omit<CancelRequest, 'reference'>): Promise<string | null> => {
    checkChargeable(terms)
    const key = createKey(terms.orderId)
    return isRejected(terms.currency) ? intents.find(key) : intents.create({ key, ...terms })
  }

  return {
    charge: async ({ method, ...terms }, begin, signal) => {
      throwIfOutage('charge')
      const offered = await findOrCreate(terms)
      if (offered === null) return { status: 'declined', reference: null, code: rejectionCode }
      const permission = await begin(offered)
      if (!permission) return { status: 'stopped' }
      const intent = await untilProcessed(await confirmOrLookUp(permission, method), signal)
      if (intent.status !== 'unconfirmed' && intent.status !== 'processing') return intent
      throw new OutcomeUnknown(`The gateway failed to confirm ${permission.reference}.`)
    },

    lookup: async (reference) => {
      throwIfOutage('lookup')
      return (await lookUp(reference)).answer
    },

    cancel: async ({ reference: stored, ...terms }) => {
      throwIfOutage('cancel')
      const reference = stored ?? (await findOrCreate(terms))
      if (reference === null) return { status: 'cancelled', reference: null }
      const { answer } = await intents.call({ reference, operation: cancel })
      if (answer.status === 'processing')
        throw new OutcomeUnknown(`${reference} can't be cancelled while it is being processed.`)
      return answer.status === 'captured' ? answer : { status: 'cancelled', reference }
    },

    refund: async ({ reference, round, attempt }) => {
      throwIfOutage('refund')
      const key = refundKey(reference, round, attempt)
      const { answer } = await intents.call({ reference, operation: refund, key })
      if (answer.status === 'pending') throw new OutcomeUnknown(`The refund of ${reference} is pending.`)
      if (answer.status !== 'failed') return answer
      onError({ operation: 'refund', kind: 'server_error' })
      throw new OutcomeUnknown(`The gateway failed to refund ${reference}.`)
    },

    readLedger: (orders) => readEntries(database, orders),
  }
}
