import type { Config } from '../config.ts'
import type { ActiveChannel } from '../domain/notification-log.ts'
import type { Channel } from './channel.ts'
import { openEmail } from './open-email.ts'

export interface OpenChannel {
  readonly adapter: Channel
  /** The maximum number of notifications per second, over all instances. Default: no limit. */
  readonly rate: number | undefined
}

/** Each active channel, as configured. */
export const openChannels = (config: Config): Readonly<Record<ActiveChannel, OpenChannel>> => ({
  email: { adapter: openEmail(config), rate: config.EMAIL_RATE },
})
