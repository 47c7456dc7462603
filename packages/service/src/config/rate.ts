import { z } from 'zod'

const periodsS = { s: 1, min: 60, h: 3_600 } as const

/** A rate such as "50/s", "300/min" or "20/h". Parsed to a number per second, which may be less than 1. */
export const rate = z
  .string()
  .regex(
    /^[1-9]\d{0,5}\/(s|min|h)$/,
    'must be a whole number per second, minute or hour, such as 50/s, 300/min or 20/h',
  )
  .transform((text) => {
    const [count = '', period = ''] = text.split('/')
    return Number(count) / periodsS[period as keyof typeof periodsS] // the pattern allows no other
  })
