/** The check of an order before it is accepted, according to ORDER_CHECK. */
import { onceASecond } from '@quadrille/async'
import { type MissingLine, primitives } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import { type Context, Problem, problemSchema } from '@quadrille/service'
import { Counter } from 'prom-client'
import type { Config } from '../config.ts'
import { missingOf, unknownLines } from '../domain/stock-check.ts'
import type { StockQuestions } from '../stock-questions.ts'
import { missingExample } from './examples.ts'
import type { OrderRequest } from './schema.ts'

type Lines = OrderRequest['lines']

/** `unanswered`: there was no answer in time. The order is accepted, and ends as `out_of_stock` if a SKU is unknown. */
export type LineCheckOutcome = 'passed' | 'unanswered'

export interface LineCheck {
  /** True if inventory must be asked about these lines. */
  readonly isNeeded: (lines: Lines) => boolean
  /**
   * Asks inventory.
   * @throws {Problem} 422 for a SKU that is not in the catalog; with `stock`, 409 for SKUs that are not available.
   */
  readonly run: (lines: Lines, trace: TraceContext) => Promise<LineCheckOutcome>
  /**
   * Counts an order that was accepted although its check was not answered. Logs once a second at most, with the number of such
   * orders since the last line.
   */
  readonly acceptedUnchecked: () => void
}

interface LineCheckContext {
  readonly config: Pick<Config, 'ORDER_CHECK'>
  readonly registry: Context<unknown>['registry']
  readonly log: Pick<Context<unknown>['log'], 'warn'>
}

/** The number of SKUs that a problem lists at most. */
const maxListed = 100

export const checkLines = (
  { config, registry, log }: LineCheckContext,
  { ask, isKnown }: Pick<StockQuestions, 'ask' | 'isKnown'>,
): LineCheck => {
  const { ORDER_CHECK: mode } = config
  const unchecked = new Counter({
    name: 'quadrille_orders_unchecked_total',
    help: 'Orders that were accepted without a check of their SKUs, because inventory did not answer in time',
    registers: [registry],
  })
  let sinceLastLine = 0
  const warn = onceASecond(() => {
    log.warn(
      { uncheckedOrders: sinceLastLine },
      'orders were accepted without a check of their SKUs: inventory did not answer in time',
    )
    sinceLastLine = 0
  })
  const isAsked = ({ sku }: Lines[number]) => mode === 'stock' || !isKnown(sku)
  return {
    isNeeded: (lines) => mode !== 'off' && lines.some(isAsked),
    run: async (lines, trace) => {
      const asked = new Set(lines.filter(isAsked).map(({ sku }) => sku))
      const levels = await ask([...asked], trace)
      if (!levels) return 'unanswered'
      const unknown = unknownLines(lines, asked, levels)
      if (unknown.length > 0) throw unknownSkus(unknown)
      const missing = mode === 'stock' ? missingOf(lines, levels) : []
      if (missing.length > 0) throw notAvailable(missing)
      return 'passed'
    },
    acceptedUnchecked: () => {
      unchecked.inc()
      sinceLastLine += 1
      warn()
    },
  }
}

const unknownSkus = (indexes: readonly number[]): Problem =>
  new Problem('invalid-fields', 'The order has SKUs that are not in the catalog.', {
    errors: indexes.map((index) => ({ pointer: `/lines/${index}/sku`, detail: 'is not in the catalog' })),
  })

const notAvailable = (missing: readonly MissingLine[]): Problem =>
  new Problem('conflict', `Too few pieces are available of ${missing.length} of the SKUs.`, {
    members: { missing: missing.slice(0, maxListed) },
  })

/** The body of the 409. */
export const notAvailableProblem = problemSchema
  .extend({
    missing: primitives.missingLines
      .max(maxListed)
      .optional()
      .meta({ description: `The SKUs of which too few pieces are available, ${maxListed} at most.` }),
  })
  .meta({
    title: 'NotAvailableProblem',
    description: 'A problem, with the SKUs that are not available.',
    examples: [{ ...notAvailable(missingExample).toJSON() }],
  })
