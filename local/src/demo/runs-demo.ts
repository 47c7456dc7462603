import { isLoopback } from '@quadrille/service'
import type { Options } from '../options.ts'

/** Anyone who reaches the demo control may break the shop, so it is for the loopback, and by default for the demo catalog. */
export const runsDemo = ({ DEMO, SEED, HOST }: Pick<Options, 'DEMO' | 'SEED' | 'HOST'>): boolean =>
  isLoopback(HOST) && (DEMO ?? (SEED === 'demo' ? 'on' : 'off')) === 'on'
