import { z } from 'zod'

export const dayMs = 86_400_000

const durationUnitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: dayMs } as const

/** A century, which Postgres can add to any date, unlike the longest number that can be written. */
const maxDays = 36_500

/** A duration such as "500ms", "30s", "15m", "24h" or "7d", of at most 100 years. Parsed to milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'must be a number with a unit, such as 30s or 15m')
  .transform((text) => {
    const unit = text.replace(/^\d+/, '') as keyof typeof durationUnitsMs // the pattern allows no other
    return Number.parseInt(text, 10) * durationUnitsMs[unit]
  })
  .refine((ms) => ms <= maxDays * dayMs, `must be at most ${maxDays}d`)
