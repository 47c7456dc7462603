/** Counts the orders to send, and the parcels. */
import type { OnCommitted } from '@quadrille/service'
import { Counter, type Registry } from 'prom-client'
import type { ShippingState } from './domain/shipment.ts'

export const countShipments = (registry: Registry): OnCommitted<ShippingState> => {
  const registers = [registry]
  const shipments = new Counter({ name: 'quadrille_shipments_total', help: 'Fulfilled orders to send', registers })
  const begun = new Counter({
    name: 'quadrille_shipments_dispatched_total',
    help: 'Orders of which a parcel was dispatched',
    registers,
  })
  const parcels = new Counter({ name: 'quadrille_parcels_total', help: 'Dispatched parcels', registers })
  return (steps) => {
    for (const { before, after } of steps) {
      const [sent, now] = [before.shipment?.parcels.length ?? 0, after.shipment?.parcels.length ?? 0]
      if (!before.shipment && after.shipment) shipments.inc()
      if (sent === 0 && now > 0) begun.inc()
      parcels.inc(now - sent)
    }
  }
}
