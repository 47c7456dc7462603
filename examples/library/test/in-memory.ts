/** The services in memory: their real reactions and tasks, on working sets without a database. */
import { TaskError } from '@quadrille/service'
import { fold, outcomeOf, type ReactionMap, type Task, type WorkingSet } from '@quadrille/service/tools'
import type { Book } from '../src/catalog/copies.ts'
import { catalog } from '../src/catalog/service.ts'
import { CatalogSet } from '../src/catalog/tables.ts'
import { type Draft, type Library, library, type Message } from '../src/language/library.ts'
import type { Loan } from '../src/loans/loan.ts'
import { loans } from '../src/loans/service.ts'
import type { Cashier } from '../src/members/cashier.ts'
import type { Deposit } from '../src/members/deposit.ts'
import { members } from '../src/members/service.ts'
import { createTasks } from '../src/members/tasks.ts'
import type { ServiceName } from '../src/services.ts'

/** An entry in the ledger of the cashier, for one loan. */
export interface Entry {
  readonly amount: number
  readonly refunds: number
}

export const now = new Date('2026-01-01T12:00:00Z')

type TasksIn<Work> = Work extends { readonly tasks: infer Tasks } ? keyof Tasks : never

/** The types of all tasks in the model. */
type TaskName = TasksIn<Library['services'][ServiceName]['work']>

/** Opens a library with these books. Each service handles one message at a time, and returns the messages that it sends. */
export const openLibrary = (books: readonly Book[]) => {
  const loanSet = memorySet<Loan>()
  const depositSet = memorySet<Deposit>()
  const catalogSet = new CatalogSet([], books)
  const ledger = new Map<string, Entry>()
  const tasks: Readonly<Record<TaskName, Task<Message, Draft>>> = createTasks(memoryCashier(ledger))
  const handlers: Record<ServiceName, (message: Message) => readonly Message[]> = {
    loans: handler('loans', loanSet, loans.reactions),
    catalog: handler('catalog', catalogSet, catalog.reactions),
    members: handler('members', depositSet, members.reactions),
  }
  return {
    loans: loanSet.rows,
    deposits: depositSet.rows,
    catalog: catalogSet,
    ledger,
    handle: (service: ServiceName, message: Message) => handlers[service](message),
    /** The outcome of a task, if it has one. @throws while it is unknown. */
    perform: async (message: Message): Promise<readonly Message[]> => {
      const outcome = await perform(tasks, message)
      return outcome ? [library.seal(outcome, { service: performerOf(message), now, cause: message })] : []
    },
  }
}

/** The service that performs a task, according to the model. */
export const performerOf = ({ type }: Message): ServiceName => {
  const performer = Object.values(library.services).find(({ work }) => work !== null && Object.hasOwn(work.tasks, type))
  if (!performer) throw new TypeError(`${type} is not a task.`)
  return performer.name
}

const perform = async (tasks: Readonly<Record<string, Task<Message, Draft>>>, message: Message) => {
  const task = tasks[message.type]
  if (!task) throw new TypeError(`${message.type} is not a task.`)
  return outcomeOf(await task.perform(message, { number: 1, signal: new AbortController().signal }))
}

export type MemoryLibrary = ReturnType<typeof openLibrary>

const handler = <State>(
  service: ServiceName,
  set: WorkingSet<State, Message>,
  reactions: ReactionMap<State, Message, Draft>,
) => {
  return (message: Message): readonly Message[] => {
    const { steps, failures } = fold(set, [message], { language: library, service, reactions, now })
    for (const error of failures.values()) throw error
    return steps.flatMap(({ events, tasks }) => [...events, ...tasks])
  }
}

const memorySet = <State>(): WorkingSet<State | undefined, Message> & { readonly rows: Map<string, State> } => {
  const rows = new Map<string, State>()
  return {
    rows,
    of: ({ subject }) => rows.get(subject),
    put: ({ subject }, state) => void (state && rows.set(subject, JSON.parse(JSON.stringify(state)))), // as in the table
  }
}

/** Like the simulated cashier: declines `broke`, and loses its first response for `flaky`. */
const memoryCashier = (ledger: Map<string, Entry>): Cashier => ({
  charge: async ({ loanId, memberId, amount }) => {
    const isFirst = !ledger.has(loanId)
    if (isFirst) ledger.set(loanId, { amount: memberId === 'broke' ? 0 : amount, refunds: 0 })
    if (isFirst && memberId === 'flaky') throw new TaskError('The response of the cashier was lost.')
    return memberId === 'broke' ? 'declined' : 'charged'
  },
  refund: async (loanId) => {
    const entry = ledger.get(loanId)
    if (!entry) throw new Error(`Nothing was charged for ${loanId}.`)
    if (entry.refunds === 0) ledger.set(loanId, { ...entry, refunds: 1 })
  },
})
