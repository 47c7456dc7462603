/** The Broker port, its two adapters, and the topology that both share. */
export { type Account, type DefinitionsOptions, definitionsOf } from './amqp/accounts/definitions.ts'
export { type AmqpOptions, amqpBroker } from './amqp/broker.ts'
export { credentialsOf } from './amqp/credentials.ts'
export { configurableQueuesOf, queueNamesOf, unrouted } from './amqp/topology/names.ts'
export {
  type Affected,
  type Broker,
  type ConsumeOptions,
  type Consumer,
  OwnedByAnotherDatabase,
  type Participant,
  type Publisher,
  type PublishOptions,
  type QueueDepth,
  type QueuedAt,
  type Stores,
  Unconfirmed,
  Unroutable,
  Unsendable,
} from './broker.ts'
export { type DeadLetter, type DeadLetterStore, deadLetter, type RedactText, redactAndTruncate } from './dead-letter.ts'
export type { Delivery, ParkOptions, RetryOptions } from './delivery.ts'
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
  type QuestionTopology,
  type QueueTopology,
  questionsOf,
  retryTierFor,
  retryTiers,
  type ServiceTopology,
  taskAddress,
  topologyOf,
  withWorkQueues,
} from './topology.ts'
