import { z } from 'zod'

/** A whole number given as text: decimal digits only. */
export const integer = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.coerce.number<string>({ error }).int({ error }).min(min, { error }).max(max, { error })
}
