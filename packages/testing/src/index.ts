export { aMessage, anOrder, aPlacedOrder, noon } from './builders.ts'
