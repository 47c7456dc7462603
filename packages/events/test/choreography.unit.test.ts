import { checkChoreography } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { choreography, shop } from '../src/index.ts'

it('has a service for every message', () => {
  expect(checkChoreography(shop)).toEqual([])
})

it('has every event in the history of its order: the order service consumes those of all others', () => {
  const { order, ...others } = choreography
  expect(order.consumes).toEqual(
    expect.arrayContaining(Object.values(others).flatMap(({ publishes }) => [...publishes])),
  )
})
