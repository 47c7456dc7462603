/** A network between a worker and the gateway. Calls and answers may be delayed or lost. */
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import type { Random } from '@quadrille/testing'
import type { Pool } from './pool.ts'

/** Calls the gateway. @throws {OutcomeUnknown} without an answer. The call may have an effect anyway, even later. */
export type Call = <Answer>(name: string, effect: () => Answer) => Promise<Answer>

const lostAnswerProbability = 0.08
const timeoutProbability = 0.08

export const createNetwork =
  (pool: Pool, random: Random): Call =>
  async (name, effect) => {
    if (random.chance(timeoutProbability)) {
      pool.add({ name: `a late call to ${name}`, execute: () => void effect() })
      throw new OutcomeUnknown(`No answer to ${name}.`)
    }
    await untilDrawn(pool, `a call to ${name}`)
    const answer = effect()
    await untilDrawn(pool, `the answer to ${name}`)
    if (random.chance(lostAnswerProbability)) throw new OutcomeUnknown(`The answer to ${name} is lost.`)
    return answer
  }

/** Resolves when the scheduler draws this step. */
const untilDrawn = (pool: Pool, name: string): Promise<void> =>
  new Promise((resolve) => {
    pool.add({ name, execute: () => resumeAndWait(resolve) })
  })

/** Resumes code, and waits until it has run. */
const resumeAndWait = (go: () => void): Promise<void> => {
  go()
  return turn()
}

/** A turn of the event loop. All code runs that does not wait for a step in the pool. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
