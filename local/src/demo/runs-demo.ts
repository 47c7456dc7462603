import { isLoopback } from '@quadrille/service/tools'
import type { Options } from '../options.ts'

type DemoVariables = Pick<Options, 'DEMO' | 'SEED' | 'HOST' | 'DATABASE_URL' | 'AMQP_URL'>

/**
 * Anyone who reaches the demo control may break the shop, so it is for the loopback. By default it is for the demo catalog, and for
 * servers that no other process uses.
 */
export const runsDemo = (options: DemoVariables): boolean =>
  isLoopback(options.HOST) && (options.DEMO ?? defaultOf(options)) === 'on'

const defaultOf = ({ SEED, DATABASE_URL, AMQP_URL }: DemoVariables): 'on' | 'off' =>
  SEED === 'demo' && DATABASE_URL === undefined && AMQP_URL === undefined ? 'on' : 'off'
