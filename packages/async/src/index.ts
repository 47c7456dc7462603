/** Timing of asynchronous work: pauses, backoff, repetition, time limits and natural batching. Depends on nothing but Node. */
export { Alarm } from './alarm.ts'
export { type Backoff, backoffMs } from './backoff.ts'
export { batching } from './batching.ts'
export { onceASecond } from './once-a-second.ts'
export { pause } from './pause.ts'
export { repeat } from './repeat.ts'
export { toError } from './to-error.ts'
export { within } from './within.ts'
