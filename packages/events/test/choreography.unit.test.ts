import { checkChoreography } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { shop } from '../src/index.ts'

it('has a service for every message', () => {
  expect(checkChoreography(shop)).toEqual([])
})
