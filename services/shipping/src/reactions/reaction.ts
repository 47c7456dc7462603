import type { Shop } from '@quadrille/events'
import { reactionsOf } from '@quadrille/service'
import type { ShippingState } from '../domain/shipment.ts'

export const reaction = reactionsOf<Shop, Shop['services']['shipping'], ShippingState>()
