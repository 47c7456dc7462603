/** For tests of the shop: its messages and orders, its services and the whole shop as processes, and a client. */

export { aMessage, anOrder, aPlacedOrder } from './builders.ts'
export { type KeyedAnswer, type Placed, placeAll } from './customers.ts'
export { despiteUnavailable } from './despite-unavailable.ts'
export type { Reply } from './json-client.ts'
export { type MixedOrder, type OrderKind, orderMix, stockForMix } from './order-mix.ts'
export { inherited, type ServiceProcess, startServiceProcess } from './service-process.ts'
export { type OrderRequest, openShop, type Shop, type ShopUrls, type ShownOrder } from './shop.ts'
export { type ShopProcess, startShopProcess } from './shop-process.ts'
export { toWire } from './to-wire.ts'
export { untilSettled } from './until-settled.ts'
