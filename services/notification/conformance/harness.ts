/** The harness of a channel for the conformance suite, and its tools. */
import { type Customer, newOrderId, type OrderOccasion } from '@quadrille/events'
import type { Channel } from '../src/channels/channel.ts'
import type { Notice } from '../src/domain/notification-log.ts'

/** A message that has reached a customer. */
export interface Received {
  /** The id by which the recipient recognizes a copy: a Message-ID or a webhook-id. */
  readonly id: string
  readonly content: string
}

/** The features of the transport, or of the harness that simulates it. Tests of absent features are left out. */
export interface ChannelFeatures {
  /** Whether there is a transport. Otherwise the channel returns the text. */
  readonly transport: boolean
  /** The code of a permanent refusal of an address. Null if the transport never refuses one. */
  readonly refusal: string | null
  /** Whether the transport may defer a message. */
  readonly defers: boolean
}

export interface ChannelHarness extends AsyncDisposable {
  /** Opens the channel as another process would. */
  open(): Channel
  /** The messages that have reached customers, in the order of arrival. */
  received(): Promise<readonly Received[]>
  /** The transport refuses the next message permanently because of its address. Required with `refusal`. */
  readonly refuseNext?: () => void
  /** The transport defers the next message, for a reason of that message. Required with `defers`. */
  readonly deferNext?: () => void
  /** From now on the transport accepts no message. Required with `transport`. */
  readonly startOutage?: () => Promise<void>
  /** From now on the transport accepts each message, and loses the confirmation. Required with `transport`. */
  readonly loseConfirmations?: () => void
}

export interface ChannelSuite {
  readonly features: ChannelFeatures
  readonly makeHarness: () => Promise<ChannelHarness>
}

const customer: Customer = { id: 'ada', email: 'ada@example.com' }

export const aNotice = (occasion: OrderOccasion = 'order_placed'): Notice => ({
  orderId: newOrderId(),
  occasion,
  customer,
  currency: 'EUR',
  total: 4_500,
})
