import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { fold } from '../../src/core/fold.ts'
import type { Decision, Reaction } from '../../src/core/reaction.ts'
import { post } from '../post.ts'
import { parcelSent } from '../tally/parcels.ts'

it('null is a state like any other', () => {
  const { message } = parcelSent()
  const set = { of: (): string | null => 'sent', put: () => undefined }
  const reactions = new Map([['ParcelSent', () => ({ state: null })]])
  const { steps } = fold(set, [message], { language: post, service: 'tally', reactions, now: noon })
  expect(steps).toMatchObject([{ before: 'sent', after: null }])
})

it('a decision with an unknown property changes nothing', () => {
  const { message } = parcelSent()
  const set = { of: (): string => 'sent', put: () => expect.unreachable() }
  const reactions = new Map([['ParcelSent', () => ({ state: 'weighed', evnets: [] })]])
  const { steps, failures } = fold(set, [message], { language: post, service: 'tally', reactions, now: noon })
  expect(steps).toEqual([])
  expect(failures.get(message)?.message).toBe(
    'The reaction returned the unknown property evnets: a decision has only state, events and tasks.',
  )
})

it.each([
  ['resolves', async (): Promise<Decision<string>> => ({ state: 'weighed' })],
  ['rejects', () => Promise.reject(new Error('too heavy'))],
])('an async reaction that %s changes nothing', (_, react) => {
  const { message } = parcelSent()
  const set = { of: (): string => 'sent', put: () => expect.unreachable() }
  // As in JavaScript. The compiler rejects it.
  const reactions = new Map([['ParcelSent', react as unknown as Reaction<string>]])
  const { steps, failures } = fold(set, [message], { language: post, service: 'tally', reactions, now: noon })
  expect(steps).toEqual([])
  expect(failures.get(message)?.message).toBe('The reaction returned a promise: a reaction must not be async.')
})
