import { onceASecond } from '@quadrille/async'
import type { Context } from '@quadrille/service'
import type { Channel } from './channels/channel.ts'
import type { Config } from './config.ts'
import { openNotificationStore } from './db/notification-store.ts'
import { leaseMsFor, notify } from './tasks/notify.ts'

/** Makes the task of a channel, which keeps its leases in the database, and logs its failures. */
export const openNotify =
  ({ config, database, log }: Pick<Context<Config>, 'config' | 'database' | 'log'>) =>
  (channel: Channel) =>
    notify(channel, {
      store: openNotificationStore(database, { leaseMs: leaseMsFor(channel) }),
      maxAttempts: config.NOTIFY_ATTEMPTS,
      onExhausted: (err, key) => log.warn({ err, ...key }, 'the notification failed at its last attempt'),
      onNotReleased: onceASecond((err, key) =>
        log.warn({ err, ...key }, 'a lease cannot be released; it delays the next attempt'),
      ),
    })
