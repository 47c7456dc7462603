/** The Broker port, its two adapters, and the topology that both share. */
export { type AmqpOptions, amqpBroker } from './amqp/broker.ts'
export {
  type Broker,
  type ConsumeOptions,
  type Consumer,
  OwnedByAnotherDatabase,
  type Participant,
  type Publisher,
  type PublishOptions,
  type QueueDepth,
  type Stores,
  Unconfirmed,
  Unroutable,
  Unsendable,
} from './broker.ts'
export { type DeadLetter, type DeadLetterStore, deadLetter, type RedactText, redactAndTruncate } from './dead-letter.ts'
export { type Account, type DefinitionsOptions, definitionsOf } from './definitions.ts'
export type { Cause, Delivery, Failure } from './delivery.ts'
export { type InProcessOptions, inProcessBroker } from './in-process/broker.ts'
export type { Address, WireMessage } from './message.ts'
export {
  type AnswerBatch,
  type Asking,
  type AskOptions,
  Unanswered,
  type UnansweredReason,
  type WireQuestion,
} from './questions/port.ts'
export type { RetryStore, TakenDelivery, WaitingDelivery } from './retry-store.ts'
export {
  directExchange,
  eventAddress,
  eventsExchange,
  inboxOf,
  optionalQueuesOf,
  type QuestionTopology,
  type QueueTopology,
  questionsOf,
  queueNamesOf,
  retryTierFor,
  retryTiers,
  type ServiceTopology,
  taskAddress,
  topologyOf,
  unrouted,
  withWorkQueues,
} from './topology.ts'
