import { nowMs } from '../clock.ts'
import { ageOf, timeOf } from '../format.ts'

/** The time since then, with the time itself as its title. */
export const Age = ({ time }: { readonly time: string }) => (
  <time dateTime={time} title={timeOf(time)}>
    {ageOf(time, nowMs.value)}
  </time>
)
