/**
 * Objects and idempotency keys of the simulated gateway. Calls that arrive while a statement runs share the next
 * statements.
 */
import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import { type Answer, answerTo, type Intent, keyLifetimeMs, settle, withAnswer } from './intent.ts'
import { type Creation, createIntents, findCreated, lockIntents, updateIntents } from './intent-table.ts'
import type { Done, Operation } from './operations.ts'

export interface Call<Given extends Answer> {
  readonly reference: string
  readonly operation: Operation<Given>
  /** A call with a known key gets the stored answer and has no effect. */
  readonly key?: string
}

export interface Intents {
  /** The reference of the object that was created under the key, now or earlier. */
  create(creation: Creation): Promise<string>
  /** @throws {Error} if there is no such object. */
  call<Given extends Answer>(call: Call<Given>): Promise<Done<Given>>
}

/**
 * Opens the objects in the schema `gateway`. `now` is the gateway's clock. It decides when keys expire and when
 * processing ends.
 */
export const openIntents = (database: Database, now: () => Date): Intents => {
  const create = batching((creations: readonly Creation[]) => createAll(database, creations, now()))
  const call = batching((calls: readonly Call<Answer>[]) => callAll(database, calls, now()))
  return {
    create,
    call: async <Given extends Answer>({ reference, operation, key }: Call<Given>) => {
      const done = await call({ reference, operation, ...(key !== undefined && { key }) })
      if (!done) throw new Error(`The gateway has no object ${reference}.`)
      return done as Done<Given> // a key is used for one operation, so a stored answer is of its type
    },
  }
}

const createAll = async (database: Database, creations: readonly Creation[], now: Date): Promise<string[]> => {
  const distinct = [...new Map(creations.map((creation) => [creation.key, creation])).values()]
  const forgotten = new Date(now.getTime() - keyLifetimeMs)
  const created = await createIntents(database, distinct, { now, forgotten })
  const known = created.length < distinct.length ? await findCreated(database, keysOf(distinct)) : created
  const references = new Map(known.map(({ key, reference }) => [key, reference]))
  return creations.map(({ key }) => {
    const reference = references.get(key)
    if (reference === undefined) throw new Error(`The key ${key} is neither new nor known.`)
    return reference
  })
}

const keysOf = (creations: readonly Creation[]): string[] => creations.map(({ key }) => key)

const callAll = (
  database: Database,
  calls: readonly Call<Answer>[],
  now: Date,
): Promise<(Done<Answer> | undefined)[]> =>
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
    if (changed.length > 0) await updateIntents(sql, changed)
    return answers
  })

const perform = (before: Intent, { operation, key }: Call<Answer>, now: Date): Done<Answer> => {
  const intent = settle(before, now)
  if (key === undefined) return operation(intent, now)
  const answer = answerTo(intent, key, now)
  if (answer) return { intent, answer }
  const done = operation(intent, now)
  return { ...done, intent: withAnswer(done.intent, key, { answer: done.answer, now }) }
}
