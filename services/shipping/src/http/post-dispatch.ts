import { randomUUID } from 'node:crypto'
import { type DataOf, type Draft, draft } from '@quadrille/events'
import {
  type Context,
  idempotencyHeaders,
  keyReused,
  optionalOperatorHeaders,
  Problem,
  performRecorded,
  type Route,
  replayedHeaderDocs,
  replayedHeaders,
  route,
  tooManyEvents,
} from '@quadrille/service'
import { z } from 'zod'
import { findShipped, findTrace } from '../db/shipment-table.ts'
import { maxParcels, type Parcel, type Shipment, type ShippingState } from '../domain/shipment.ts'
import { noShipment } from './get-shipment.ts'
import { dispatchRequest, shipmentParams, shipmentView, view } from './schema.ts'

type DispatchRequest = DataOf<'DispatchRequested'>

/** `POST /shipments/{orderId}/dispatch`: a parcel was handed to its carrier. It is recorded once per idempotency key. */
export const postDispatch = ({
  database,
  log,
  dispatch,
  outboxFull,
}: Context<unknown, Draft<'DispatchRequested'>, ShippingState>): Route =>
  route({
    method: 'post',
    path: '/shipments/{orderId}/dispatch',
    operationId: 'dispatchShipment',
    summary: 'Dispatch a parcel',
    description: `Records a parcel of a fulfilled order, and publishes ShipmentDispatched, of which the customer is notified. An order has up to ${maxParcels} parcels. Send an \`Idempotency-Key\`, so that a retry after a lost response adds no second parcel.`,
    params: shipmentParams,
    headers: z.object({ ...idempotencyHeaders.shape, ...optionalOperatorHeaders.shape }),
    body: dispatchRequest,
    responses: {
      200: { description: 'The shipment with this parcel', body: shipmentView, headers: replayedHeaderDocs },
      409: { description: `The order has ${maxParcels} parcels` },
    },
    handle: async ({ params: { orderId }, body, headers, trace }) => {
      if (outboxFull()) throw tooManyEvents
      const [shipped] = await findShipped(database, [orderId])
      if (shipped === undefined) throw noShipment(orderId)
      const { 'idempotency-key': key, 'x-operator': operator } = headers
      const request = { orderId, ...body, parcelId: randomUUID(), ...(key !== undefined && { idempotencyKey: key }) }
      const inTrace = (await findTrace(database, orderId)) ?? trace
      const perform = async () => resultOf(request, await dispatch(draft('DispatchRequested', request), inTrace))
      const tookEffect = ({ parcel }: { readonly parcel: Parcel }) => parcel.id === request.parcelId
      const detail = `${body.carrier} ${body.trackingCode}`
      const operation = { operation: 'dispatch_parcel', subject: orderId, detail, operator, tookEffect }
      const { parcel, shipment } = await performRecorded({ database, log }, operation, perform)
      const isReplayed = parcel.id !== request.parcelId
      return { status: 200, body: view(upTo(parcel, shipment)), ...(isReplayed && { headers: replayedHeaders }) }
    },
  })

/** The parcel of the request, or the one that its key has added before. @throws {Problem} if it is neither. */
const resultOf = (request: DispatchRequest, { shipment, parcelWithSameKey }: ShippingState) => {
  const parcel = parcelWithSameKey ?? shipment?.parcels.find(({ id }) => id === request.parcelId)
  if (!shipment || !parcel) throw new Problem('conflict', `The order has ${maxParcels} parcels, the maximum.`)
  if (!isFor(request, parcel)) throw keyReused('another parcel')
  return { parcel, shipment }
}

/** The shipment as it was when the parcel was dispatched. Later parcels have later times. */
const upTo = (parcel: Parcel, { orderId, parcels }: Shipment): Shipment => ({
  orderId,
  parcels: parcels.filter(({ at }) => at <= parcel.at),
})

const isFor = (request: DispatchRequest, parcel: Parcel): boolean =>
  (['orderId', 'carrier', 'trackingCode'] as const).every((field) => request[field] === parcel[field])
