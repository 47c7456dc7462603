/** The compiler checks a service against its model. It rejects each call of the last test. */
import { defineLanguage, event, internal, type ServiceModel, task, uuid } from '@quadrille/messages'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { DecisionOf, DraftOf } from '../../src/core/reaction.ts'
import { defineService, nothing, type Reactions, reactionsOf, stateTable, tasksOf } from '../../src/index.ts'

const summary = 'nothing'
const parcelId = uuid
const example = { parcelId: '0193b3a0-7c00-7000-8000-000000000001', weight: 500 }
const messages = {
  Sent: event('Sent', z.object({ parcelId, weight: z.int() }), { summary, example }),
  Arrived: event('Arrived', z.object({ parcelId }), { summary, example }),
  Carry: task('Carry', z.object({ parcelId }), { summary }),
  Carried: internal('Carried', z.object({ parcelId, by: z.string() }), { summary }),
  Recalled: internal('Recalled', z.object({ parcelId }), { summary }),
} as const

const carrier = {
  name: 'carrier',
  essential: true,
  publishes: ['Arrived'],
  consumes: ['Sent'],
  internal: ['Carried', 'Recalled'],
  causes: { Sent: ['Carry'], Carried: ['Arrived'] },
  work: { queues: ['carrier.tasks'], tasks: { Carry: ['Carried'] } },
} as const satisfies ServiceModel

const post = defineLanguage({
  name: 'post',
  info: { title: 'Test', description: 'For tests.' },
  messages,
  services: { carrier },
  subject: { field: 'parcelId', description: 'the parcel id' },
  secrets: [],
})

const common = {
  language: post,
  model: carrier,
  migrations: new URL('.', import.meta.url),
  tables: stateTable<number>('parcel'),
}
const newTask = tasksOf<typeof post, typeof carrier>()
const carry = newTask('Carry', async ({ parcelId: id }) => post.draft('Carried', { parcelId: id, by: 'bike' }))
const reactions = { Sent: () => nothing, Carried: () => nothing, Recalled: () => nothing }
const work = { 'carrier.tasks': { tasks: { Carry: carry }, rate: 50 } }

