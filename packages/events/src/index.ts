/** The language of the shop: its messages, with their publishers and consumers. */
export { catalog } from './catalog.ts'
export { choreography } from './choreography.ts'
export { newOrderId } from './ids.ts'
export { initialStatus, nextStatus, type OrderStatus, orderLifecycle } from './lifecycle.ts'
export type { CancellationReason, Channel, Customer, Line, MissingLine, Occasion, StockLine } from './primitives.ts'
export * as primitives from './primitives.ts'
export { cancellationReason } from './primitives.ts'
export { maxSkus, StockLevels } from './questions/stock-levels.ts'
export { mapServices, mapServicesAsync, type ServiceName, serviceNames } from './service-names.ts'
export {
  type DataOf,
  type Draft,
  decode,
  draft,
  encode,
  isMessageType,
  type Message,
  type MessageType,
  publisherOf,
  redact,
  redactText,
  type Shop,
  seal,
  shop,
} from './shop.ts'
