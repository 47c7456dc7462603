/** The language of Quadrille: what its services say to each other, and who listens. */
export { catalog, type DataOf, isMessageType, type MessageType } from './catalog.ts'
export { checkChoreography } from './check.ts'
export { checkHandlers, type Handlers } from './check-handlers.ts'
export { checkLifecycle } from './check-lifecycle.ts'
export {
  type Choreography,
  choreography,
  consumersOf,
  publisherOf,
  type ServiceModel,
  takenIn,
  type Work,
} from './choreography.ts'
export { type Decoded, decode, encode, maxBodyBytes, Undecodable, type UndecodableReason } from './codec.ts'
export { contentHash } from './content-hash.ts'
export { type Definition, isOneAnOrder, type MessageKind, newestVersion } from './definition.ts'
export { contentType, type Draft, draft, type Message, seal, type TraceContext } from './envelope.ts'
export { messageId, newOrderId } from './ids.ts'
export { initialStatus, type Lifecycle, nextStatus, type OrderStatus, orderLifecycle } from './lifecycle.ts'
export type { CancellationReason, Channel, Customer, Line, MissingLine, Occasion, StockLine } from './primitives.ts'
export * as primitives from './primitives.ts'
export { cancellationReason } from './primitives.ts'
export {
  newestVersions,
  type PublishVersions,
  publishVersionsExpected,
  readPublishVersions,
  versionsSince,
  versionToSend,
} from './publish-versions.ts'
export { redact, redactText } from './redaction.ts'
