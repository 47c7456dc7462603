/** The schemas of requests and responses about shipments. */
import { primitives } from '@quadrille/events'
import { visible } from '@quadrille/messages'
import { z } from 'zod'
import type { ListedShipment } from '../db/shipment-table.ts'
import { maxParcels, statusOf } from '../domain/shipment.ts'
import { dispatchExample, shipmentExample } from './examples.ts'

export const shipmentParams = z.strictObject({ orderId: primitives.orderId })

const { carrier, trackingCode } = primitives

export const dispatchRequest = z
  .strictObject({
    carrier: visible(carrier),
    trackingCode: visible(trackingCode),
  })
  .meta({ title: 'Dispatch', description: 'A parcel that was handed to its carrier.', examples: [dispatchExample] })

export const shipmentStatus = z
  .enum(['open', 'dispatched'])
  .meta({ description: '`open`: no parcel was dispatched yet. `dispatched`: at least one was.' })

const parcel = z
  .object({
    carrier,
    trackingCode,
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
