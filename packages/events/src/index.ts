/** The language of the shop: its messages, with their publishers and consumers. */
export { catalog } from './catalog.ts'
export { choreography } from './choreography.ts'
export { declineCategory } from './events/payment-declined.ts'
export { newOrderId } from './ids.ts'
export { initialStatus, nextStatus, type OrderStatus, orderStatuses } from './lifecycle.ts'
export { minorDigitsOf } from './minor-units.ts'
export { isOrderOccasion, occasionOfParcel } from './occasions.ts'
export type { PhotoBlob, PhotoMediaType, PhotoRejection, PhotoVariant, PhotoWidth } from './photos.ts'
export * as photos from './photos.ts'
export type {
  CancellationReason,
  Channel,
  Customer,
  Line,
  MissingLine,
  Occasion,
  OrderOccasion,
  ParcelOccasion,
  StockLine,
} from './primitives.ts'
export * as primitives from './primitives.ts'
export { maxSkus, StockLevels } from './questions/stock-levels.ts'
export {
  type ByRunningService,
  type ByService,
  isOptional,
  mapRunningServices,
  mapServices,
  mapServicesAsync,
  mapValues,
  optionalServiceNames,
  runningServices,
  type ServiceName,
  serviceNames,
  switchOf,
} from './service-names.ts'
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
