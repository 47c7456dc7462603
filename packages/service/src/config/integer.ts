import { z } from 'zod'

const digits = /^\s*\d+\s*$/

/** A whole number of 0 or more, given as text: decimal digits only. */
export const integer = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  const number = z.int({ error }).min(min, { error }).max(max, { error })
  return z.preprocess((text) => (typeof text === 'string' && digits.test(text) ? Number(text) : text), number)
}
