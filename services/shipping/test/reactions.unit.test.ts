import { draft, newOrderId, shop } from '@quadrille/events'
import { fold } from '@quadrille/service/tools'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShippingSet } from '../src/db/tables.ts'
import { maxParcels, type Parcel, type ShippingState } from '../src/domain/shipment.ts'
import { dispatchRequested } from '../src/reactions/dispatch-requested.ts'
import { orderFulfilled } from '../src/reactions/order-fulfilled.ts'
import * as restore from '../src/reactions/restore.ts'
import { shipping } from '../src/service.ts'

const orderId = newOrderId()
const label = { carrier: 'DHL', trackingCode: '003404' }
const at = noon.toISOString()
const later = (ms: number) => new Date(noon.getTime() + ms)

const parcel = (given: Partial<Parcel> = {}): Parcel => ({
  ...{ id: newOrderId(), orderId, ...label, at, idempotencyKey: null },
  ...given,
})
const unknown: ShippingState = { shipment: undefined, parcelWithSameKey: undefined }
const shipped = (...parcels: Parcel[]): ShippingState => ({
  shipment: { orderId, parcels },
  parcelWithSameKey: undefined,
})

describe('OrderFulfilled', () => {
  const react = (given: ShippingState) => orderFulfilled(given, aMessage('OrderFulfilled', anOrder(orderId)), noon)

  it('given nothing, opens the shipment', () => expect(react(unknown)).toEqual({ state: shipped() }))

  it.each([shipped(), shipped(parcel())])('given a shipment, does nothing (%#)', (given) => {
    expect(react(given)).toEqual({})
  })
})

describe('DispatchRequested', () => {
  const parcelId = newOrderId()
  const request = (idempotencyKey?: string) =>
    aMessage('DispatchRequested', { orderId, parcelId, ...label, ...(idempotencyKey && { idempotencyKey }) })
  const react = (given: ShippingState, message = request(), now = noon) => dispatchRequested(given, message, now)

  it('given an open shipment, adds the parcel and publishes it', () => {
    expect(react(shipped(), request('key'))).toEqual({
      state: shipped(parcel({ id: parcelId, idempotencyKey: 'key' })),
      events: [draft('ShipmentDispatched', { orderId, ...label, at })],
    })
  })

  it.each([
    ['an unknown order', unknown],
    ['the same request', shipped(parcel({ id: parcelId }))],
    ['a parcel under the same key', { ...shipped(), parcelWithSameKey: parcel({ idempotencyKey: 'key' }) }],
    [
      'a parcel of another order under the same key',
      { ...shipped(), parcelWithSameKey: parcel({ orderId: newOrderId() }) },
    ],
    ['the most parcels', shipped(...Array.from({ length: maxParcels }, () => parcel()))],
  ])('given %s, does nothing', (_, given) => expect(react(given, request('key'))).toEqual({}))

  it('given one parcel less than the most, adds the last', () => {
    const parcels = Array.from({ length: maxParcels - 1 }, (_, ms) => parcel({ at: later(ms).toISOString() }))
    expect(react(shipped(...parcels)).state?.shipment?.parcels).toHaveLength(maxParcels)
  })

  it('adds one parcel if two requests in a batch have the same key', () => {
    const requests = [newOrderId(), newOrderId()].map((id) =>
      aMessage('DispatchRequested', { orderId, parcelId: id, ...label, idempotencyKey: 'key' }),
    )
    const options = { language: shop, service: 'shipping', reactions: shipping.reactions, now: noon }
    const { steps } = fold(new ShippingSet([{ orderId, status: 'open' }]), requests, options)
    expect(steps.flatMap(({ events }) => events)).toHaveLength(1)
  })

  it('gives each parcel its own time and event, even if the clock is set back', () => {
    const clock = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 20 })
    fc.assert(
      fc.property(clock, (offsets) => {
        let state = shipped()
        const ids = offsets.flatMap((offset) => {
          const message = aMessage('DispatchRequested', { orderId, parcelId: newOrderId(), ...label })
          const decision = dispatchRequested(state, message, later(offset))
          state = decision.state ?? state
          return (decision.events ?? []).map(({ data }) => aMessage('ShipmentDispatched', data).id)
        })
        const times = state.shipment?.parcels.map((each) => each.at) ?? []
        expect(times).toEqual([...new Set(times)].toSorted())
        expect(new Set(ids).size).toBe(offsets.length)
      }),
    )
  })
})

describe('ShipmentDispatched after a restore', () => {
  const message = aMessage('ShipmentDispatched', { orderId, ...label, at })
  const react = (given: ShippingState) => restore.shipmentDispatched(given, message, noon)
  const restored = parcel({ id: message.id })

  it.each([unknown, shipped()])('given no parcel, restores it and publishes nothing (%#)', (given) => {
    expect(react(given)).toEqual({ state: shipped(restored) })
  })

  it('given a later parcel, restores it before that one', () => {
    const last = parcel({ at: later(1).toISOString() })
    expect(react(shipped(last))).toEqual({ state: shipped(restored, last) })
  })

  it('given the parcel, does nothing', () => expect(react(shipped(parcel()))).toEqual({}))
})
