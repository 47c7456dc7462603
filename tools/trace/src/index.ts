/** Spans as a collector receives them, and the traces of orders that they form. For tests. */
export { batchFaultsOf, faultsOf, kindOf, nameOf, type OrderTrace, pathTo, tracesOf } from './order-traces.ts'
export type { ReceivedSpan } from './otlp.ts'
export { openReceiver, type Receiver } from './receiver.ts'
