/**
 * The operation could not be done now. If its cause is an outage, it may have been committed; otherwise nothing has changed.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}
