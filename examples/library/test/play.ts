/** Plays a history: draws the next step at random, so that messages arrive in any order, and some of them again. */
import { TaskError } from '@quadrille/service'
import { draft, library, type Message } from '../src/language/library.ts'
import type { ServiceName } from '../src/services.ts'
import { type MemoryLibrary, now, performerOf } from './in-memory.ts'

/** A step that may be taken next: a delivery to a service, a task, or the return of a book. */
export type Pending =
  | { readonly to: ServiceName; readonly message: Message }
  | { readonly task: Message }
  | { readonly returns: string }

export interface PlayOptions {
  /** The next draw, a natural number. */
  readonly next: () => number
  /** Without inboxes, duplicates reach the reactions, which must be idempotent by their state too. */
  readonly hasInbox: boolean
}

/** A loan is over after some tens of steps. More than this means an endless loop. */
const maxSteps = 10_000

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
    if (steps > maxSteps) throw new Error('The library does not settle.')
    for (const step of pending.splice(options.next() % pending.length, 1)) {
      const { sent, retry } = await take(step)
      all.push(...sent)
      pending.push(...(retry ? [step] : []), ...sent.flatMap((message) => routed(message, senderIn(step))))
    }
    expectCopiesToAddUp(world)
  }
  return all
}

/** The messages that a step sent, and whether the step is retried. */
interface StepResult {
  readonly sent: readonly Message[]
  readonly retry: boolean
}

const withoutEffect: StepResult = { sent: [], retry: true }

/** Takes steps. One in ten crashes before its commit, and one in ten after it. Both are retried. */
const takeSteps = (world: MemoryLibrary, { next, hasInbox }: PlayOptions) => {
  const perform = stepsOf(world, hasInbox)
  return async (step: Pending): Promise<StepResult> => {
    const crash = next() % 10
    if (crash === 0) return withoutEffect
    const sent = await perform(step)
    if (sent === 'unknown') return withoutEffect
    if (crash > 1) return { sent, retry: false }
    // After a crash in a task, its external call was made, but its outcome was not stored.
    return 'task' in step ? withoutEffect : { sent, retry: true }
  }
}

const senderIn = (step: Pending): ServiceName => {
  if ('returns' in step) return 'loans'
  return 'task' in step ? performerOf(step.task) : step.to
}

/** Takes a step, and returns the messages that it sends. A task with an unknown outcome is tried again. */
const stepsOf = (world: MemoryLibrary, hasInbox: boolean) => {
  const inbox = new Set<string>()
  return async (step: Pending): Promise<readonly Message[] | 'unknown'> => {
    if ('returns' in step) return returned(world, step.returns)
    if ('task' in step) return world.perform(step.task).catch(unknownOutcome)
    const key = `${step.to} ${step.message.id}`
    const isRepeated = hasInbox && inbox.has(key)
    inbox.add(key)
    return isRepeated ? [] : world.handle(step.to, step.message)
  }
}

/** Only a TaskError means that the outcome of a task is unknown. Other errors are mistakes in the code. */
const unknownOutcome = (error: unknown): 'unknown' => {
  if (error instanceof TaskError) return 'unknown'
  throw error
}

/** Like the HTTP route: only a book that is lent can be returned. */
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
