/** A payment service whose simulated gateway can be taken down. */
import { definePayment } from '@quadrille/payment'
import { type BoundService, bind } from '../bound-service.ts'
import { definitions } from '../definitions.ts'

export interface GatewaySwitch {
  readonly payment: BoundService
  readonly isDown: () => boolean
  readonly set: (state: 'up' | 'down') => void
}

/** The gateway is up at the start, also after one that ended while it was down. */
export const createGatewaySwitch = (): GatewaySwitch => {
  let state: 'up' | 'down' = 'up'
  const isDown = () => state === 'down'
  return {
    payment: bind(definePayment({ outage: () => (isDown() ? {} : null) }), {
      defaultPort: definitions.payment.defaultPort,
    }),
    isDown,
    set: (to) => {
      state = to
    },
  }
}
