/**
 * Who publishes what and who reacts to it: the whole dance as data. The topology of the broker, the AsyncAPI document,
 * the JSON Schemas and the diagrams are made from it, and check.ts refuses a model in which an event could get lost.
 */
import type { MessageType } from './catalog.ts'

/** External work of a service: its queues, and for each task the outcomes that its reactions are told. */
export interface Work {
  /** The exchange by which each queue gets every task. Without it there is one queue, which is addressed directly. */
  readonly fanout?: string
  /** With a fanout these are the queues that may exist: the configuration of the service says which of them do. */
  readonly queues: readonly string[]
  readonly tasks: Partial<Readonly<Record<MessageType, readonly MessageType[]>>>
}

export interface ServiceModel {
  readonly name: string
  /** Publishers wait for the inbox of an essential consumer before they publish. Others come and go as they like. */
  readonly essential: boolean
  readonly publishes: readonly MessageType[]
  readonly consumes: readonly MessageType[]
  /** What its reactions are told from inside: outcomes of tasks, and requests. */
  readonly internal: readonly MessageType[]
  /** What undoes something, of the events that it consumes and of its tasks: never given up, however often it fails. Default none. */
  readonly compensates?: readonly MessageType[]
  /**
   * It takes in again all that it publishes, where its database was restored from an older backup and has forgotten having
   * said it. That comes to its inbox by its direct exchange, and only then. Default false.
   */
  readonly recalls?: boolean
  readonly work: Work | null
}

export const choreography = {
  order: {
    name: 'order',
    essential: true,
    publishes: ['OrderPlaced', 'OrderFulfilled', 'OrderCancelled'],
    consumes: [
      'PaymentProcessed',
      'PaymentDeclined',
      'PaymentVoided',
      'PaymentRefunded',
      'PaymentRefundFailed',
      'InventoryReserved',
      'InventoryRejected',
      'InventoryReleased',
      'NotificationSent',
      'NotificationFailed',
    ],
    internal: ['OrderSubmitted', 'CancellationRequested'],
    work: null,
  },
  payment: {
    name: 'payment',
    essential: true,
    publishes: ['PaymentProcessed', 'PaymentDeclined', 'PaymentVoided', 'PaymentRefunded', 'PaymentRefundFailed'],
    consumes: ['OrderPlaced', 'OrderCancelled'],
    internal: [
      'ChargeSucceeded',
      'ChargeDeclined',
      'ChargeCancelled',
      'RefundSucceeded',
      'RefundRefused',
      'RefundRequested',
    ],
    compensates: ['OrderCancelled', 'CancelCharge', 'Refund'],
    recalls: true,
    work: {
      queues: ['payment.tasks'],
      tasks: {
        Charge: ['ChargeSucceeded', 'ChargeDeclined'],
        CancelCharge: ['ChargeCancelled', 'ChargeSucceeded'],
        Refund: ['RefundSucceeded', 'RefundRefused'],
      },
    },
  },
  inventory: {
    name: 'inventory',
    essential: true,
    publishes: ['InventoryReserved', 'InventoryRejected', 'InventoryReleased'],
    consumes: ['OrderPlaced', 'PaymentProcessed', 'OrderFulfilled', 'OrderCancelled'],
    internal: [],
    compensates: ['OrderCancelled'],
    recalls: true,
    work: null,
  },
  notification: {
    name: 'notification',
    essential: true,
    publishes: ['NotificationSent', 'NotificationFailed'],
    consumes: ['OrderPlaced', 'OrderFulfilled', 'OrderCancelled', 'PaymentRefunded', 'PaymentRefundFailed'],
    internal: ['NotificationDelivered', 'NotificationUndeliverable'],
    recalls: true,
    work: {
      fanout: 'notification.channels',
      queues: ['notification.email', 'notification.webhook', 'notification.web'],
      tasks: { Notify: ['NotificationDelivered', 'NotificationUndeliverable'] },
    },
  },
} as const satisfies Record<string, ServiceModel>

type Choreography = Record<string, ServiceModel>

export type { Choreography }

/** The service on whose exchange an event travels; none where the model has a hole, which check.ts reports. */
export const publisherOf = (type: MessageType, model: Choreography = choreography): ServiceModel | undefined =>
  Object.values(model).find(({ publishes }) => publishes.includes(type))

/** The events that a service's inbox takes: those of others, and its own where it recalls them. */
export const takenIn = ({ consumes, publishes, recalls = false }: ServiceModel): readonly MessageType[] =>
  recalls ? [...consumes, ...publishes] : consumes

/** The services that consume at least one event of a publisher, and so bind their inbox to its exchange. */
export const consumersOf = (publisher: ServiceModel, model: Choreography = choreography): ServiceModel[] =>
  Object.values(model).filter(({ consumes }) => consumes.some((type) => publisher.publishes.includes(type)))
