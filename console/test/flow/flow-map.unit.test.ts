/** The map of the flow, drawn from the shop's model and from random ones. */
import { choreography } from '@quadrille/events/choreography'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventsLeadingTo, type FlowService, flowMapOf } from '../../src/page/views/flow/flow-map.ts'
import { labelWidth, layOut } from '../../src/page/views/flow/layout.ts'

const shop: readonly FlowService[] = Object.values(choreography)

const loyalty: FlowService = {
  name: 'loyalty',
  publishes: ['PointsCredited'],
  consumes: ['OrderFulfilled'],
  causes: { OrderFulfilled: ['PointsCredited'] },
  work: null,
}

describe('the map of the shop', () => {
  test('has the usual course of an order first, each event before its effects', () => {
    const types = flowMapOf(shop).events.map(({ type }) => type)
    expect(types.slice(0, 5)).toEqual([
      'OrderPlaced',
      'PaymentProcessed',
      'InventoryReserved',
      'OrderFulfilled',
      'NotificationSent',
    ])
    expect(types.indexOf('OrderCancelled')).toBeLessThan(types.indexOf('PaymentRefunded'))
    expect(types.indexOf('OrderFulfilled')).toBeLessThan(types.indexOf('ShipmentDispatched'))
    expect(types.toSorted()).toEqual(shop.flatMap(({ publishes }) => publishes).toSorted())
  })

  test('shows a service that is added to the model, with a lane, its events and what it gets', () => {
    const { lanes, events } = flowMapOf([...shop, loyalty])
    expect(lanes.map(({ name }) => name)).toEqual([...shop.map(({ name }) => name), 'loyalty'])
    expect(events).toContainEqual({ type: 'PointsCredited', publisher: 'loyalty', subscribers: [] })
    expect(events.find(({ type }) => type === 'OrderFulfilled')?.subscribers).toContain('loyalty')
  })

  test('knows the events that lead to a task', () => {
    expect(eventsLeadingTo(choreography.payment, 'Charge')).toEqual(['OrderPlaced'])
    expect(eventsLeadingTo(choreography.payment, 'CancelCharge')).toEqual(['OrderCancelled'])
  })
})

/** Up to 8 services, each with up to 4 events of its own, which consume any events. */
const models = fc
  .array(fc.record({ publishes: fc.nat(4), picks: fc.array(fc.nat(40), { maxLength: 8 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((drafts) => {
    const published = drafts.map(({ publishes }, service) =>
      Array.from({ length: publishes }, (_, event) => `Event${service}${event}`),
    )
    const all = published.flat()
    return drafts.map(({ picks }, service): FlowService => {
      const consumes = new Set(
        picks.flatMap((pick) => all[pick] ?? []).filter((type) => !published[service]?.includes(type)),
      )
      const [first] = consumes
      const causes = first === undefined ? {} : { [first]: published[service] ?? [] }
      return { name: `s${service}`, publishes: published[service] ?? [], consumes: [...consumes], causes, work: null }
    })
  })

describe('any map', () => {
  test('draws each event and each subscription once', () => {
    fc.assert(
      fc.property(models, fc.integer({ min: 0, max: 3_000 }), (services, width) => {
        const { rows } = layOut(flowMapOf(services), width)
        const drawn = rows.flatMap(({ event, edges }) =>
          edges.map(({ subscriber }) => `${event.type} to ${subscriber}`),
        )
        const wanted = services.flatMap(({ name, consumes }) => consumes.map((type) => `${type} to ${name}`))
        expect(drawn.toSorted()).toEqual(wanted.toSorted())
        expect(rows.map(({ event }) => event.type).toSorted()).toEqual(
          services.flatMap(({ publishes }) => publishes).toSorted(),
        )
      }),
    )
  })

  test('has lines that begin and end in the middle of a lane, and do not overlap', () => {
    fc.assert(
      fc.property(models, fc.integer({ min: 0, max: 3_000 }), (services, available) => {
        const { width, rows } = layOut(flowMapOf(services), available)
        const laneWidth = (width - labelWidth) / services.length
        for (const { publisherX, edges } of rows)
          for (const x of [publisherX, ...edges.map(({ toX }) => toX)]) {
            expect(((x - labelWidth) / laneWidth) % 1).toBeCloseTo(0.5) // the middle of a lane
            expect(x).toBeGreaterThan(labelWidth)
            expect(x).toBeLessThan(width)
          }
        for (const { edges } of rows) {
          const spans = edges.map(({ fromX, toX }) => [Math.min(fromX, toX), Math.max(fromX, toX)] as const)
          const sorted = spans.toSorted(([one], [other]) => one - other)
          sorted.forEach(([from], index) => {
            expect(from).toBeGreaterThanOrEqual(sorted[index - 1]?.[1] ?? labelWidth)
          })
        }
      }),
    )
  })
})
