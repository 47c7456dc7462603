/** For tests: receives spans like a collector, and assembles the traces of orders. */
export { batchFaultsOf, faultsOf, kindOf, nameOf, type OrderTrace, pathTo, tracesOf } from './order-traces.ts'
export type { ReceivedSpan } from './otlp.ts'
export { openReceiver, type Receiver } from './receiver.ts'
