/**
 * The operation could not be done now. If its cause is an outage, it may have been committed; otherwise nothing has changed. A task that
 * throws it, for example because another worker is performing it, is tried again after 5 s. No attempt is counted.
 */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable'
}
