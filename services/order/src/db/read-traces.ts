import type { TraceContext } from '@quadrille/messages'
import type { Context } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from './history-table.ts'
import { readUndamaged } from './read-undamaged.ts'

/**
 * The trace of each order that has one. An order whose history is damaged is left out, so that it can still end.
 *
 * @throws any other error, because a repetition can then find the traces, and an order that is cancelled without its trace stays
 * without it.
 */
export const readTraces = (
  context: Pick<Context<Config>, 'database' | 'log'>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, TraceContext>> =>
  readUndamaged(context, orderIds, {
    find: (ids) => findTraces(context.database, ids),
    warning: 'the traces of some orders cannot be read; the orders are cancelled without them',
  })
