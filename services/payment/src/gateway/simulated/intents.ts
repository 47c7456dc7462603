/**
 * Payment intents and idempotency keys of the simulated gateway. Calls that arrive while a statement runs are batched into
 * the next ones.
 */
import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import { type Answer, finishProcessing, type Intent, keyLifetimeMs, storedAnswer, withAnswer } from './intent.ts'
import { type Creation, createIntents, findCreated, lockIntents, updateIntents } from './intent-table.ts'
import type { Operation, OperationResult } from './operations.ts'

export interface Call<Given extends Answer> {
  readonly reference: string
  readonly operation: Operation<Given>
  /** A call with a known key gets the stored response and has no effect. */
  readonly key?: string
}

export interface Intents {
  /** Returns the reference of the payment intent that was created under this key, now or earlier. */
  create(creation: Creation): Promise<string>
  /** Finds the last payment intent that was created under this key, and returns its reference. Null if no intent has the key. */
  find(key: string): Promise<string | null>
  /** @throws {Error} if there is no such payment intent. */
  call<Given extends Answer>(call: Call<Given>): Promise<OperationResult<Given>>
}

/**
 * Opens the payment intents in the schema `gateway`. `now` is the gateway's clock. It decides when keys expire and when
 * processing ends.
 */
export const openIntents = (database: Database, now: () => Date): Intents => {
  const create = batching((creations: readonly Creation[]) => createAll(database, creations, now()))
  const call = batching((calls: readonly Call<Answer>[]) => callAll(database, calls, now()))
  return {
    create,
    find: async (key) => (await findCreated(database, [key]))[0]?.reference ?? null,
    call: async <Given extends Answer>({ reference, operation, key }: Call<Given>) => {
      const done = await call({ reference, operation, ...(key !== undefined && { key }) })
      if (!done) throw new Error(`The gateway has no payment intent ${reference}.`)
      return done as OperationResult<Given> // a key is used for one operation, so a stored response has its type
    },
  }
}

const createAll = async (database: Database, creations: readonly Creation[], now: Date): Promise<string[]> => {
  const distinct = [...new Map(creations.map((creation) => [creation.key, creation])).values()]
  const expiredBefore = new Date(now.getTime() - keyLifetimeMs)
  const created = await createIntents(database, distinct, { now, expiredBefore })
  const known = created.length < distinct.length ? await findCreated(database, keysOf(distinct)) : created
  const references = new Map(known.map(({ key, reference }) => [key, reference]))
  return creations.map(({ key }) => {
    const reference = references.get(key)
    if (reference === undefined) throw new Error(`No payment intent was created or found under the key ${key}.`)
    return reference
  })
}

const keysOf = (creations: readonly Creation[]): string[] => creations.map(({ key }) => key)

const callAll = (
  database: Database,
  calls: readonly Call<Answer>[],
  now: Date,
): Promise<(OperationResult<Answer> | undefined)[]> =>
  database.transaction(async (sql) => {
    const found = await lockIntents(sql, [...new Set(calls.map(({ reference }) => reference))])
    const intents = new Map(found.map((intent) => [intent.reference, intent]))
    const answers = calls.map((call) => {
      const intent = intents.get(call.reference)
      const done = intent && perform(intent, call, now)
      if (done) intents.set(call.reference, done.intent)
      return done
    })
    const changed = found.flatMap((before) => {
      const after = intents.get(before.reference)
      return after && after !== before ? [after] : []
    })
    if (changed.length > 0) await sql.commit([updateIntents(changed)])
    return answers
  })

const perform = (before: Intent, { operation, key }: Call<Answer>, now: Date): OperationResult<Answer> => {
  const intent = finishProcessing(before, now)
  if (key === undefined) return operation(intent, now)
  const answer = storedAnswer(intent, key, now)
  if (answer) return { intent, answer }
  const done = operation(intent, now)
  return { ...done, intent: withAnswer(done.intent, key, { answer: done.answer, now }) }
}
