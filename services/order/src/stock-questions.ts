/** Asks inventory for stock levels, and remembers which SKUs it knows. */
import { batching, pause } from '@quadrille/async'
import { maxSkus, StockLevels as question } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import type { Context } from '@quadrille/service'
import type { Config } from './config.ts'
import type { AvailableBySku } from './domain/stock-check.ts'

/** The maximum number of SKUs that wait for a question. Above that, requests go on without an answer. */
const maxWaiting = 10_000

/** The same for requests that place no order, so that a flood of them leaves the orders at least half of the maximum. */
const maxWaitingWithoutOrder = maxWaiting / 2

/** The maximum number of SKUs that are remembered. Above that, the one that was confirmed first is forgotten, and asked again. */
const maxKnown = 100_000

/**
 * Asks for the levels of SKUs. Resolves to null if there is no answer in time. The SKUs of all requests that wait while a question is
 * open form the next one.
 */
export type AskLevels = (skus: readonly string[], trace: TraceContext) => Promise<AvailableBySku | null>

export interface StockQuestions {
  /** For an order that is to be placed. */
  readonly ask: AskLevels
  /** For another request. It gets no answer if half of the SKUs that may wait are waiting. */
  readonly askWithoutOrder: AskLevels
  /** True if inventory has confirmed the SKU. It never removes one from its catalog. */
  readonly isKnown: (sku: string) => boolean
}

interface Asked {
  readonly sku: string
  readonly trace: TraceContext
  /** Aborted when its request no longer waits. */
  readonly ended: AbortSignal
}

/** The available pieces, `unknown`, or null without an answer. */
type Level = number | 'unknown' | null

/** A request waits ORDER_CHECK_TIMEOUT_MS at most. */
export const createStockQuestions = ({
  ask,
  config: { ORDER_CHECK_TIMEOUT_MS: timeoutMs },
}: Pick<Context<Pick<Config, 'ORDER_CHECK_TIMEOUT_MS'>>, 'ask' | 'config'>): StockQuestions => {
  const known = new Set<string>()
  let waiting = 0
  const remember = (sku: string) => {
    known.add(sku)
    for (const first of known) {
      if (known.size <= maxKnown) return
      known.delete(first)
    }
  }
  const levelOf = batching(
    async (asked: readonly Asked[]): Promise<Level[]> => {
      const awaited = new Set(asked.filter(({ ended }) => !ended.aborted))
      if (awaited.size === 0) return asked.map(() => null)
      const skus = [...new Set([...awaited].map(({ sku }) => sku))]
      const traces = [...awaited].map(({ trace }) => trace)
      const answer = await ask(question, { skus }, { timeoutMs, traces })
      if (!answer) return asked.map(() => null)
      const levels = new Map(answer.levels.map(({ sku, available }) => [sku, available]))
      for (const sku of levels.keys()) remember(sku)
      return asked.map((one) => (awaited.has(one) ? (levels.get(one.sku) ?? 'unknown') : null))
    },
    { maxSize: maxSkus },
  )
  const askAll = async (
    skus: readonly string[],
    request: Pick<Asked, 'trace' | 'ended'>,
  ): Promise<AvailableBySku | null> => {
    waiting += skus.length
    try {
      const levels = await Promise.all(skus.map((sku) => levelOf({ sku, ...request })))
      return levels.includes(null) ? null : levelsBySku(skus, levels)
    } finally {
      waiting -= skus.length
    }
  }
  const askUpTo =
    (limit: number): AskLevels =>
    async (skus, trace) => {
      if (waiting + skus.length > limit) return null
      const ending = new AbortController()
      const late = pause(timeoutMs, ending.signal).then(() => null)
      try {
        return await Promise.race([askAll(skus, { trace, ended: ending.signal }), late])
      } finally {
        ending.abort()
      }
    }
  return {
    isKnown: (sku) => known.has(sku),
    ask: askUpTo(maxWaiting),
    askWithoutOrder: askUpTo(maxWaitingWithoutOrder),
  }
}

const levelsBySku = (skus: readonly string[], levels: readonly Level[]): AvailableBySku =>
  new Map(
    skus.flatMap((sku, index): [string, number][] => {
      const level = levels[index]
      return typeof level === 'number' ? [[sku, level]] : []
    }),
  )
