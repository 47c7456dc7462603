/** The notifications about one order: one per occasion and channel. */
import {
  type Channel,
  type Customer,
  type DataOf,
  isOrderOccasion,
  type Occasion,
  type ParcelOccasion,
} from '@quadrille/events'
import { keyOf, type Notification, pending } from './notification.ts'

export interface Recipient {
  readonly customer: Customer
  readonly currency: string
  /** Minor units of the currency. */
  readonly total: number
}

/** A dispatched parcel, which is an occasion. */
export interface NotedParcel {
  readonly occasion: ParcelOccasion
  readonly carrier: string
  readonly trackingCode: string
}

/** The customer of an order, and the occasions for notifications. */
export interface Addressee {
  readonly orderId: string
  /** Null until the first event of the order service arrives. Payment events do not contain the customer. */
  readonly recipient: Recipient | null
  /**
   * All occasions so far, in the order of arrival. Their notifications wait until the recipient is known. After a restore, OrderPlaced
   * may arrive later than it did before. It is the first again if its notification has a result.
   */
  readonly occasions: readonly Occasion[]
  /** The parcels among the occasions. */
  readonly parcels: readonly NotedParcel[]
}

/** The state of an order in this service. */
export interface NotificationLog {
  readonly addressee: Addressee | undefined
  readonly notifications: readonly Notification[]
}

/** A notification to send: the data of a task. */
export type Notice = DataOf<'Notify'>

/** A request for a notification. It has the recipient if the event contains the customer. */
export interface NotificationRequest {
  readonly orderId: string
  readonly occasion: Occasion
  readonly recipient?: Recipient
  /** Set if the occasion is that of a parcel. */
  readonly parcel?: NotedParcel
}

/**
 * The channels in use. Queues, tasks and rows follow from this list. The other channels of the model have no adapter
 * (docs/add-a-channel.md).
 */
export const activeChannels = ['email'] as const satisfies readonly Channel[]

export type ActiveChannel = (typeof activeChannels)[number]

/**
 * Adds an occasion, and returns the new state with the notices that are now due. A notice is due if the occasion is new
 * and relevant. If the request has the recipient, the notices that waited for it are due as well. After a
 * restore, notices with a known result are left out. Undefined if nothing has changed.
 */
export const addOccasion = (
  before: NotificationLog,
  request: NotificationRequest,
): { state: NotificationLog; due: Notice[] } | undefined => {
  const known: Addressee = before.addressee ?? { orderId: request.orderId, recipient: null, occasions: [], parcels: [] }
  const recipient = known.recipient ?? request.recipient ?? null
  const isDuplicate = known.occasions.includes(request.occasion)
  if (isDuplicate && recipient === known.recipient) return undefined
  const occasions = occasionsWith(before, request)
  const parcels = request.parcel ? [...known.parcels, request.parcel] : known.parcels
  const addressee = { orderId: request.orderId, recipient, occasions, parcels }
  const noticed = new Set(noticesOf(known).map(({ occasion }) => occasion))
  const due = noticesOf(addressee).filter((notice) => !noticed.has(notice.occasion) && !hasResult(before, notice))
  return { due, state: { addressee, notifications: [...before.notifications, ...newPending(before, due)] } }
}

const occasionsWith = (before: NotificationLog, request: NotificationRequest): readonly Occasion[] => {
  const known = before.addressee?.occasions ?? []
  if (known.includes(request.occasion)) return known
  const hasReceipt = request.occasion === 'order_placed' && hasResult(before, request)
  return hasReceipt ? [request.occasion, ...known] : [...known, request.occasion]
}

const noticesOf = ({ orderId, recipient, occasions, parcels }: Addressee): Notice[] => {
  if (!recipient) return []
  const noticeOf = (occasion: Occasion): Notice[] =>
    isOrderOccasion(occasion)
      ? [{ orderId, occasion, ...recipient }]
      : parcels
          .filter((noted) => noted.occasion === occasion)
          .map(({ occasion: _, ...parcel }) => ({ orderId, occasion, ...recipient, parcel }))
  return occasions
    .filter((occasion, position) => isRelevant(occasion, occasions.slice(0, position), recipient))
    .flatMap(noticeOf)
}

/** Whether the occasion concerns the customer. That depends on the occasions before it, and not on later ones. */
const isRelevant = (occasion: Occasion, before: readonly Occasion[], { total }: Recipient): boolean => {
  const isRefundOfNothing = occasion === 'payment_refunded' && total === 0
  return !isRefundOfNothing && !isOvertaken(occasion, before)
}

/**
 * Whether a notification would contradict those that come before it: the notifications of the occasions that arrived earlier
 * or, when it is about to be sent, those that were sent. The receipt of an order would promise a confirmation that was sent already,
 * or will never be sent. A refused refund would announce a delay that is over.
 */
export const isOvertaken = (occasion: Occasion, before: readonly Occasion[]): boolean =>
  (occasion === 'order_placed' && before.length > 0) ||
  (occasion === 'refund_failed' && before.includes('payment_refunded'))

type Subject = Pick<NotificationRequest, 'orderId' | 'occasion'>

const hasResult = ({ notifications }: NotificationLog, { orderId, occasion }: Subject): boolean =>
  activeChannels.every((channel) =>
    notifications.some((known) => known.status !== 'pending' && keyOf(known) === keyOf({ orderId, channel, occasion })),
  )

const newPending = ({ notifications }: NotificationLog, due: readonly Notice[]): Notification[] =>
  due
    .flatMap(({ orderId, occasion }) => activeChannels.map((channel) => pending({ orderId, channel, occasion })))
    .filter((fresh) => !notifications.some((known) => keyOf(known) === keyOf(fresh)))
