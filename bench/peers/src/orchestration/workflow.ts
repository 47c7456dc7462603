/** The whole order as one durable workflow, with its compensations. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import { type Database, faultOf } from '@quadrille/postgres'
import type { Order } from './order.ts'
import type { Payments } from './payments.ts'
import * as store from './store.ts'

/** The delays before the retries of a call to the gateway, s. The last one repeats. Those of Quadrille. */
const delays = [1, 5, 30, 120, 600]
/** The longest wait for an operator before the workflow looks again, s. */
const patience = 86_400

/** The message of an operator after the gateway has refused a refund. */
export type Instruction = { readonly manual: false } | { readonly manual: true; readonly reference: string }

/**
 * Runs a function as a step, whose result is stored. It is repeated while the database is away. Any other error ends the workflow with
 * the status ERROR. After the mistake is corrected, an operator resumes it at that step (`DBOS.forkWorkflow`).
 */
const step = <Result>(name: string, run: () => Promise<Result>): Promise<Result> =>
  DBOS.runStep(run, { name, retriesAllowed: true, maxAttempts: 1_000_000, backoffRate: 1, shouldRetry: isTemporary })

const isTemporary = (error: unknown): boolean => ['unavailable', 'conflict'].includes(faultOf(error) ?? '')

/** Registers the workflow. Its id is that of the order. */
export const registerWorkflow = (database: Database, payments: Payments): ((order: Order) => Promise<void>) => {
  const notify = (order: Order, occasion: store.Occasion) =>
    step(`notify ${occasion}`, () => store.notify(database, order, occasion))

  const handle = async (order: Order): Promise<void> => {
    await step('place', () => store.place(database, order))
    await Promise.all([notify(order, 'order_placed'), fulfilOrCompensate(order)])
  }

  const fulfilOrCompensate = async (order: Order): Promise<void> => {
    const charged = await charge(order)
    if (charged === 'captured' && (await ship(order))) return notify(order, 'order_fulfilled')
    // a customer's cancellation came first, or this is the reason
    const reason = { captured: 'out_of_stock', declined: 'payment_declined', stopped: 'expired' } as const
    await step('cancel', () => store.cancel(database, order.id, reason[charged]))
    await Promise.all([notify(order, 'order_cancelled'), compensate(order, charged)])
  }

  /** Repeats an unknown outcome until it is known, or the order may no longer be charged. */
  const charge = async (order: Order): Promise<'captured' | 'declined' | 'stopped'> => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await step('charge', () => payments.charge(order, attempt))
      if (outcome !== 'unknown') return outcome
      const untilExpiry = (Date.parse(order.expiresAt) - Date.now()) / 1_000
      await DBOS.recv('cancelled', { timeoutSeconds: Math.max(0.1, Math.min(delayBefore(attempt), untilExpiry)) })
    }
  }

  /** False if an item is out of stock, or the order has been cancelled. */
  const ship = async (order: Order): Promise<boolean> => {
    const reserved = await step('reserve', () => store.reserve(database, order))
    return reserved === 'reserved' && (await step('fulfil', () => store.fulfil(database, order.id)))
  }

  const compensate = async (order: Order, charged: 'captured' | 'declined' | 'stopped'): Promise<void> => {
    await step('release', () => store.release(database, order.id))
    const isCaptured = charged === 'captured' || (charged === 'stopped' && (await cancelCharge(order)) === 'captured')
    if (isCaptured) await refund(order)
    await step('settle', () => store.settle(database, order.id))
    if (isCaptured) await notify(order, 'payment_refunded')
  }

  const cancelCharge = (order: Order) => untilKnown('cancel charge', () => payments.cancelCharge(order))

  /** After a refusal it waits for an operator, for any time. */
  const refund = async (order: Order): Promise<void> => {
    for (let round = 1; ; round += 1) {
      const outcome = await untilKnown('refund', (attempt) => payments.refund(order, round, attempt))
      if (outcome === 'refunded') return
      if (round === 1) await notify(order, 'refund_failed')
      const instruction = await untilInstructed()
      if (instruction.manual)
        return step('enter refund', () => store.enterRefund(database, order.id, instruction.reference))
    }
  }

  return DBOS.registerWorkflow(handle, { name: 'handleOrder' })
}

const untilInstructed = async (): Promise<Instruction> => {
  for (;;) {
    const instruction = await DBOS.recv<Instruction>('refund', { timeoutSeconds: patience })
    if (instruction) return instruction
  }
}

/** Compensations never give up. */
const untilKnown = async <Outcome extends string>(
  name: string,
  run: (attempt: number) => Promise<Outcome | 'unknown'>,
): Promise<Outcome> => {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await step(name, () => run(attempt))
    if (outcome !== 'unknown') return outcome as Outcome
    await DBOS.sleepSeconds(delayBefore(attempt))
  }
}

const delayBefore = (attempt: number): number => delays[Math.min(attempt, delays.length) - 1] ?? 1
