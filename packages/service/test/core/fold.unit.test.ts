import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { fold } from '../../src/core/fold.ts'
import { post } from '../post.ts'
import { parcelSent } from '../tally/parcels.ts'

it('null is a state like any other', () => {
  const { message } = parcelSent()
  const set = { of: (): string | null => 'sent', put: () => undefined }
  const reactions = new Map([['ParcelSent', () => ({ state: null })]])
  const { steps } = fold(set, [message], { language: post, service: 'tally', reactions, now: noon })
  expect(steps).toMatchObject([{ before: 'sent', after: null }])
})
