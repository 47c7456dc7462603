/** Timing of asynchronous work: pauses, repetition, time limits and rate limits. Depends on nothing but Node. */
export { onceASecond } from './once-a-second.ts'
export { pause, repeat } from './repeat.ts'
export { within } from './within.ts'
