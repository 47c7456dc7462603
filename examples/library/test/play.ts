/** Plays a history: draws the next step at random, so that messages arrive in any order, and some of them again. */
import { draft, library, type Message } from '../src/language/library.ts'
import type { ServiceName } from '../src/services.ts'
import { type MemoryLibrary, now } from './in-memory.ts'

/** A step that may be taken next: a delivery to a service, a task of `members`, or the return of a book. */
export type Pending =
  | { readonly to: ServiceName; readonly message: Message }
  | { readonly task: Message }
  | { readonly returns: string }

export interface PlayOptions {
  /** The next draw, a natural number. */
  readonly next: () => number
  /** Without inboxes a repetition reaches the reactions, which must be idempotent by state too. */
  readonly hasInbox: boolean
}

/** A loan is over after some tens of steps. More than this means an endless loop. */
const mostSteps = 10_000

export const sealed = (message: Parameters<typeof library.seal>[0]) => library.seal(message, { service: 'loans', now })

/** The steps that follow from a message of the service `from`. */
export const routed = (message: Message, from: ServiceName): Pending[] => {
  const { kind } = library.messages[message.type]
  if (kind === 'task') return [{ task: message }]
  if (kind === 'internal') return [{ to: from, message }]
  return Object.values(library.services)
    .filter(({ consumes }) => consumes.some((type) => type === message.type))
    .map(({ name }) => ({ to: name, message }))
}

/** Plays until nothing is pending. Returns all messages that were sent. @throws if that never happens. */
export const play = async (world: MemoryLibrary, pending: Pending[], options: PlayOptions): Promise<Message[]> => {
  const all: Message[] = []
  const take = takeSteps(world, options)
  for (let steps = 0; pending.length > 0; steps += 1) {
    if (steps > mostSteps) throw new Error('The library does not come to rest.')
    for (const step of pending.splice(options.next() % pending.length, 1)) {
      const { sent, again } = await take(step)
      all.push(...sent)
      pending.push(...(again ? [step] : []), ...sent.flatMap((message) => routed(message, senderIn(step))))
    }
    expectCopiesToAddUp(world)
  }
  return all
}

/** The messages that a step sent, and whether the step is repeated. */
interface Taken {
  readonly sent: readonly Message[]
  readonly again: boolean
}

const lost: Taken = { sent: [], again: true }

/** Takes steps. One in ten is lost in a crash before its commit, and one in ten is repeated after a crash behind the commit. */
const takeSteps = (world: MemoryLibrary, { next, hasInbox }: PlayOptions) => {
  const happen = stepsOf(world, hasInbox)
  return async (step: Pending): Promise<Taken> => {
    const crash = next() % 10
    if (crash === 0) return lost
    const sent = await happen(step)
    if (sent === 'unknown') return lost
    if (crash > 1) return { sent, again: false }
    return 'task' in step ? lost : { sent, again: true } // the cashier has done the task, and its outcome was not stored
  }
}

const senderIn = (step: Pending): ServiceName => {
  if ('returns' in step) return 'loans'
  return 'task' in step ? 'members' : step.to
}

/** Takes a step, and returns the messages that it sends. A task with an unknown outcome is tried again. */
const stepsOf = (world: MemoryLibrary, hasInbox: boolean) => {
  const inbox = new Set<string>()
  return async (step: Pending): Promise<readonly Message[] | 'unknown'> => {
    if ('returns' in step) return returned(world, step.returns)
    if ('task' in step) return world.perform(step.task).catch(() => 'unknown')
    const key = `${step.to} ${step.message.id}`
    const isRepeated = hasInbox && inbox.has(key)
    inbox.add(key)
    return isRepeated ? [] : world.handle(step.to, step.message)
  }
}

/** As the HTTP route: only a book that is lent can be returned. */
const returned = ({ loans }: MemoryLibrary, loanId: string): Message[] =>
  loans.get(loanId)?.status === 'confirmed' ? [sealed(draft('ReturnSubmitted', { loanId }))] : []

const expectCopiesToAddUp = ({ catalog: { reservations, books } }: MemoryLibrary): void => {
  const holding = reservations.inserted().filter(({ status }) => status === 'reserved' || status === 'lent')
  for (const { isbn, copies, taken } of books.updated()) {
    const held = holding.filter((reservation) => reservation.isbn === isbn).length
    if (taken !== held || held > copies)
      throw new Error(`${held} of ${copies} copies are held, and ${taken} are taken.`)
  }
}
