/** What the conformance suite needs of a channel, and its tools. */
import { type Customer, newOrderId, type Occasion } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import type { Channel } from '../src/channels/channel.ts'
import type { Notice } from '../src/domain/correspondence.ts'

/** What has reached a customer. */
export interface Received {
  /** The id by which the customer's side can tell a copy: a Message-ID, a webhook-id. */
  readonly id: string
  readonly content: string
}

/** What the transport, or the harness in its place, lets a test do. The tests of the rest are left out. */
export interface ChannelFeatures {
  /** There is a transport. Without one the channel returns the message itself. */
  readonly transport: boolean
  /** The transport may refuse an address for good, with this code. Null: never. */
  readonly refusal: string | null
  /** The transport may put a message off. */
  readonly putsOff: boolean
  /** The transport may say for how long it is out of order. SMTP can't; HTTP has Retry-After. */
  readonly retryAfter: boolean
}

export interface ChannelHarness extends AsyncDisposable {
  /** A migrated database of the notification service, for the claims. */
  readonly database: Database
  /** Opens the channel as another process would. */
  open(): Channel
  /** What has reached customers, in the order of arrival. */
  received(): Promise<readonly Received[]>
  /** The next message is refused for good, for its address. Needed if `refusal`. */
  readonly refuseNext?: () => void
  /** The next message is not taken now, for a reason of its own. Needed if `putsOff`. */
  readonly putOffNext?: () => void
  /** From now on the transport takes nothing, and asks to wait so long, ms, if it can. Needed if `transport`. */
  readonly breakDown?: (retryAfterMs?: number) => Promise<void>
}

export interface ChannelSuite {
  readonly features: ChannelFeatures
  readonly makeHarness: () => Promise<ChannelHarness>
}

const customer: Customer = { id: 'ada', email: 'ada@example.com' }

export const aNotice = (occasion: Occasion = 'order_placed'): Notice => ({
  orderId: newOrderId(),
  occasion,
  customer,
  currency: 'EUR',
  total: 4_500,
})
