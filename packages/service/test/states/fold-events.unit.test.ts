/** The states of a parcel in a depot, from its events. */
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Reaction } from '../../src/core/reaction.ts'
import type { WorkingSet } from '../../src/core/working-set.ts'
import { createFoldEvents, type GivenEvent } from '../../src/states/fold-events.ts'
import { postStates } from '../../src/states/post-states.ts'
import { startTestServer } from '../http/test-server.ts'
import { aParcel, type Draft, draft, type Message, newParcelId, post, seal } from '../post.ts'

type State = string | undefined

const parcelId = newParcelId()

/** Counts a parcel that was not recalled before, and restores its state from its own event. */
const reactions = new Map<string, Reaction<State>>([
  [
    'ParcelSent',
    (state) => (state ? {} : { state: 'counted', events: [draft('ParcelCounted', { parcelId })], tasks: [announce] }),
  ],
  ['ParcelRecalled', (state) => ({ state: `recalled, was ${state}` })],
  [
    'ParcelCounted',
    (state) => {
      if (state?.startsWith('lost')) throw new Error('ada@example.com has lost it')
      return state ? {} : { state: 'counted' }
    },
  ],
])

const { parcelId: _, ...content } = aParcel(parcelId)
const announce = draft('Announce', {
  ...{ parcelId, occasion: 'parcel_sent', sender: content.sender, weight: content.weight },
})

const startWith = (first: State): WorkingSet<State> => {
  let state = first
  return {
    of: () => state,
    put: (_message, after) => {
      state = after
    },
  }
}

const depot = { ...post.services.depot, consumesOwnEvents: true }

const foldFrom = (first: State, states: { uncertain?: (state: State) => string | null } = {}) => {
  const withPlaceholders = (event: Readonly<Record<string, unknown>>) =>
    event['type'] === 'ParcelSent'
      ? { ...event, data: { access: { pin: '***' }, ...(event['data'] as object) } }
      : event
  const foldEvents = createFoldEvents<State>({
    ...{ language: { ...post, withPlaceholders }, model: depot, reactions },
    statesFromEvents: {
      start: () => startWith(first),
      shown: (state) => state && { state, email: 'ada@example.com' },
      ...states,
    },
  })
  if (!foldEvents) throw new Error('no states')
  return foldEvents
}

const event = (message: Draft, cause?: Message): GivenEvent => ({
  ...seal(message, { service: 'counter', now: noon, ...(cause && { cause }) }),
})

const { access: __, ...withoutPin } = aParcel(parcelId)
const sent: GivenEvent = { ...event(draft('ParcelSent', aParcel(parcelId))), data: withoutPin }
const sentMessage = seal(draft('ParcelSent', aParcel(parcelId)), { service: 'counter', now: noon })
const recalled = event(draft('ParcelRecalled', { parcelId, sender: content.sender, weight: 1 }))
const counted = event(draft('ParcelCounted', { parcelId }), sentMessage)
const toll = event(draft('TollPaid', { parcelId, amount: 1 }))

const outcomes = (events: readonly GivenEvent[], fold = foldFrom(undefined)) =>
  [...fold(events)].map(({ type, outcome }) => [type, outcome])

