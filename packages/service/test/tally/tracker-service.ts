/** A small service that tracks parcels. A test can make its reactions and tasks fail. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceModel } from '@quadrille/messages'
import {
  defineService,
  noCallMade,
  nothing,
  reactionsOf,
  stateTable,
  TaskError,
  type TaskFault,
  tasksOf,
} from '../../src/index.ts'
import { type DataOf, draft, type Post, post } from '../post.ts'

const model = {
  name: 'tracker',
  essential: true,
  publishes: [],
  consumes: ['ParcelSent', 'ParcelRecalled', 'TollPaid'],
  internal: ['Announced'],
  causes: { ParcelSent: ['Announce'] },
  compensates: ['ParcelRecalled'],
  work: { queues: ['tracker.tasks'], tasks: { Announce: ['Announced'] } },
} as const satisfies ServiceModel

interface Tally {
  readonly weight: number
  readonly pin: string
  readonly announced?: boolean
}

export interface Faults {
  /** Senders for whose parcels the reaction fails. */
  readonly rejectedSenders: Set<string>
  /** The reaction's error for such a parcel. */
  reactionError: (parcel: DataOf<'ParcelSent'>) => string
  /** The error of every task; null if tasks succeed. */
  taskFault: TaskFault | null
  /** The duration of every task, ms. */
  taskMs: number
  /** Runs in every task, after its call. */
  afterCall: () => Promise<unknown>
  /** Senders whose tasks do not call the external system. */
  readonly sendersWithoutCall: Set<string>
  /** Whether tasks have an outcome. */
  taskHasOutcome: boolean
  /** The number of calls to the external system. */
  calls: number
}

export const noFaults = (): Faults => ({
  rejectedSenders: new Set(),
  reactionError: () => 'the parcel was rejected',
  sendersWithoutCall: new Set(),
  taskFault: null,
  taskHasOutcome: false,
  taskMs: 0,
  afterCall: async () => undefined,
  calls: 0,
})

export const migrations = new URL('migrations/', import.meta.url)

/** For `migrateAll`. */
export const tracked = { language: post, model, migrations: { directory: migrations, table: 'tracker_migration' } }

/** The service. Each performed task adds its parcel to `done`. */
export const trackerService = (faults: Faults, done: string[]) => {
  const reaction = reactionsOf<Post, typeof model, Tally | undefined>()
  const task = tasksOf<Post, typeof model>()
  return defineService({
    language: post,
    model,
    migrations,
    tables: stateTable<Tally>('tally', 'parcel_id'),
    reactions: {
      ParcelSent: reaction('ParcelSent', (tally, { data }) => {
        if (faults.rejectedSenders.has(data.sender.id)) throw new Error(faults.reactionError(data))
        if (tally) return nothing
        const { parcelId, sender, weight } = data
        const notify = draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' })
        return { state: { weight, pin: data.access.pin }, tasks: [notify] }
      }),
      ParcelRecalled: reaction('ParcelRecalled', () => {
        throw new Error('this cannot be undone now')
      }),
      TollPaid: reaction('TollPaid', () => nothing),
      Announced: reaction('Announced', (tally) => (tally ? { state: { ...tally, announced: true } } : nothing)),
    },
    lingering: ['ParcelSent'],
    wire: ({ catchingUp }) => ({
      readiness: () => ({ catchingUp: catchingUp() }),
      work: {
        'tracker.tasks': {
          tasks: {
            Announce: task('Announce', async ({ parcelId, sender }) => {
              if (faults.sendersWithoutCall.has(sender.id)) {
                done.push(parcelId)
                return noCallMade
              }
              faults.calls += 1
              if (faults.taskMs > 0) await pause(faults.taskMs)
              await faults.afterCall()
              if (faults.taskFault) throw new TaskError('not now', faults.taskFault)
              done.push(parcelId)
              if (!faults.taskHasOutcome) return null
              return draft('Announced', { parcelId, occasion: 'parcel_sent', attempts: 1 })
            }),
          },
        },
      },
    }),
  })
}
