/**
 * Postgres is unavailable, the message's rows are locked or can't be read, or the service is stopping. The message did
 * not cause the failure.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}
