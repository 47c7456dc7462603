/** The schemas of requests and responses about shipments. */
import { primitives } from '@quadrille/events'
import { visibleText } from '@quadrille/messages'
import { z } from 'zod'
import type { ListedShipment } from '../db/shipment-table.ts'
import { maxParcels, statusOf } from '../domain/shipment.ts'
import { dispatchExample, shipmentExample } from './examples.ts'

export const shipmentParams = z.strictObject({ orderId: primitives.orderId })

const carrier = { description: 'The name of the carrier.' }
const trackingCode = { description: 'The carrier’s code for the parcel.' }

export const dispatchRequest = z
  .strictObject({
    carrier: visibleText(100).min(1).meta(carrier),
    trackingCode: visibleText(100).min(1).meta(trackingCode),
  })
  .meta({ title: 'Dispatch', description: 'A parcel that was handed to its carrier.', examples: [dispatchExample] })

export const shipmentStatus = z
  .enum(['open', 'dispatched'])
  .meta({ description: '`open`: no parcel was dispatched yet. `dispatched`: at least one was.' })

const parcel = z
  .object({
    carrier: z.string().meta(carrier),
    trackingCode: z.string().meta(trackingCode),
    at: z.iso.datetime().meta({ description: 'The time of dispatch.' }),
  })
  .meta({ title: 'Parcel', description: 'A dispatched parcel.' })

export const shipmentView = z
  .object({
    orderId: primitives.orderId,
    status: shipmentStatus,
    parcels: z.array(parcel).max(maxParcels).meta({ description: 'The parcels in the order of dispatch.' }),
  })
  .meta({ title: 'Shipment', description: 'The parcels of a fulfilled order.', examples: [shipmentExample] })

export const view = (shipment: ListedShipment): z.output<typeof shipmentView> => ({
  orderId: shipment.orderId,
  status: statusOf(shipment),
  parcels: shipment.parcels.map(({ carrier, trackingCode, at }) => ({ carrier, trackingCode, at })),
})
