/** A delivery whose settlements have no effect, unless the test says otherwise. */
import type { Delivery, WireMessage } from '@quadrille/messaging'

export const aDelivery = (message: Partial<WireMessage> = {}, past: Partial<Delivery> = {}): Delivery => ({
  message: {
    ...{ id: 'a message', type: '', correlationId: 'a parcel', appId: '', contentType: '' },
    ...{ timestamp: new Date(0), headers: {}, body: Buffer.alloc(0), ...message },
  },
  ...{ exchange: '', attempts: 0, firstFailedAt: null, crashes: 0 },
  isLost: () => false,
  ...{ ack: () => undefined, park: () => undefined, retry: () => undefined, ...past },
})
