/** A network between a worker and the gateway: calls and answers are delayed, get lost, or arrive too late. */
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import type { Random } from '@quadrille/testing'
import type { Bag } from './bag.ts'

/** Calls the other side. @throws {OutcomeUnknown} without an answer. The effect may happen nevertheless, also later. */
export type Call = <Answer>(name: string, effect: () => Answer) => Promise<Answer>

const lostAnswer = 0.08
const timeout = 0.08

export const createNetwork =
  (bag: Bag, random: Random): Call =>
  async (name, effect) => {
    if (random.chance(timeout)) {
      bag.add({ name: `a late call to ${name}`, happen: () => void effect() })
      throw new OutcomeUnknown(`No answer to ${name}.`)
    }
    await hang(bag, `a call to ${name}`)
    const answer = effect()
    await hang(bag, `the answer to ${name}`)
    if (random.chance(lostAnswer)) throw new OutcomeUnknown(`The answer to ${name} is lost.`)
    return answer
  }

/** Until the scheduler draws it. */
const hang = (bag: Bag, name: string): Promise<void> =>
  new Promise((resolve) => {
    bag.add({ name, happen: () => afterwards(resolve) })
  })

/** Lets all code run that waited only for this. */
const afterwards = (go: () => void): Promise<void> => {
  go()
  return turn()
}

/** A turn of the event loop, in which all code continues that does not wait for the bag. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