describe('a service', () => {
  it('has the reactions, each with the data of its message, and the tasks of its model', () => {
    const service = defineService({
      ...common,
      reactions: { ...reactions, Sent: (state, { data }) => ({ state: (state ?? 0) + data.weight }) },
      wire: ({ dispatch }) => {
        expectTypeOf(dispatch).parameter(0).toEqualTypeOf<DraftOf<typeof post, 'Carried' | 'Recalled'>>()
        expectTypeOf(dispatch).returns.resolves.toEqualTypeOf<number | undefined>()
        return { work }
      },
    })
    expect([...service.reactions.keys()]).toEqual(['Sent', 'Carried', 'Recalled'])
    expect(service.migrations).toEqual({ directory: common.migrations, table: 'carrier_migration' })
  })

  it('may only return the events and tasks that the message may cause', () => {
    type Effects<Type extends 'Sent' | 'Carried' | 'Recalled', Kind extends 'events' | 'tasks'> = NonNullable<
      DecisionOf<typeof post, typeof carrier, number, Type>[Kind]
    >[number]
    expectTypeOf<Effects<'Sent', 'tasks'>['type']>().toEqualTypeOf<'Carry'>()
    expectTypeOf<Effects<'Sent', 'events'>>().toEqualTypeOf<never>()
    expectTypeOf<Effects<'Carried', 'events'>['type']>().toEqualTypeOf<'Arrived'>()
    expectTypeOf<Effects<'Recalled', 'events'>>().toEqualTypeOf<never>()
  })

  it('has a name that can be part of the names of its table and its queues', () => {
    const named = (name: string) =>
      defineService({ ...common, model: { ...carrier, name }, reactions, wire: () => ({ work }) })
    expect(() => named('flightBooking')).toThrow('"flightBooking" can’t be the name of a service')
    expect(() => named('post')).toThrow('post can’t name a work queue or fanout "carrier.tasks"')
  })

  it('compensates only by messages that it handles', () => {
    const model = { ...carrier, compensates: ['Sent', 'Carry', 'Arrived'] } as const
    expect(() => defineService({ ...common, model, reactions, wire: () => ({ work }) })).toThrow(
      /^carrier lists Arrived under compensates, but neither consumes it nor has it as a task.$/,
    )
  })

  it('does not compile otherwise', () => {
    const wire = () => ({ work })
    const sendAgain = () => ({ events: [post.draft('Sent', { parcelId: '', weight: 1 })] })
    const arrive = () => ({ events: [post.draft('Arrived', { parcelId: '' })] })
    const carryOnce = (known?: number) =>
      known ? nothing : { state: 1, task: [post.draft('Carry', { parcelId: '' })] }
    const arriveOnce = (known?: number) => (known ? nothing : { state: 1, event: arrive().events })
    const double = (known: number) => ({ state: 2 * known })
    const parcelReaction = reactionsOf<typeof post, typeof carrier, number>()
    const misstated: Reactions<typeof post, typeof carrier, number> = reactions
    const { Sent: _, ...withoutSent } = reactions
    const wrong = [
      // @ts-expect-error a reaction is missing
      () => defineService({ ...common, reactions: withoutSent, wire }),
      // @ts-expect-error a reaction to its own event is missing
      () => defineService({ ...common, model: { ...carrier, consumesOwnEvents: true } as const, reactions, wire }),
      // @ts-expect-error a reaction to a message that it doesn't handle
      () => defineService({ ...common, reactions: { ...reactions, Arrived: () => nothing }, wire }),
      // @ts-expect-error an event that it doesn't publish
      () => defineService({ ...common, reactions: { ...reactions, Sent: sendAgain }, wire }),
      // @ts-expect-error an event that this message may not cause
      () => defineService({ ...common, reactions: { ...reactions, Sent: arrive }, wire }),
      // @ts-expect-error tasks under another name
      () => defineService({ ...common, reactions: { ...reactions, Sent: carryOnce }, wire }),
      // @ts-expect-error events under another name
      () => defineService({ ...common, reactions: { ...reactions, Carried: arriveOnce }, wire }),
      // @ts-expect-error a state that is undefined, which would change nothing
      () => defineService({ ...common, reactions: { ...reactions, Sent: () => ({ state: undefined }) }, wire }),
      // @ts-expect-error a reaction that needs a state, which is undefined at first
      () => defineService({ ...common, reactions: { ...reactions, Sent: double }, wire }),
      // @ts-expect-error such a reaction of `reactionsOf`
      () => defineService({ ...common, reactions: { ...reactions, Sent: parcelReaction('Sent', double) }, wire }),
      // @ts-expect-error such reactions of all messages
      () => defineService({ ...common, reactions: misstated, wire }),
      // @ts-expect-error a compensation that the language lacks
      () => defineService({ ...common, model: { ...carrier, compensates: ['Send'] } as const, reactions, wire }),
      // @ts-expect-error an effect that the language lacks
      () => defineService({ ...common, model: { ...carrier, causes: { Sent: ['Carrie'] } } as const, reactions, wire }),
      // @ts-expect-error a question that the language lacks
      () => defineService({ ...common, model: { ...carrier, asks: ['Where'] } as const, reactions, wire }),
      // @ts-expect-error a model without its messages in its type
      () => defineService({ ...common, model: carrier as ServiceModel, reactions, wire }),
      // @ts-expect-error its tasks are not wired
      () => defineService({ ...common, reactions }),
      // @ts-expect-error a queue is missing
      () => defineService({ ...common, reactions, wire: () => ({ work: {} }) }),
      // @ts-expect-error a task is missing
      () => defineService({ ...common, reactions, wire: () => ({ work: { 'carrier.tasks': { tasks: {} } } }) }),
      // @ts-expect-error an outcome that its model lacks
      () => newTask('Carry', async ({ parcelId: id }) => post.draft('Recalled', { parcelId: id })),
      // @ts-expect-error a task that its model lacks
      () => newTask('Sent', async () => null),
    ]
    expect(wrong).toHaveLength(20)
  })
})