describe('an event', () => {
  it('has the state before and after it, and its effects, with secrets masked', () => {
    expect([...foldFrom(undefined)([toll, sent, counted])]).toEqual([
      {
        ...{ id: sent['id'], type: 'ParcelSent', outcome: 'applied', detail: null, before: null },
        after: { state: 'counted', email: '***' },
        events: [expect.objectContaining({ id: counted['id'], type: 'ParcelCounted', causationid: sent['id'] })],
        tasks: [
          expect.objectContaining({
            type: 'Announce',
            data: expect.objectContaining({ sender: { id: 'sender-1', email: '***' } }),
          }),
        ],
      },
      {
        ...{ id: counted['id'], type: 'ParcelCounted', outcome: 'applied', detail: null, events: [], tasks: [] },
        ...{ before: { state: 'counted', email: '***' }, after: { state: 'counted', email: '***' } },
      },
    ])
  })

  it('is unreadable if its version or its data is unknown, and the others are shown', () => {
    expect(outcomes([{ ...sent, schemaversion: 9 }, recalled])).toEqual([
      ['ParcelSent', 'unreadable'],
      ['ParcelRecalled', 'applied'],
    ])
    expect(outcomes([{ type: 'ParcelSent' }, { type: 'Unknown' }])).toEqual([['ParcelSent', 'unreadable']])
  })

  it('is uncertain for the reason of the service, and changes nothing', () => {
    const uncertain = (state: State) => (state ? null : 'it depends')
    expect([...foldFrom(undefined, { uncertain })([sent])]).toMatchObject([
      { outcome: 'uncertain', detail: 'it depends', before: null, after: null, events: [] },
    ])
  })

  it('comes after its cause', () => {
    expect(outcomes([counted, sent])).toEqual([
      ['ParcelSent', 'applied'],
      ['ParcelCounted', 'applied'],
    ])
  })

  it('of another subject is refused', () => {
    const other = event(draft('ParcelCounted', { parcelId: newParcelId() }))
    expect(() => [...foldFrom(undefined)([sent, other])]).toThrow('different subjects')
  })
})

describe('nothing is shown from the point where the service has handled the events in another order', () => {
  it('because a reaction does not publish its event', () => {
    expect([...foldFrom(undefined)([recalled, sent, counted])]).toMatchObject([
      { type: 'ParcelRecalled', outcome: 'applied' },
      { type: 'ParcelSent', outcome: 'uncertain', detail: expect.stringContaining('ParcelCounted'), after: null },
      { type: 'ParcelCounted', outcome: 'uncertain', after: null },
    ])
  })

  it('because the reaction to its own event fails', () => {
    expect(outcomes([counted], foldFrom('lost'))).toEqual([['ParcelCounted', 'uncertain']])
  })
})

describe('POST /states', () => {
  const answer = async (events: readonly GivenEvent[], state: State) =>
    (await postStates(foldFrom(state)).handle({
      ...{ params: {}, query: {}, headers: {}, remoteAddress: '', trace: {}, mediaType: 'application/json' },
      body: { events },
    })) as { body: { items: unknown[]; truncated: boolean } }

  it('answers with the states of all events', async () => {
    expect((await answer([sent, counted], undefined)).body).toMatchObject({ items: [{}, {}], truncated: false })
  })

  it('leaves out the last events if the answer would have more than 1 MB', async () => {
    const { body } = await answer(Array<GivenEvent>(200).fill(recalled), 'x'.repeat(100_000))
    expect(body.truncated).toBe(true)
    expect(body.items).toHaveLength(4)
    expect((await answer([recalled], 'x'.repeat(2_000_000))).body.items).toHaveLength(1)
  })

  const request = async (body: string) => {
    const { url } = await startTestServer({}, { routes: [postStates(foldFrom(undefined))] })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/states`, { method: 'POST', headers, body })
    return [response.status, await response.json()] as const
  }

  it('refuses a deeply nested event, which could not be encoded again', async () => {
    const depth = 50_000
    expect(
      await request(`{"events":[{"type":"ParcelSent","data":${'['.repeat(depth)}${']'.repeat(depth)}}]}`),
    ).toMatchObject([422, { errors: [{ pointer: '/events/0', detail: 'must be nested at most 32 deep' }] }])
  })

  it('ignores fields named __proto__, as it does unknown ones', async () => {
    const event = JSON.stringify(sent)
    const withPrototypes = event.replaceAll('{', '{"__proto__":{"inherited":true},')
    const [status, body] = await request(`{"events":[${withPrototypes}]}`)
    expect([status, body]).toEqual([200, (await answer([sent], undefined)).body])
    expect(Object.hasOwn(Object.prototype, 'inherited')).toBe(false)
  })
})
