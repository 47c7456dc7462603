import { choreography } from '@quadrille/events'
import type { ServiceModel } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { forgedTypes } from '../src/faults/bad-messages.ts'

it.each(Object.values(choreography))('$name can get a forged copy of a message that it has handled', (model) => {
  const { consumes }: ServiceModel = model
  expect(consumes.filter((type) => forgedTypes.some((forged) => forged === type))).not.toEqual([])
})
